"""The spectrum of a kernel: dense where small, matrix-free where large."""

from typing import Literal

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._custom_types import Trajectories
from bifbridge._memory import fits
from bifbridge.sntk._block_krylov import krylov_spectrum
from bifbridge.sntk._dense import gram_matrix, pulled_rows
from bifbridge.sntk._kernel import StateSpaceNTK
from bifbridge.sntk._spectrum_type import Spectrum

#: Largest side, and most bytes of S written out, for which "auto" chooses the dense way.
DENSE_SIDE = 1024
DENSE_BYTES = 2_000_000_000


def spectrum(
    ntk: StateSpaceNTK,
    k: int = 10,
    *,
    method: Literal["auto", "dense", "matrix_free"] = "auto",
    tolerance: float = 1e-6,
    block: int = 4,
    max_blocks: int = 24,
    probes: int = 16,
    key: PRNGKeyArray | None = None,
) -> Spectrum:
    """Top eigenpairs, trace and effective ranks of a kernel.

    Dense: exact, from p pushes (or N·T·m pulls, whichever are fewer) and one symmetric
    eigenproblem of that size. Matrix-free: products only; eigenvalues with residual bounds, the
    moments with standard errors.

    Args:
        ntk: the kernel.
        k: number of right singular vectors (and, matrix-free, of eigenvalues), at most p.
        method: "auto" is dense up to 1024 rows and 2 GB, or a quarter of the memory at hand.
        tolerance: matrix-free: residual relative to λ₁ at which to stop.
        block: matrix-free: vectors multiplied together; an eigenvalue of higher multiplicity than
            this may be found less often than it occurs.
        max_blocks: matrix-free: the most products per vector of a block.
        probes: matrix-free: random vectors for the moments.
        key: matrix-free: source of randomness; fixed by default.

    Returns:
        The spectrum.

    Raises:
        ValueError: if `k` is below 1, or `method` is unknown.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    if k < 1:
        raise ValueError(f"spectrum: got k={k}, expected at least 1.")
    k = min(k, ntk.n_parameters)
    if method not in {"auto", "dense", "matrix_free"}:
        raise ValueError(
            f"spectrum: got method={method!r}, expected 'auto', 'dense' or 'matrix_free'."
        )
    if method == "dense" or (method == "auto" and is_small(ntk)):
        return _dense(ntk, k)
    return krylov_spectrum(
        ntk,
        k,
        tolerance=tolerance,
        block=max(block, 1),
        max_blocks=max(max_blocks, -(-k // max(block, 1))),
        probes=probes,
        key=jr.key(0) if key is None else key,
    )


def left_singular_vectors(ntk: StateSpaceNTK, result: Spectrum) -> Float[Array, "k N T m"]:
    """Eigenvectors S v/σ of 𝒦, orthonormal in the inner product of trajectories.

    Args:
        ntk: the kernel.
        result: its spectrum.

    Returns:
        One trajectory per right singular vector; zero where σ = 0.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    return jnp.stack([_left(ntk, vector) for vector in result.right.T])


def _left(ntk: StateSpaceNTK, vector: Array) -> Trajectories:
    moved = ntk.push(vector)
    size = jnp.sqrt(ntk.inner(moved, moved))
    return jnp.where(size > 0, moved / jnp.where(size > 0, size, 1.0), 0.0)


def is_small(ntk: StateSpaceNTK) -> bool:
    """Whether the dense way is affordable."""
    rows, p = _rows(ntk), ntk.n_parameters
    size = 8 * rows * p
    return min(rows, p) <= DENSE_SIDE and size <= DENSE_BYTES and fits(size)


def _rows(ntk: StateSpaceNTK) -> int:
    trials, times, observed = ntk.shape
    return trials * times * observed


def _dense(ntk: StateSpaceNTK, k: int) -> Spectrum:
    if _rows(ntk) < ntk.n_parameters and not ntk.is_materialised:
        rows = pulled_rows(ntk)
        values, left = _eigh(rows @ rows.T)
        right, _ = jnp.linalg.qr(rows.T @ left[:, :k])
        return _exact(rows.T @ (rows @ right), right, values)
    gram = gram_matrix(ntk)
    values, right = _eigh(gram)
    return _exact(gram @ right[:, :k], right[:, :k], values)


@eqx.filter_jit
def _eigh(matrix: Float[Array, "s s"]) -> tuple[Array, Array]:
    values, vectors = jnp.linalg.eigh(matrix)
    return jnp.maximum(values[::-1], 0.0), vectors[:, ::-1]


def _exact(image: Array, right: Array, values: Array) -> Spectrum:
    """Signs fixed so that each vector's largest entry is positive."""
    signs = jnp.sign(jnp.take_along_axis(right, jnp.abs(right).argmax(0)[None], 0))
    residuals = jnp.linalg.norm(image - right * values[: right.shape[1]], axis=0)
    zero = jnp.zeros(())
    return Spectrum(
        values, right * signs, residuals, values.sum(), zero, (values**2).sum(), zero, complete=True
    )
