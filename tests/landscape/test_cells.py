"""Every bifurcation of a cell's fixed point has the channel that its normal form predicts."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.landscape import compare, critical_projector, predict_cell_kernel
from bifbridge.normal_forms import MapNormalForm, map_normal_form
from bifbridge.sntk import StateSpaceNTK, linearise_map, state_split

MIXING = jnp.array([[1.0, 0.4, 0.0], [0.0, 0.8, 0.3], [0.2, 0.0, 1.1]])


class SkewCell(eqx.Module):
    """One reduced map at multiplier 1 and two contracting ones, driven by it, in skew coordinates.

    θ moves μ = θ₁ + 2θ₂. In the coordinate a along v, |v| = 1, a coefficient of xᵏ is divided by
    |M e₁|ᵏ⁻¹ and a forcing is multiplied by |M e₁|.
    """

    theta: Float[Array, "2"]
    kind: str = eqx.field(static=True)

    def __call__(self, z):
        x, y, w = jnp.linalg.solve(MIXING, z)
        mu = self.theta[0] + 2 * self.theta[1]
        after = {
            "fold": x + mu - 0.4 * x**2,
            "transcritical": (1 + mu) * x - 0.4 * x**2,
            "pitchfork": (1 + mu) * x - 0.4 * x**3,
        }[self.kind]
        return MIXING @ jnp.stack([after, 0.3 * y + 0.5 * x**2, -0.2 * w + 0.3 * x**2])


class Cell(eqx.Module):
    """z⁺ = W tanh z."""

    weights: Float[Array, "n n"]

    def __call__(self, z):
        return self.weights @ jnp.tanh(z)


def turning_cell(units=5, angle=0.7):
    """A Neimark-Sacker point whose residual multipliers are below 0.3."""
    basis = jnp.eye(units) + 0.25 * jr.normal(jr.key(0), (units, units))
    core = jnp.diag(jnp.array([0.0, 0.0] + [0.3 * (-1) ** i for i in range(units - 2)]))
    turn = jnp.array([[jnp.cos(angle), -jnp.sin(angle)], [jnp.sin(angle), jnp.cos(angle)]])
    return Cell(basis @ core.at[:2, :2].set(turn) @ jnp.linalg.inv(basis))


def agreement(cell, form, start, steps, names):
    predicted = predict_cell_kernel(form, start, steps)
    return compare(predicted, StateSpaceNTK(linearise_map(cell, start, steps, names=names)))


@pytest.mark.parametrize("kind", ["fold", "transcritical", "pitchfork"])
def test_at_multiplier_one_form_and_channel_are_those_of_the_reduced_map(kind):
    cell = SkewCell(jnp.zeros(2), kind)
    form = map_normal_form(cell, jnp.zeros(3), kind=kind)
    assert isinstance(form, MapNormalForm)
    assert form.kind == kind
    length = float(jnp.linalg.norm(MIXING[:, 0]))
    if kind == "pitchfork":
        np.testing.assert_allclose(form.cubic, -0.4 / length**2, rtol=1e-9)
    else:
        np.testing.assert_allclose(form.quadratic, -0.4 / length, rtol=1e-9)
    slope = jnp.array([1.0, 2.0]) * (length if kind == "fold" else 1.0)
    assert form.unfolding_gradient is not None
    np.testing.assert_allclose(form.unfolding_gradient, slope, rtol=1e-9)
    start = 4e-3 * jnp.array([[1.0], [-0.5]]) * form.right
    found = agreement(cell, form, start, 120, None)
    assert found.participation_ratio < 1.01
    assert found.parameter_direction_cosine > 0.999
    assert found.restricted_kernel_error < 0.1
    assert found.top_eigenvalue_ratio == pytest.approx(1, abs=0.1)


@pytest.mark.slow
def test_a_flip_and_a_neimark_sacker_point_are_read_off_the_cell_alone():
    flip = Cell(jnp.diag(jnp.array([-1.0, 0.3, -0.2])))
    form = map_normal_form(flip, jnp.zeros(3))
    start = 0.02 * jnp.array([[1.0], [-0.5]]) * form.right
    one = agreement(flip, form, start, 60, None)
    assert form.kind == "flip"
    assert one.participation_ratio < 1.05
    assert one.operator_cosine > 0.99
    cell = turning_cell()
    form = map_normal_form(cell, jnp.zeros(5))
    assert form.kind == "neimark_sacker"
    start = 2 * (0.02 * jnp.array([[1.0], [1j], [-0.5]]) * form.right).real
    two = agreement(cell, form, start, 60, None)
    assert two.participation_ratio == pytest.approx(2, rel=0.1)
    assert two.subspace_angles.shape == (2,)
    assert two.operator_cosine > 0.98
    split = state_split(StateSpaceNTK(linearise_map(cell, start, 60)), critical_projector(form))
    assert split.shares["cc"] == pytest.approx(1, abs=0.15)
    np.testing.assert_allclose(sum(split.shares.values()), 1)


def test_orbits_of_unequal_length_are_what_they_would_be_alone():
    cell, starts = Cell(jnp.diag(jnp.array([0.9, -0.5]))), jnp.array([[0.3, 0.2], [-0.4, 0.1]])
    both = linearise_map(cell, starts, 6, lengths=jnp.array([6, 3]))
    alone = linearise_map(cell, starts[1:], 3)
    error = jr.normal(jr.key(0), (2, 7, 2))
    direction = jnp.arange(4.0)
    np.testing.assert_allclose(both.push(direction)[1, :4], alone.push(direction)[0], atol=1e-14)
    whole = linearise_map(cell, starts[:1], 6)
    pulled = (whole.pull(error[:1]) + alone.pull(error[1:, :4])) / 2
    np.testing.assert_allclose(both.pull(error), pulled, atol=1e-13)
