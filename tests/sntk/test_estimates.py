"""Random estimates keep within their standard errors, and the operators fit together."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN, parameter_slices, random_ctrnn
from bifbridge.sntk import (
    StateSpaceNTK,
    entropy_rank_estimate,
    factorise,
    frobenius_norm_estimate,
    gram_matrix,
    leaf_shares,
    parameter_diagonal,
    spectrum,
    trace_estimate,
    trial_time_shares,
)
from bifbridge.trajectories import Trials, length_mask, uniform_grid

FIELD = random_ctrnn(8, radius=0.9, key=jr.key(0))
GRID = uniform_grid(3.0, 0.25, save_every=2)
STARTS = jr.normal(jr.key(1), (4, 8))
NAMES = ("weights", "bias")


@pytest.fixture(scope="module")
def ntk() -> StateSpaceNTK:
    return StateSpaceNTK(FIELD, Trials(STARTS, GRID), parameters=NAMES)


@pytest.fixture(scope="module")
def written(ntk) -> StateSpaceNTK:
    return ntk.materialise()


def within(found, exact, errors=4.0):
    assert abs(float(found.value) - exact) < errors * float(found.standard_error) + 1e-9 * exact


@pytest.mark.parametrize("method", ["hutch++", "xtrace"])
def test_both_moments_are_met_within_their_standard_errors(written, method):
    gram = np.asarray(gram_matrix(written))
    trace = trace_estimate(written, method=method, products=24)
    norm = frobenius_norm_estimate(written, method=method, products=24)
    within(trace, np.trace(gram))
    within(norm, np.linalg.norm(gram))
    for found in (trace, norm):
        assert 0 < float(found.standard_error) < 0.1 * float(found.value)
        assert found.products <= 24
    assert "products" in repr(trace)


@pytest.mark.parametrize("method", ["hutch++", "xtrace"])
def test_standard_errors_tell_the_spread(written, method):
    exact = float(jnp.trace(gram_matrix(written)))
    found = [trace_estimate(written, method=method, products=18, key=jr.key(i)) for i in range(40)]
    scaled = [(float(f.value) - exact) / float(f.standard_error) for f in found]
    assert abs(np.mean(scaled)) < 1
    assert 0.5 < np.sqrt(np.mean(np.square(scaled))) < 2


def test_low_rank_kernels_are_exact_in_both_moments(written):
    one = written.observed(jnp.zeros((1, 8)).at[0, 0].set(1.0))
    gram = np.asarray(gram_matrix(one))
    rank = int(np.linalg.matrix_rank(gram, rtol=1e-10))
    found = trace_estimate(one, method="hutch++", products=3 * (rank + 4))
    assert float(found.value) == pytest.approx(np.trace(gram), rel=1e-8)
    assert float(found.standard_error) < 1e-7 * np.trace(gram)


def test_the_entropy_rank_is_estimated_from_part_of_the_spectrum(written):
    exact = spectrum(written, method="dense").entropy_rank
    partial = spectrum(written, k=3, method="matrix_free", block=3, max_blocks=5)
    assert exact is not None
    assert partial.entropy_rank is None
    found = entropy_rank_estimate(written, partial, probes=24, depth=20)
    within(found, exact)
    assert float(found.value) == pytest.approx(exact, rel=0.1)
    complete = entropy_rank_estimate(written, spectrum(written, method="dense"))
    assert float(complete.value) == pytest.approx(exact)
    assert complete.products == 0


def test_shares_are_estimated_without_writing_out_the_kernel(written):
    slices = parameter_slices(FIELD, NAMES)
    exact, found = leaf_shares(written, slices), leaf_shares(written, slices, probes=400)
    assert found["bias"] == pytest.approx(exact["bias"], rel=0.1)
    assert sum(found.values()) == pytest.approx(1)
    trials = [trial_time_shares(written, probes=probes).sum(1) for probes in (None, 400)]
    np.testing.assert_allclose(trials[1], trials[0], rtol=0.1)
    diagonal, error = parameter_diagonal(written, probes=200)
    scaled = (diagonal - jnp.diag(gram_matrix(written))) / error
    assert 0.7 < float(jnp.sqrt(jnp.mean(scaled**2))) < 1.4


def test_the_operators_are_transposes_and_multiply_to_the_kernel(ntk):
    forward, back = ntk.sensitivity_operator(), ntk.adjoint_operator()
    direction, row = jr.normal(jr.key(2), (72,)), jr.normal(jr.key(3), (4 * 7 * 8,))
    np.testing.assert_allclose(forward.T.mv(row), back.mv(row), atol=1e-12)
    np.testing.assert_allclose(row @ forward.mv(direction), back.mv(row) @ direction, rtol=1e-12)
    np.testing.assert_allclose(forward.mv(back.mv(row)), ntk.kernel_operator().mv(row), atol=1e-12)


def test_the_factors_are_operators_whose_product_is_the_kernel(ntk):
    parts = factorise(FIELD, STARTS, GRID, names=NAMES).operators()
    direction, row = jr.normal(jr.key(2), (72,)), jr.normal(jr.key(3), (4 * 7 * 8,))
    pushed = parts.propagator.mv(parts.parameter_map.mv(direction))
    np.testing.assert_allclose(pushed, ntk.sensitivity_operator().mv(direction), atol=1e-12)
    pulled = parts.propagator.T.mv(row)
    product = parts.propagator.mv(parts.parameter_operator.mv(pulled))
    np.testing.assert_allclose(product, ntk.kernel_operator().mv(row), atol=1e-11)
    with pytest.raises(ValueError, match="initial states that are learned"):
        factorise(FIELD, lambda f: f.bias[None], GRID)


def test_a_masked_kernel_is_that_of_the_observed_parts(ntk, written):
    mask = length_mask(GRID.times, jnp.array([3.0, 1.0, 2.0, 3.0]))
    short = StateSpaceNTK(FIELD, Trials(STARTS, GRID, mask=mask), parameters=NAMES).materialise()
    columns, other = (k.sensitivity.columns for k in (short, written))  # type: ignore[union-attr]
    np.testing.assert_allclose(columns[:, 1, :3], other[:, 1, :3], atol=1e-13)
    flat = columns * jnp.sqrt(short.measure)
    matrix = flat.reshape(72, -1)
    np.testing.assert_allclose(gram_matrix(short), matrix @ matrix.T, atol=1e-12)
    assert float(short.measure[1, 3:].max()) == 0.0
    free = spectrum(short, k=2, method="matrix_free", block=2)
    np.testing.assert_allclose(free.eigenvalues, spectrum(short, k=2).eigenvalues[:2], rtol=1e-6)


def test_a_kernel_needs_a_field_with_trials_or_a_sensitivity():
    with pytest.raises(TypeError, match=r"StateSpaceNTK\(field, Trials\(initial_states, grid\)\)"):
        StateSpaceNTK(CTRNN(jnp.zeros((2, 2))))  # pyright: ignore[reportCallIssue, reportArgumentType]
    with pytest.raises(ValueError, match="products=3"):
        trace_estimate(StateSpaceNTK(FIELD, Trials(STARTS, GRID)), products=3)
