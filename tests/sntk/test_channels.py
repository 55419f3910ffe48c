"""Both splits of a kernel keep exact books."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.fields import AbstractVectorField, parameter_slices, random_ctrnn
from bifbridge.sntk import (
    StateSpaceNTK,
    leaf_shares,
    parameter_split,
    spectral_projector,
    spectrum,
    state_split,
    trial_time_shares,
    weighted_matrix,
    without_effect,
)
from bifbridge.trajectories import linearise, uniform_grid

FIELD = random_ctrnn(4, radius=0.9, key=jr.key(0))
NTK = StateSpaceNTK(
    linearise(
        FIELD,
        jr.normal(jr.key(1), (3, 4)),
        uniform_grid(3.0, 0.25),
        names=("weights", "bias"),
    )
)
RIGHT = jr.normal(jr.key(2), (4,))
LEFT = (LEFT_RAW := jr.normal(jr.key(3), (4,))) / (LEFT_RAW @ RIGHT)


def complex_pair():
    values, vectors = np.linalg.eig(np.asarray(jr.normal(jr.key(5), (4, 4))))
    index = int(np.argmax(np.imag(values)))
    assert np.imag(values)[index] > 0
    left = np.linalg.inv(vectors)[index].conj()
    return jnp.asarray(vectors[:, index]), jnp.asarray(left)


def test_parameter_split_adds_up_without_cross_terms():
    gradients = jr.normal(jr.key(4), (2, 20))
    split = parameter_split(NTK, gradients)
    whole, rest = weighted_matrix(NTK), weighted_matrix(split.residual)
    critical = (split.directions.T @ whole).T
    np.testing.assert_allclose(whole.T @ whole, critical @ critical.T + rest.T @ rest, atol=1e-10)
    np.testing.assert_allclose(split.residual_trace, (rest**2).sum(), rtol=1e-10)
    np.testing.assert_allclose(split.critical_trace, (critical**2).sum(), rtol=1e-10)
    assert 0 < split.share < 1


def test_the_top_singular_direction_takes_its_eigenvalue_away():
    result = spectrum(NTK, k=3)
    split = parameter_split(NTK, result.right[:, :1].T, total=result)
    np.testing.assert_allclose(split.critical_eigenvalues[0], result.eigenvalues[0])
    rest = spectrum(split.residual, k=2)
    np.testing.assert_allclose(rest.eigenvalues[:2], result.eigenvalues[1:3], rtol=1e-8)


def test_dependent_directions_are_refused():
    with pytest.raises(ValueError, match="linearly dependent"):
        parameter_split(NTK, jnp.ones((2, 20)))
    with pytest.raises(ValueError, match=r"gradient\[None, :\]"):
        parameter_split(NTK, jnp.ones((1, 3)))


@pytest.mark.parametrize("pair", [(RIGHT, LEFT), complex_pair()], ids=["real", "complex"])
def test_state_split_adds_up_with_cross_terms(pair):
    projector = spectral_projector(*pair)
    np.testing.assert_allclose(projector.matrix @ projector.matrix, projector.matrix, atol=1e-10)
    split = state_split(NTK, projector)
    np.testing.assert_allclose(split.trace, spectrum(NTK).trace, rtol=1e-10)
    np.testing.assert_allclose(split.cr, split.rc, rtol=1e-10)
    assert abs(split.cr) > 1e-3
    assert sum(split.shares.values()) == pytest.approx(1)
    for part, ntk in ((split.cc, split.critical), (split.rr, split.residual)):
        np.testing.assert_allclose(part, spectrum(ntk).trace, rtol=1e-10)
    inside = spectrum(NTK.observed(projector.matrix), k=3).eigenvalues[:3]
    np.testing.assert_allclose(spectrum(split.critical, k=3).eigenvalues[:3], inside, rtol=1e-8)


def test_materialised_state_split_is_the_same():
    projector = spectral_projector(RIGHT, LEFT)
    a, b = state_split(NTK, projector), state_split(NTK.materialise(), projector)
    np.testing.assert_allclose(a.cc, b.cc, rtol=1e-10)
    np.testing.assert_allclose(a.rr, b.rr, rtol=1e-10)


def test_probed_traces_come_near_the_exact_ones():
    projector = spectral_projector(RIGHT, LEFT)
    exact = state_split(NTK, projector)
    probed = state_split(NTK, projector, probes=400)
    np.testing.assert_allclose(probed.cc, exact.cc, rtol=0.2)
    np.testing.assert_allclose(probed.trace, exact.trace, rtol=0.2)


def test_unnormalised_vectors_are_refused():
    with pytest.raises(ValueError, match="expected 1"):
        spectral_projector(RIGHT, 2 * LEFT)


def test_a_readout_has_no_state_split():
    with pytest.raises(ValueError, match=r"observed\(None\)"):
        state_split(NTK.observed(jnp.ones((1, 4))), spectral_projector(RIGHT, LEFT))


def test_leaves_share_the_trace():
    shares = leaf_shares(NTK, parameter_slices(FIELD, ("weights", "bias")))
    assert sum(shares.values()) == pytest.approx(1)
    assert set(shares) == {"weights", "bias"}


def test_trials_and_times_share_the_trace():
    shares = trial_time_shares(NTK)
    assert shares.shape == NTK.shape[:2]
    np.testing.assert_allclose(shares.sum(), 1)
    np.testing.assert_array_equal(shares[:, 0], 0)
    one = NTK.sensitivity.push(jnp.eye(20)[3])[0, 5] ** 2
    written = weighted_matrix(NTK)[3].reshape(NTK.shape)[0, 5] ** 2
    np.testing.assert_allclose(written, one * NTK.measure[0, 5, 0])


def test_parameters_without_effect_are_found_and_change_no_rank():
    field = random_ctrnn(3, inputs=2, key=jr.key(0))
    start, grid = jr.normal(jr.key(1), (2, 3)), uniform_grid(2.0, 0.25)
    names = ("weights", "input_weights")
    both = StateSpaceNTK(linearise(field, start, grid, names=names))
    alone = StateSpaceNTK(linearise(field, start, grid, names=("weights",)))
    np.testing.assert_array_equal(without_effect(both), np.arange(9, 15))
    assert without_effect(alone).size == 0
    ranks = [spectrum(ntk).as_dict() for ntk in (both, alone)]
    for name in ("participation_ratio", "entropy_rank", "stable_rank", "count_95_percent"):
        assert ranks[0][name] == pytest.approx(ranks[1][name])


class LearnedStart(AbstractVectorField):
    """ż = −z with the initial state of one trial among the parameters."""

    start: Float[Array, " n"]

    def __call__(self, t, z, u):
        return -z


def test_a_learned_initial_state_enters_the_kernel_through_the_flow():
    field, grid = LearnedStart(jnp.array([0.3, -0.2])), uniform_grid(2.0, 0.1)
    ntk = StateSpaceNTK(linearise(field, lambda f: f.start[None], grid))
    np.testing.assert_allclose(
        ntk.push(jnp.array([1.0, 0.0]))[0, :, 0], jnp.exp(-grid.times), rtol=1e-7
    )
    size = jnp.sum(grid.weights * jnp.exp(-2 * grid.times))
    np.testing.assert_allclose(spectrum(ntk).eigenvalues, [size, size], rtol=1e-6)
