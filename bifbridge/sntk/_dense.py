"""Dense forms: the weighted matrix of S, and G or 𝒦, whichever is smaller."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge.sntk._kernel import StateSpaceNTK
from bifbridge.sntk._materialised import MaterialisedSensitivity


def weighted_matrix(ntk: StateSpaceNTK) -> Float[Array, "p NTm"]:
    """Sᵀ with rows over parameters, scaled so that plain products are inner products.

    Args:
        ntk: the kernel; pushes all unit vectors unless it is materialised.

    Returns:
        X with G = X Xᵀ, and XᵀX = 𝒦 between weighted trajectories.
    """
    return _weighted_matrix(ntk.materialise())


def gram_matrix(ntk: StateSpaceNTK) -> Float[Array, "p p"]:
    """G = S* S.

    Args:
        ntk: the kernel.

    Returns:
        A symmetric positive semidefinite matrix.
    """
    return _gram_matrix(ntk.materialise())


def pulled_rows(ntk: StateSpaceNTK, *, chunk: int = 64) -> Float[Array, "NTm p"]:
    """X of `weighted_matrix`, transposed and made by pulls: the way when N·T·m < p."""
    return _pulled_rows(ntk, chunk)


@eqx.filter_jit
def _weighted_matrix(ntk: StateSpaceNTK) -> Float[Array, "p NTm"]:
    assert isinstance(ntk.sensitivity, MaterialisedSensitivity)
    columns = ntk.sensitivity.columns
    if ntk.readout is not None:
        columns = columns @ ntk.readout.T
    matrix = (columns * jnp.sqrt(ntk.measure)).reshape(columns.shape[0], -1)
    if ntk.removed is not None:
        matrix = matrix - ntk.removed @ (ntk.removed.T @ matrix)
    return matrix


@eqx.filter_jit
def _gram_matrix(ntk: StateSpaceNTK) -> Float[Array, "p p"]:
    matrix = _weighted_matrix(ntk)
    return matrix @ matrix.T


@eqx.filter_jit
def _pulled_rows(ntk: StateSpaceNTK, chunk: int) -> Float[Array, "NTm p"]:
    rows = ntk.shape[0] * ntk.shape[1] * ntk.shape[2]
    units = jnp.eye(rows, dtype=ntk.sensitivity.theta.dtype)
    return jax.lax.map(lambda unit: ntk.pull(ntk.unweighted(unit)), units, batch_size=chunk)
