"""Eigenvalues along a branch, for many points at once.

The Jacobians of a whole chunk of points come from one compiled program, and NumPy's LAPACK loop
takes their eigenvalues: no vectors are computed where only eigenvalues are wanted, symmetric
matrices go to the symmetric solver, and nothing of it has to be compiled.
"""

from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Complex, Float

from bifbridge.continuation.jax_engine._curve import Curve, Extended

#: Entries of all Jacobians of a chunk, and the most points in one.
_ENTRIES, _POINTS = 2**17, 64


def spectra(curve: Curve, points: Float[np.ndarray, "K m"]) -> Complex[np.ndarray, "K n"]:
    """The eigenvalues at points of one branch."""
    count, n = len(points), points.shape[1] - 1
    size = chunk_size(n)
    found = []
    for first in range(0, count, size):
        part = points[first : first + size]
        padded = np.concatenate([part, np.repeat(part[-1:], size - len(part), 0)])
        found.append(eigenvalues(np.asarray(_jacobians(curve, padded))[: len(part)]))
    return np.concatenate(found) if found else np.zeros((0, n), complex)


def member_spectra(
    curves: Curve, members: np.ndarray, points: Float[np.ndarray, "K m"]
) -> Complex[np.ndarray, "K n"]:
    """The eigenvalues at points of many branches."""
    count, n = len(points), points.shape[1] - 1
    size = 16 * chunk_size(n)
    found = []
    for first in range(0, count, size):
        which = np.arange(first, first + size)
        which[which >= count] = count - 1
        matrices = np.asarray(_member_jacobians(curves, members[which], points[which]))
        found.append(eigenvalues(matrices[: count - first]))
    return np.concatenate(found) if found else np.zeros((0, n), complex)


def chunk_size(n: int) -> int:
    """How many points are treated at once."""
    return int(np.clip(_ENTRIES // n**2, 1, _POINTS))


def eigenvalues(matrices: Float[np.ndarray, "K n n"]) -> Complex[np.ndarray, "K n"]:
    """Eigenvalues by falling real part."""
    # A matrix that is symmetric to rounding goes to the symmetric solver, which is several times
    # quicker and returns real eigenvalues as real.
    values = np.full(matrices.shape[:2], np.nan + 0j)
    size = np.max(np.abs(matrices), axis=(1, 2))
    gap = np.max(np.abs(matrices - np.swapaxes(matrices, 1, 2)), axis=(1, 2))
    finite = np.isfinite(size)
    symmetric = finite & (gap <= 4 * np.finfo(float).eps * size)
    for chosen, solver in (
        (symmetric, np.linalg.eigvalsh),
        (finite & ~symmetric, np.linalg.eigvals),
    ):
        if np.any(chosen):
            values[chosen] = _solved(solver, matrices if np.all(chosen) else matrices[chosen])
    order = np.argsort(-np.real(values), axis=1, kind="stable")
    return np.take_along_axis(values, order, axis=1)


def _solved(solver: Any, matrices: np.ndarray) -> np.ndarray:
    try:
        return solver(matrices)
    except np.linalg.LinAlgError:
        if len(matrices) == 1:
            return np.full(matrices.shape[:2], np.nan + 0j)
        return np.concatenate([_solved(solver, one[None]) for one in matrices])


def _jacobian(curve: Curve, point: Extended) -> Array:
    return jax.jacfwd(lambda z: curve.residual(z, point[-1]))(point[:-1])


@eqx.filter_jit
def _jacobians(curve: Curve, points: Any) -> Array:
    return jax.vmap(lambda point: _jacobian(curve, point))(points)


@eqx.filter_jit
def _member_jacobians(curves: Curve, members: Any, points: Any) -> Array:
    return eqx.filter_vmap(_jacobian)(chosen(curves, members), points)


def chosen(curves: Curve, members: Any) -> Curve:
    """Some curves of a stack."""
    arrays, static = eqx.partition(curves, eqx.is_array)
    return eqx.combine(jax.tree_util.tree_map(lambda leaf: leaf[members], arrays), static)
