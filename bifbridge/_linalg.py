"""Linear solves that spend their time in LAPACK.

`jax.numpy.linalg.solve` turns LAPACK's row exchanges into a permutation one row at a time, which
below n ≈ 200 takes longer than the factorisation. Here the right-hand sides are factored along
with the matrix, P[A B] = L[U Y], so that no permutation is needed: X = U⁻¹Y.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Inexact


def solve(matrix: Inexact[Array, "n n"], right: Inexact[Array, "n *k"]) -> Inexact[Array, "n *k"]:
    """Solve A X = B by LU with partial pivoting."""
    n = matrix.shape[0]
    columns = right.reshape(n, -1)
    factors = _factor(matrix, columns)
    return _back(factors[:, :n], factors[:, n:]).reshape(right.shape)


def solve_both(
    matrix: Inexact[Array, "n n"], right: Inexact[Array, "n k"], left: Inexact[Array, "n l"]
) -> tuple[Inexact[Array, "n k"], Inexact[Array, "n l"]]:
    """Solve A X = B and Aᴴ Y = C with one factorisation."""
    n = matrix.shape[0]
    # The row numbers go through the factorisation too, and come back as L⁻¹P(0, 1, …).
    numbers = jnp.arange(n, dtype=matrix.dtype)[:, None]
    factors = _factor(matrix, jnp.concatenate([right.astype(matrix.dtype), numbers], 1))
    square, tail = factors[:, :n], factors[:, n:]
    order = tail[:, -1] + jnp.tril(square, -1) @ tail[:, -1]
    inverse = jnp.argsort(order.real)
    half = jax.lax.linalg.triangular_solve(
        square, left.astype(matrix.dtype), left_side=True, transpose_a=True, conjugate_a=True
    )
    exchanged = jax.lax.linalg.triangular_solve(
        square, half, left_side=True, lower=True, transpose_a=True, conjugate_a=True,
        unit_diagonal=True,
    )  # fmt: skip
    return _back(square, tail[:, :-1]), exchanged[inverse]


def _factor(matrix: Array, columns: Array) -> Array:
    return jax.lax.linalg.lu(jnp.concatenate([matrix, columns.astype(matrix.dtype)], 1))[0]


def _back(upper: Array, columns: Array) -> Array:
    return jax.lax.linalg.triangular_solve(upper, columns, left_side=True, lower=False)
