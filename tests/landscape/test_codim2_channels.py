"""At codimension two the critical block is the kernel, and the projected dynamics predicts it."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.landscape import critical_projector, kernel_agreement, reduced_kernel
from bifbridge.normal_forms import (
    BogdanovTakensNormalForm,
    HopfHopfNormalForm,
    ZeroHopfNormalForm,
    jordan_chain,
)
from bifbridge.sntk import StateSpaceNTK, block_projector, invariant_projector, state_split
from bifbridge.trajectories import Trials, uniform_grid

UNITS, NAMES, GRID = 6, ("weights", "bias"), uniform_grid(30.0, 0.15, save_every=5)
BASIS = jnp.eye(UNITS) + 0.2 * jr.normal(jr.key(0), (UNITS, UNITS))
RATES = jnp.diag(jnp.array([0.0, 0.0, 0.0, 0.0, -1.2, -1.7]))


class Polynomial(eqx.Module):
    """ż = Wz + b + a fixed quadratic and a cubic term."""

    weights: Float[Array, "n n"]
    bias: Float[Array, " n"]

    def __call__(self, t, z, u):
        bend = jnp.roll(z, 1) * z
        return self.weights @ z + self.bias - 0.05 * bend - z**3


def turn(matrix, at, frequency):
    return matrix.at[at, at + 1].set(-frequency).at[at + 1, at].set(frequency)


def stable(matrix, *places):
    for place in places:
        matrix = matrix.at[place, place].set(-0.9)
    return matrix


CORES = {
    "cusp": (stable(RATES, 1, 2, 3), 1),
    "bogdanov_takens": (stable(RATES, 2, 3).at[0, 1].set(1.0), 2),
    "zero_hopf": (turn(stable(RATES, 3), 1, 1.5), 3),
    "hopf_hopf": (turn(turn(RATES, 0, 1.1), 2, 2.3), 4),
}


def eigenpairs(matrix, targets):
    values, vectors = np.linalg.eig(np.asarray(matrix))
    inverse = np.linalg.inv(vectors)
    chosen = [int(np.argmin(np.abs(values - target))) for target in targets]
    return jnp.asarray(vectors[:, chosen].T), jnp.asarray(inverse[chosen].conj())


def form_of(kind, matrix):
    """A form with the right vectors; its coefficients play no part in the projector."""
    zero, none = jnp.zeros(UNITS), jnp.zeros(())
    complex_none = jnp.zeros((), complex)
    if kind == "bogdanov_takens":
        chain = jordan_chain(matrix)
        return BogdanovTakensNormalForm(zero, *chain, none, none)
    if kind == "zero_hopf":
        rights, lefts = eigenpairs(matrix, [0.0, 1.5j])
        lead = rights[0] / jnp.abs(rights[0]).max()
        real = (lead.real, (lefts[0] * jnp.abs(rights[0]).max()).real)
        scale = real[0] @ real[1]
        return ZeroHopfNormalForm(
            zero, none + 1.5, real[0], real[1] / scale, rights[1], lefts[1],
            none, none, complex_none, none, none, complex_none, complex_none,
        )  # fmt: skip
    rights, lefts = eigenpairs(matrix, [2.3j, 1.1j])
    return HopfHopfNormalForm(zero, jnp.array([2.3, 1.1]), rights, lefts, *([complex_none] * 4))


@pytest.mark.parametrize("kind", CORES)
def test_the_critical_block_is_predicted_by_the_projected_dynamics(kind):
    core, size = CORES[kind]
    matrix = BASIS @ core @ jnp.linalg.inv(BASIS)
    projector = invariant_projector(matrix, size)
    np.testing.assert_allclose(projector.matrix @ projector.matrix, projector.matrix, atol=1e-10)
    np.testing.assert_allclose(projector.matrix @ matrix, matrix @ projector.matrix, atol=1e-7)
    if kind != "cusp":
        np.testing.assert_allclose(
            critical_projector(form_of(kind, matrix)).matrix, projector.matrix, atol=1e-6
        )
    field = Polynomial(matrix, jnp.zeros(UNITS))
    inside = jr.normal(jr.key(1), (3, size)) @ projector.right.T
    trials = Trials(1e-3 * inside, GRID)
    # A constant forcing is off resonance with two turning modes: there only slopes grow with t.
    names = NAMES[:1] if kind == "hopf_hopf" else NAMES
    whole = StateSpaceNTK(field, trials, parameters=names).materialise()
    reduced = reduced_kernel(field, jnp.zeros(UNITS), projector, trials, parameters=names)
    found = kernel_agreement(reduced.materialise(), whole, k=1)
    assert found.operator_cosine > 0.98
    assert float(found.subspace_angles[0]) < 0.15
    assert float(found.eigenvalue_ratios[0]) == pytest.approx(1, abs=0.1)
    split = state_split(whole, projector)
    assert sum(split.shares.values()) == pytest.approx(1)
    assert split.shares["cc"] == pytest.approx(1, abs=0.1)


def test_blocks_must_be_biorthogonal_and_whole():
    matrix = BASIS @ CORES["hopf_hopf"][0] @ jnp.linalg.inv(BASIS)
    with pytest.raises(ValueError, match="after which there is a gap"):
        invariant_projector(matrix, 3)
    rights, lefts = eigenpairs(matrix, [2.3j, 1.1j])
    with pytest.raises(ValueError, match="off biorthogonality"):
        block_projector(rights, 2 * lefts)
    ntk = StateSpaceNTK(Polynomial(matrix, jnp.zeros(UNITS)), Trials(jnp.zeros((3, 6)), GRID))
    with pytest.raises(ValueError, match="expected the same shape"):
        kernel_agreement(ntk.observed(jnp.ones((1, 6))), ntk)
