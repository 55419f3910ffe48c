"""Special points to machine precision: Newton on minimally augmented systems.

The test function g is the last entry of a bordered solve, whose derivative needs one directional
derivative and no eigenvectors. Govaerts, *Numerical Methods for Bifurcations of Dynamical
Equilibria* (SIAM 2000), chapters 3, 4 and 8; Griewank and Reddien, "Characterization and
computation of generalized turning points" (1984).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
from jaxtyping import Array, Bool, Float

from bifbridge._custom_types import Scalar
from bifbridge.continuation.jax_engine._curve import Extended
from bifbridge.normal_forms import complex_eigenvectors, multilinear, real_eigenvectors

Residual = Callable[[Any, Any], Any]
Unknowns = Float[Array, " m"]

_ITERATIONS = 12
_TOLERANCE = 1e-11
_ACCEPTED = 1e-8


class Polished(NamedTuple):
    """A located point.

    Attributes:
        point: y = (x, p), shape (N + 1,).
        extra: ω at a Hopf point; the imperfection β at a branch point, in units of what rounding
            makes of it; the forcing |wᵀF_p|/(|w||F_p|) at a fold.
        converged: whether Newton's last step was small.
    """

    point: Extended
    extra: Scalar
    converged: Bool[Array, ""]


def polish_fold(residual: Residual, point: Extended) -> Polished:
    """Solve F(x, p) = 0, g(x, p) = 0 with g = 0 where F_x is singular.

    Args:
        residual: (x, p) ↦ F.
        point: y near the fold.

    Returns:
        The fold.
    """
    _, right, left = real_eigenvectors(_state_jacobian(residual, point), 3)
    left = left / jnp.linalg.norm(left)

    def system(y: Unknowns) -> tuple[Array, Array]:
        return fold_system(residual, y, right, left)

    y, converged = newton(system, point)
    forcing = _jacobian(residual, y)[:, -1]
    size = jnp.linalg.norm(forcing)
    ratio = jnp.where(size > 0, jnp.abs(_left_null(residual, y, right, left) @ forcing) / size, 0.0)
    return Polished(y, ratio, converged)


def fold_system(
    residual: Residual, y: Unknowns, right: Array, left: Array
) -> tuple[Unknowns, Float[Array, "m m"]]:
    """The minimally augmented system of a fold, and its Jacobian.

    Args:
        residual: (x, p) ↦ F.
        y: (x, p).
        right: border c, near the right null vector.
        left: border b, near the left null vector.

    Returns:
        [F; g] and its derivative.
    """
    jacobian = _jacobian(residual, y)
    full = _border(jacobian[:, :-1], left[:, None], right[None, :])
    factors = jsl.lu_factor(full)
    unit = _last_unit(full.shape[0], 1)[:, 0]
    column, row = jsl.lu_solve(factors, unit), jsl.lu_solve(factors, unit, trans=1)
    gradient = jax.grad(
        lambda s: -row[:-1] @ multilinear(lambda x: residual(x, s[-1]), s[:-1], column[:-1])
    )(y)
    value = jnp.append(residual(y[:-1], y[-1]), column[-1])
    return value, jnp.concatenate([jacobian, gradient[None]])


def polish_branch_point(residual: Residual, point: Extended) -> Polished:
    """Solve F + βb = 0 with both test functions of the rank drop of [F_x F_p] zero.

    The imperfection β vanishes at a true branch point; at a fold it does not, which tells the
    two apart even where a pitchfork, met from its side branch, looks like a fold.

    Args:
        residual: (x, p) ↦ F.
        point: y near the branch point.

    Returns:
        The branch point, with the size of β in `extra`: below one it is rounding.
    """
    _, right, left = real_eigenvectors(_state_jacobian(residual, point), 3)
    left = left / jnp.linalg.norm(left)

    def system(y: Unknowns) -> tuple[Array, Array]:
        return branch_point_system(residual, y, right, left)

    y, converged = newton(system, jnp.append(point, 0.0))
    scale = jnp.max(jnp.abs(_jacobian(residual, y[:-1])) @ jnp.abs(y[:-1]))
    return Polished(y[:-1], jnp.abs(y[-1]) / (1e-12 + 1e-13 * scale), converged)


def branch_point_system(
    residual: Residual, unknowns: Unknowns, right: Array, left: Array
) -> tuple[Unknowns, Float[Array, "m m"]]:
    """The extended system of a simple branch point, and its Jacobian.

    Args:
        residual: (x, p) ↦ F.
        unknowns: (x, p, β).
        right: border near the right null vector of F_x.
        left: border b near its left null vector.

    Returns:
        [F + βb; g₁; g₂] and its derivative.
    """
    y, beta = unknowns[:-1], unknowns[-1]
    jacobian = _jacobian(residual, y)
    rows = jnp.stack([jnp.append(right, 0.0), jnp.zeros(y.size).at[-1].set(1.0)])
    full = _border(jacobian, left[:, None], rows)
    factors = jsl.lu_factor(full)
    columns = jsl.lu_solve(factors, _last_unit(full.shape[0], 2))
    row = jsl.lu_solve(factors, _last_unit(full.shape[0], 1)[:, 0], trans=1)
    psi = row[: left.size]

    def slope(phi: Array) -> Array:
        return jax.grad(
            lambda s: -psi @ jax.jvp(lambda r: residual(r[:-1], r[-1]), (s,), (phi,))[1]
        )(y)

    gradients = jax.vmap(slope, in_axes=1)(columns[:-1])
    value = jnp.concatenate([residual(y[:-1], y[-1]) + beta * left, columns[-1]])
    return value, _border(jacobian, left[:, None], gradients)


def polish_hopf(residual: Residual, point: Extended, frequency: Scalar) -> Polished:
    """Solve F = 0 and g(x, p, ω) = 0, complex, with g = 0 where F_x − iω is singular.

    A real ω cannot lead to a neutral saddle, whose eigenvalues are real.

    Args:
        residual: (x, p) ↦ F.
        point: y near the Hopf point.
        frequency: ω nearby.

    Returns:
        The Hopf point, with ω in `extra`.
    """
    _, right, left = complex_eigenvectors(_state_jacobian(residual, point), frequency, 3)
    left = left / jnp.linalg.norm(left)

    def system(y: Unknowns) -> tuple[Array, Array]:
        return hopf_system(residual, y, right, left)

    y, converged = newton(system, jnp.append(point, frequency))
    return Polished(y[:-1], y[-1], converged)


def hopf_system(
    residual: Residual, unknowns: Unknowns, right: Array, left: Array
) -> tuple[Unknowns, Float[Array, "m m"]]:
    """The minimally augmented system of a Hopf point, and its Jacobian.

    Args:
        residual: (x, p) ↦ F.
        unknowns: (x, p, ω).
        right: border near the right eigenvector.
        left: border near the left eigenvector.

    Returns:
        [F; Re g; Im g] and its derivative.
    """
    y, omega = unknowns[:-1], unknowns[-1]
    jacobian = _jacobian(residual, y)
    shifted = jacobian[:, :-1] - 1j * omega * jnp.eye(right.size)
    full = _border(shifted, left[:, None], jnp.conj(right)[None, :])
    factors = jsl.lu_factor(full)
    unit = _last_unit(full.shape[0], 1)[:, 0].astype(full.dtype)
    column, row = jsl.lu_solve(factors, unit), jsl.lu_solve(factors, unit, trans=2)
    q, p, g = column[:-1], row[:-1], column[-1]

    def slope(part: Callable[[Array], Array]) -> Array:
        def value(s: Array) -> Array:
            return -part(jnp.vdot(p, multilinear(lambda x: residual(x, s[-1]), s[:-1], q)))

        return jax.grad(value)(y)

    by_frequency = 1j * jnp.vdot(p, q)
    gradients = jnp.stack([slope(jnp.real), slope(jnp.imag)])
    last = jnp.stack([by_frequency.real, by_frequency.imag])
    value = jnp.concatenate([residual(y[:-1], y[-1]), jnp.stack([g.real, g.imag])])
    top = jnp.concatenate([jacobian, jnp.zeros((right.size, 1))], 1)
    return value, jnp.concatenate([top, jnp.concatenate([gradients, last[:, None]], 1)])


def newton(
    system: Callable[[Unknowns], tuple[Array, Array]], start: Unknowns
) -> tuple[Unknowns, Bool[Array, ""]]:
    """Newton's method to rounding.

    Args:
        system: unknowns ↦ (value, Jacobian).
        start: the first guess.

    Returns:
        The unknowns, and whether the last step was small.
    """

    def unfinished(state: tuple[Array, ...]) -> Array:
        _, length, iteration = state
        return (length > _TOLERANCE) & (iteration < _ITERATIONS) & jnp.isfinite(length)

    def iterate(state: tuple[Array, ...]) -> tuple[Array, ...]:
        y, _, iteration = state
        value, jacobian = system(y)
        step = jnp.linalg.solve(jacobian, value)
        length = jnp.linalg.norm(step) / (1 + jnp.linalg.norm(y))
        return y - step, length, iteration + 1

    far = jnp.full((), 1e300, start.dtype)
    y, length, _ = jax.lax.while_loop(unfinished, iterate, (start, far, jnp.array(0)))
    return y, (length <= _ACCEPTED) & jnp.all(jnp.isfinite(y))


def _jacobian(residual: Residual, y: Extended) -> Array:
    return jax.jacfwd(lambda s: residual(s[:-1], s[-1]))(y)


def _left_null(residual: Residual, y: Extended, right: Array, left: Array) -> Array:
    full = _border(_jacobian(residual, y)[:, :-1], left[:, None], right[None, :])
    unit = _last_unit(full.shape[0], 1)[:, 0]
    row = jnp.linalg.solve(full.T, unit)[:-1]
    return row / jnp.linalg.norm(row)


def _state_jacobian(residual: Residual, y: Extended) -> Array:
    return jax.jacfwd(lambda x: residual(x, y[-1]))(y[:-1])


def _border(matrix: Array, columns: Array, rows: Array) -> Array:
    corner = jnp.zeros((rows.shape[0], columns.shape[1]), columns.dtype)
    top = jnp.concatenate([matrix, columns.astype(matrix.dtype)], 1)
    return jnp.concatenate([top, jnp.concatenate([rows, corner], 1).astype(matrix.dtype)])


def _last_unit(size: int, count: int) -> Array:
    return jnp.eye(size)[:, size - count :]
