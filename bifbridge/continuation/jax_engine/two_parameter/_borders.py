"""Null vectors and invariant planes that stay regular where eigenvectors do not.

At a Bogdanov–Takens point the left and right null vectors are orthogonal and the two critical
eigenvectors coincide, but the bordered matrices below stay invertible. Govaerts, *Numerical
Methods for Bifurcations of Dynamical Equilibria* (SIAM 2000), chapters 3 and 4.
"""

from typing import NamedTuple

import jax.numpy as jnp
import jax.scipy.linalg as jsl
import numpy as np
from jaxtyping import Array, Float, Inexact

from bifbridge._custom_types import Scalar, State


class Null(NamedTuple):
    """Bordered null vectors of a nearly singular matrix.

    Attributes:
        value: g, zero where A is singular; dg = −ψᵀ dA φ.
        right: φ.
        left: ψ.
    """

    value: Inexact[Array, ""]
    right: Inexact[Array, " n"]
    left: Inexact[Array, " n"]


class Plane(NamedTuple):
    """A pair of invariant planes, of A and of Aᵀ.

    Attributes:
        trace: tr M, the sum of the plane's two eigenvalues; d tr M = tr(Yᵀ dA X).
        determinant: det M, their product: ω² at a Hopf point.
        right: X, shape (n, 2), AX = XM, with orthonormal columns.
        left: Y, shape (n, 2), YᵀX = 1.
    """

    trace: Scalar
    determinant: Scalar
    right: Float[Array, "n 2"]
    left: Float[Array, "n 2"]


def bordered_null(
    matrix: Inexact[Array, "n n"], right: Inexact[Array, " n"], left: Inexact[Array, " n"]
) -> Null:
    """Solve [[A, b], [cᴴ, 0]] [φ; g] = [0; 1] and the adjoint system, with fixed borders."""
    n = matrix.shape[0]
    full = _bordered(matrix, left[:, None], right[:, None])
    unit = jnp.zeros(n + 1, full.dtype).at[n].set(1.0)
    # Plain solves, because this is differentiated.
    ahead = jnp.linalg.solve(full, unit)
    back = jnp.linalg.solve(jnp.conj(full.T), unit)
    return Null(ahead[n], ahead[:n], back[:n])


def adapted_null(
    matrix: Float[Array, "n n"], right: State, left: State, iterations: int = 3
) -> Null:
    """The same with borders that follow the null vectors."""
    found = bordered_null(matrix, right, left)
    for _ in range(iterations):
        c, b = (vector / jnp.linalg.norm(vector) for vector in (found.right, found.left))
        found = bordered_null(matrix, c, b)
    return found


def adapted_plane(
    matrix: Float[Array, "n n"],
    right: Float[Array, "n 2"],
    left: Float[Array, "n 2"],
    iterations: int = 4,
) -> Plane:
    """The invariant planes of two eigenvalues, from guesses."""
    # Inverse iteration with p(A) = A² − tr(M)A + det(M), bordered by the last planes: the
    # bordered matrix is regular for a complex pair, two real eigenvalues and a double one alike,
    # and the convergence is that of Rayleigh quotients.
    n, unit = matrix.shape[0], jnp.zeros((matrix.shape[0] + 2, 2)).at[-2:].set(jnp.eye(2))
    for _ in range(iterations):
        block = _restricted(matrix, right, left)
        trace, determinant = jnp.trace(block), _determinant(block)
        polynomial = matrix @ matrix - trace * matrix + determinant * jnp.eye(n)
        factors = jsl.lu_factor(_bordered(polynomial, left, right))
        right = jnp.linalg.qr(jsl.lu_solve(factors, unit)[:n])[0]
        left = jnp.linalg.qr(jsl.lu_solve(factors, unit, trans=1)[:n])[0]
    block = _restricted(matrix, right, left)
    dual = left @ jnp.linalg.inv(left.T @ right).T
    return Plane(jnp.trace(block), _determinant(block), right, dual)


def start_null(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit singular vectors of the smallest singular value."""
    left, _, right = np.linalg.svd(matrix)
    return right[-1], left[:, -1]


def start_plane(matrix: np.ndarray, frequency: complex) -> tuple[np.ndarray, np.ndarray]:
    """Orthonormal bases of the planes of the two eigenvalues nearest ±iω."""
    left, _, right = np.linalg.svd(matrix @ matrix + np.real(frequency**2) * np.eye(len(matrix)))
    return right[-2:].T, left[:, -2:]


def _restricted(matrix: Array, right: Array, left: Array) -> Array:
    return jnp.linalg.solve(left.T @ right, left.T @ matrix @ right)


def _determinant(block: Array) -> Array:
    return block[0, 0] * block[1, 1] - block[0, 1] * block[1, 0]


def _bordered(matrix: Array, left: Array, right: Array) -> Array:
    corner = jnp.zeros((left.shape[1], left.shape[1]), matrix.dtype)
    return jnp.block([[matrix, left], [jnp.conj(right.T), corner]])
