"""The operators are what the definitions say, and dense and matrix-free agree."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN, random_ctrnn
from bifbridge.sntk import (
    StateSpaceNTK,
    gram_matrix,
    left_singular_vectors,
    spectrum,
    weighted_matrix,
)
from bifbridge.trajectories import linearise, uniform_grid

GRID = uniform_grid(4.0, 0.2, save_every=2)


def kernel(units=3, trials=4, names=("weights",), **options) -> StateSpaceNTK:
    field = random_ctrnn(units, radius=0.9, key=jr.key(0))
    start = jr.normal(jr.key(1), (trials, units))
    return StateSpaceNTK(linearise(field, start, GRID, names=names), **options)


READOUT = jr.normal(jr.key(2), (2, 3))
VARIANTS = pytest.mark.parametrize("readout", [None, READOUT], ids=["states", "outputs"])


def linear_kernel():
    """ż = −z + b: ∂z/∂b = (1 − e^{−t}) 1, whose kernel is known in closed form."""
    field = CTRNN(jnp.zeros((3, 3)))
    sensitivity = linearise(field, jnp.zeros((2, 3)), uniform_grid(2.0, 0.05), names=("bias",))
    return StateSpaceNTK(sensitivity)


def test_a_linear_system_has_its_closed_form_kernel():
    ntk = linear_kernel()
    profile = 1 - jnp.exp(-ntk.times)
    size = jnp.sum(ntk.sensitivity.weights * profile**2)
    np.testing.assert_allclose(gram_matrix(ntk), size * jnp.eye(3), atol=1e-8)
    result = spectrum(ntk, k=3)
    assert result.participation_ratio == pytest.approx(3)
    assert result.entropy_rank == pytest.approx(3)
    assert result.stable_rank == pytest.approx(3)
    assert result.count(0.95) == 3
    assert result.count(0.5) == 2


@VARIANTS
def test_pull_is_the_adjoint_of_push(readout):
    ntk = kernel(readout=readout)
    dtheta, error = jr.normal(jr.key(3), (9,)), jr.normal(jr.key(4), ntk.shape)
    np.testing.assert_allclose(
        ntk.inner(error, ntk.push(dtheta)), ntk.pull(error) @ dtheta, rtol=1e-12
    )


@VARIANTS
def test_materialised_and_matrix_free_products_agree(readout):
    ntk = kernel(readout=readout, removed=jnp.eye(9)[:, :2])
    written = ntk.materialise()
    dtheta, error = jr.normal(jr.key(3), (9,)), jr.normal(jr.key(4), ntk.shape)
    np.testing.assert_allclose(written.push(dtheta), ntk.push(dtheta), atol=1e-13)
    np.testing.assert_allclose(written.pull(error), ntk.pull(error), atol=1e-13)
    matrix = weighted_matrix(ntk)
    np.testing.assert_allclose(matrix.T @ dtheta, ntk.weighted(ntk.push(dtheta)), atol=1e-13)


@VARIANTS
def test_lineax_operators_are_symmetric_and_share_their_spectrum(readout):
    ntk = kernel(readout=readout)
    gram = ntk.gram_operator().as_matrix()
    dense = gram_matrix(ntk)
    np.testing.assert_allclose(gram, dense, atol=1e-12)
    large = ntk.kernel_operator().as_matrix()
    np.testing.assert_allclose(large, large.T, atol=1e-12)
    top = np.linalg.eigvalsh(large)[::-1][:9]
    np.testing.assert_allclose(top, np.linalg.eigvalsh(dense)[::-1], atol=1e-12)


def test_weighted_trajectories_are_isometric():
    ntk = kernel()
    x, y = jr.normal(jr.key(3), ntk.shape), jr.normal(jr.key(4), ntk.shape)
    np.testing.assert_allclose(ntk.weighted(x) @ ntk.weighted(y), ntk.inner(x, y), rtol=1e-12)
    np.testing.assert_allclose(ntk.unweighted(ntk.weighted(x)), x, rtol=1e-12)


def test_left_singular_vectors_are_orthonormal_eigenvectors_of_the_kernel():
    ntk = kernel()
    result = spectrum(ntk, k=4)
    left = left_singular_vectors(ntk, result)
    overlaps = np.array([[ntk.inner(x, y) for y in left] for x in left])
    np.testing.assert_allclose(overlaps, np.eye(4), atol=1e-10)
    for value, vector in zip(result.eigenvalues, left, strict=False):
        np.testing.assert_allclose(ntk.kernel(vector), value * vector, atol=1e-10)


def test_the_smaller_side_gives_the_same_spectrum():
    few_rows = kernel(units=3, trials=1, names=None)
    wide = few_rows.observed(READOUT[:1])
    assert wide.shape[1] < wide.n_parameters
    by_pulls, by_pushes = spectrum(wide, k=5), spectrum(wide.materialise(), k=5)
    np.testing.assert_allclose(by_pulls.eigenvalues[:5], by_pushes.eigenvalues[:5], rtol=1e-10)
    np.testing.assert_allclose(jnp.abs(jnp.sum(by_pulls.right * by_pushes.right, 0)), 1, rtol=1e-6)
    assert by_pulls.participation_ratio == pytest.approx(by_pushes.participation_ratio)


def test_matrix_free_agrees_with_dense():
    ntk = kernel(units=6, trials=3)
    dense = spectrum(ntk, k=5, method="dense")
    free = spectrum(ntk, k=5, method="matrix_free", block=3, max_blocks=9, probes=8)
    np.testing.assert_allclose(free.eigenvalues, dense.eigenvalues[:5], rtol=1e-8)
    assert abs(free.trace - dense.trace) < 5 * free.trace_error + 1e-12
    off = abs(free.trace_of_square - dense.trace_of_square)
    assert off < 5 * free.trace_of_square_error + 1e-12
    assert free.participation_ratio == pytest.approx(dense.participation_ratio, rel=1e-2)
    np.testing.assert_allclose(jnp.abs(jnp.sum(free.right * dense.right, 0)), 1, atol=1e-6)
    assert free.entropy_rank is None


def test_residuals_bound_the_errors_of_unconverged_eigenvalues():
    ntk = kernel(units=6, trials=3)
    exact = spectrum(ntk, k=6, method="dense").eigenvalues
    rough = spectrum(ntk, k=6, method="matrix_free", block=6, max_blocks=1)
    distance = jnp.abs(rough.eigenvalues[:, None] - exact[None, :]).min(1)
    assert (distance <= rough.residuals).all()
    assert rough.residuals.max() > 1e-4


def test_a_block_finds_multiple_eigenvalues():
    result = spectrum(linear_kernel(), k=3, method="matrix_free", block=3)
    assert result.eigenvalues[2] == pytest.approx(float(result.eigenvalues[0]))


def test_at_least_one_eigenpair_is_asked_for_and_at_most_p_are_given():
    with pytest.raises(ValueError, match="k=0"):
        spectrum(kernel(), k=0)
    assert spectrum(kernel(), k=100).right.shape == (9, 9)


def test_a_readout_of_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"readout of shape \(3, 2\)"):
        StateSpaceNTK(kernel().sensitivity, READOUT.T)


def test_a_zero_kernel_has_rank_zero():
    field = CTRNN(jnp.zeros((2, 2)))
    ntk = StateSpaceNTK(linearise(field, jnp.zeros((1, 2)), GRID, names=("weights",)))
    result = spectrum(ntk, k=1)
    assert result.participation_ratio == 0
    assert result.trace == 0
