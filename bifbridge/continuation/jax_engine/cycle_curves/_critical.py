"""Test functions of cycle bifurcations from bordered boundary value problems.

At each kind of bifurcation the variational equation has a solution of one kind: a periodic one up
to the flow's direction at a fold, an antiperiodic one at a period doubling; at a Neimark–Sacker
point a pair v, w of functions, w one period after v, with w(0) = v(1) and w(1) = 2κw(0) − v(0),
κ = cos θ, again up to the flow's direction, which keeps the trivial multiplier out. The problem
𝓛V + ΨG = 0 with V normalised, bordered by functions near the null vectors, is regular nearby, and G
vanishes at the bifurcation, with dG = −Ψᵀ d𝓛 V. Doedel, Govaerts and Kuznetsov, SIAM J. Numer.
Anal. 41 (2003) 401; the pair stays regular where θ is 0 or π.
"""

from typing import Any, Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from bifbridge.continuation.jax_engine.cycles._condense import Factor, solve_bordered
from bifbridge.continuation.jax_engine.cycles._discretise import (
    AnyFamily,
    CyclePoint,
    Linearised,
    Mesh,
    at_points,
    expand,
    field_at,
    slopes,
)

CycleCurveKind = Literal["cycle_fold", "period_doubling", "neimark_sacker"]


class Borders(eqx.Module):
    """What makes the problem regular; a = n, or 2n for a pair of functions, and k = a/n.

    Attributes:
        kind: which bifurcation.
        rows: functionals near the right null vectors, shape (k, I, m, a).
        columns: near the left ones, at the Gauss points, shape (I, m·a, k).
        weights: the combinations of G that must vanish, shape (k, k, k): of its four entries at a
            Neimark–Sacker point only two are independent.
    """

    kind: CycleCurveKind = eqx.field(static=True)
    rows: Float[Any, "k I m a"]
    columns: Float[Any, "I ma k"]
    weights: Float[Any, "k k k"]


class Critical(NamedTuple):
    """The solution of the bordered problem and of its adjoint.

    Attributes:
        values: G, shape (k, k).
        right: V at the nodes, shape (k, I, m, a).
        speeds: the change of period that belongs to each function of V; zero at a period
            doubling, shape (k, k).
        left: Ψ at the Gauss points, shape (k, I, m·a).
    """

    values: Float[Any, "k k"]
    right: Float[Any, "k I m a"]
    speeds: Float[Any, "k k"]
    left: Float[Any, "k I ma"]


def functions_of(kind: CycleCurveKind) -> int:
    """How many functions the problem of a kind of bifurcation has."""
    return 2 if kind == "neimark_sacker" else 1


def end_factor(kind: CycleCurveKind, point: CyclePoint) -> Factor:
    """What the last value of the critical functions is of their first."""
    if kind != "neimark_sacker":
        return 1.0 if kind == "cycle_fold" else -1.0
    turn = jnp.array([[0.0, 1.0], [-1.0, 0.0]]).at[1, 1].set(2 * point.scalars[-1])
    return jnp.kron(turn, jnp.eye(point.states.shape[-1]))


def solve_critical(
    linear: Linearised, phase: Array, point: CyclePoint, borders: Borders
) -> Critical:
    """Solve the bordered problem and its adjoint."""
    kind, k, n = borders.kind, functions_of(borders.kind), point.states.shape[-1]
    local, columns, rows, extra = linear.local, borders.columns, borders.rows, 0
    if kind == "neimark_sacker":
        local = _doubled(local, n)
    if kind != "period_doubling":
        # Each function may be moved along the flow: a change of period, and a phase condition.
        columns = jnp.concatenate([_each(linear.columns[..., 0], n, k), columns], -1)
        apart = jnp.einsum("imb,cd->cimdb", phase, jnp.eye(k)).reshape(k, *rows.shape[1:])
        rows, extra = jnp.concatenate([apart, rows]), k
    unit = jnp.eye(extra + k)[:, extra:]
    factor, corner = end_factor(kind, point), jnp.zeros((extra + k, extra + k))

    def scalars(values: Array) -> tuple[Array, tuple[Array, Array]]:
        solution = solve_bordered(local, columns, values, rows, corner, unit, factor)
        speeds = solution.scalars[:extra].T if extra else jnp.zeros((k, k))
        return solution.scalars[extra:], (jnp.moveaxis(solution.states, -1, 0), speeds)

    nothing = jnp.zeros((*columns.shape[:2], k))
    values, pull, (right, speeds) = jax.vjp(scalars, nothing, has_aux=True)
    left = [pull(jnp.zeros((k, k)).at[row, 0].set(1.0))[0][..., 0] for row in range(k)]
    return Critical(values, right, speeds, jnp.stack(left))


def combined(borders: Borders, values: Float[Array, "k k"]) -> Float[Array, " k"]:
    """The test functions from G."""
    return jnp.einsum("rab,ab->r", borders.weights, values)


def slopes_of_values(
    family: AnyFamily, mesh: Mesh, point: CyclePoint, kind: CycleCurveKind, at: Critical
) -> CyclePoint:
    """The derivative of every entry of G by the unknowns: −Ψᵀ d𝓛 V."""

    def probe(moving: CyclePoint) -> Array:
        varied = variations(family, mesh, moving, kind, at)
        return -jnp.einsum("aiq,biq->ab", at.left, varied)

    return jax.jacrev(probe)(point)


def variations(
    family: AnyFamily, mesh: Mesh, point: CyclePoint, kind: CycleCurveKind, at: Critical
) -> Float[Array, "k I ma"]:
    """𝓛V at the Gauss points as a function of the unknowns, with V fixed."""
    h, factor, n = mesh.widths[:, None, None, None], end_factor(kind, point), point.states.shape[-1]
    orbit, velocity = at_points(mesh, expand(point.states)), field_at(family, point)
    flow = jax.vmap(jax.vmap(velocity))(orbit)[:, :, None]

    def one(function: Array, speeds: Array) -> Array:
        nodes = expand(function, factor)
        count, degree, width = function.shape
        shape = (count, degree, width // n, n)
        values = at_points(mesh, nodes).reshape(shape)

        def moving(z: Array, directions: Array) -> Array:
            return jax.vmap(lambda d: jax.jvp(velocity, (z,), (d,))[1])(directions)

        turned = jax.vmap(jax.vmap(moving))(orbit, values)
        varied = slopes(mesh, nodes).reshape(shape) - h * point.scalars[0] * turned
        return (varied - h * speeds[:, None] * flow).reshape(count, degree * width)

    return jax.vmap(one)(at.right, at.speeds)


def renewed(borders: Borders, at: Critical) -> Borders:
    """Borders that follow the null vectors, whose orientation is kept."""
    rows = _orthonormal(np.asarray(at.right))
    left = _orthonormal(np.asarray(at.left))
    return Borders(borders.kind, rows, np.moveaxis(left, 0, -1), borders.weights)


def _orthonormal(vectors: np.ndarray) -> np.ndarray:
    # Gram–Schmidt over all but the first axis, without a change of sign.
    flat = vectors.reshape(len(vectors), -1)
    orthogonal, triangle = np.linalg.qr(flat.T)
    return (orthogonal * np.sign(np.diag(triangle))).T.reshape(vectors.shape)


def _each(column: Array, n: int, k: int) -> Array:
    # A column of one function as one column for each of several.
    count, size = column.shape
    apart = jnp.einsum("igb,cd->igcbd", column.reshape(count, size // n, n), jnp.eye(k))
    return apart.reshape(count, k * size, k)


def _doubled(local: Array, n: int) -> Array:
    # The operator of each interval on two functions at once.
    count, rows, columns = local.shape
    blocks = local.reshape(count, rows // n, n, columns // n, n)
    both = jnp.einsum("igajb,cd->igcajdb", blocks, jnp.eye(2))
    return both.reshape(count, 2 * rows, 2 * columns)
