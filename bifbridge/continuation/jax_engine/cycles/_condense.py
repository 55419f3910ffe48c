"""Bordered linear systems of collocation, solved interval by interval.

The unknowns inside each interval are eliminated first. What is left, a cycle of transfer matrices
between mesh points, is reduced by orthogonal transformations of neighbouring block rows, which is
stable even where the product of the matrices would overflow: Wright, "Stable parallel algorithms
for two-point boundary value problems", SIAM J. Sci. Stat. Comput. 13 (1992) 742; Ascher, Mattheij
and Russell, *Numerical Solution of Boundary Value Problems for ODEs* (SIAM 1995), chapter 7.
The cost is linear in the number of intervals; no matrix of the size of the whole is formed.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
from jaxtyping import Array, Inexact

Block = Inexact[Array, "..."]
#: What the last value of a function is of its first: a number, or a matrix.
Factor = Inexact[Any, ""] | Inexact[Any, "n n"] | complex | float


class Solution(NamedTuple):
    """The solution of a bordered system.

    Attributes:
        states: node values without each interval's last node, shape (I, m, n, c).
        scalars: shape (k, c).
    """

    states: Block
    scalars: Block


def transfer_matrices(local: Inexact[Array, "I mn m1n"], size: int) -> Inexact[Array, "I n n"]:
    """The linear maps from each mesh point to the next."""
    return -jnp.linalg.solve(local[..., size:], local[..., :size])[:, -size:]


def solve_bordered(
    local: Inexact[Array, "I mn m1n"],
    columns: Inexact[Array, "I mn k"],
    values: Inexact[Array, "I mn c"],
    rows: Inexact[Array, "k I m n"],
    corner: Inexact[Array, "k k"],
    row_values: Inexact[Array, "k c"],
    factor: Factor = 1.0,
) -> Solution:
    """Solve L y + columns·s = values, rows·y + corner·s = row_values, y(end) = factor·y(start)."""
    n = rows.shape[-1] if rows.shape[0] else local.shape[2] - local.shape[1]
    intervals, degree = local.shape[0], local.shape[1] // n
    scalars = columns.shape[-1]
    inner = jnp.linalg.solve(
        local[..., n:], jnp.concatenate([-local[..., :n], -columns, values], -1)
    )
    ends, end = inner[:, -n:], as_matrix(factor, n)
    (first, last, forcing), upper = _reduce(ends[..., :n], ends[..., n:])
    mesh = _represent(upper, forcing.shape[-1], end, intervals)
    # Every node as a linear function of (start, scalars, 1).
    interior = inner[..., :n] @ mesh
    interior = interior.at[..., n:].add(inner[..., n:])
    nodes = jnp.concatenate([mesh, interior[:, :-n]], 1).reshape(intervals, degree, n, -1)
    functional = jnp.einsum("kimn,imnw->kw", rows, nodes)
    wide = n + scalars
    matrix = jnp.concatenate([
        jnp.concatenate([first + last @ end, -forcing[:, :scalars]], 1),
        functional[:, :wide].at[:, n:].add(corner),
    ])
    value = jnp.concatenate([forcing[:, scalars:], row_values - functional[:, wide:]])
    small = jnp.linalg.solve(matrix, value)
    states = nodes[..., :wide] @ small + nodes[..., wide:]
    return Solution(states, small[n:])


def as_matrix(factor: Factor, size: int) -> Inexact[Array, "n n"]:
    """The factor as a matrix."""
    return jnp.asarray(factor) if jnp.ndim(factor) == 2 else factor * jnp.eye(size)


def _reduce(maps: Block, forcing: Block) -> tuple[tuple[Block, Block, Block], tuple[Block, ...]]:
    # Rows −Mᵢxᵢ + xᵢ₊₁ = hᵢ become A x₀ + C x_I = h; each QR step eliminates one mesh point.
    n = maps.shape[-1]

    def eliminate(row: tuple[Block, ...], new: tuple[Block, Block]):
        first, last, value = row
        step, step_value = new
        orthogonal, triangle = jnp.linalg.qr(jnp.concatenate([last, -step]), mode="complete")
        turned = jnp.conj(orthogonal.T)
        a = turned[:, :n] @ first
        h = turned[:, :n] @ value + turned[:, n:] @ step_value
        c = turned[:, n:]
        return (a[n:], c[n:], h[n:]), (triangle[:n], a[:n], c[:n], h[:n])

    start = (-maps[0], jnp.eye(n, dtype=maps.dtype), forcing[0])
    return jax.lax.scan(eliminate, start, (maps[1:], forcing[1:]))


def _represent(upper: tuple[Block, ...], width: int, end: Block, intervals: int) -> Block:
    # xᵢ = Pᵢ (x₀, scalars, 1), from the last mesh point backwards.
    n = upper[0].shape[-1]
    unit = jnp.eye(n, n + width, dtype=upper[0].dtype)

    def back(following: Block, row: tuple[Block, ...]):
        triangle, a, c, h = row
        right = (-c @ following).at[:, :n].add(-a).at[:, n:].add(h)
        here = jsl.solve_triangular(triangle, right)
        return here, here

    _, rest = jax.lax.scan(back, end @ unit, upper, reverse=True)
    return jnp.concatenate([unit[None], rest]).reshape(intervals, n, n + width)
