"""A curve of solutions of F(x, p) = 0, and the corrector and tangent on it.

This is the core that equilibria, cycles and two-parameter curves share: x may be a state, a
collocation vector, or a state together with a second parameter. Keller, "Numerical solution of
bifurcation and nonlinear eigenvalue problems" (1977); Allgower and Georg, *Numerical Continuation
Methods* (Springer 1990).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PyTree

from bifbridge._custom_types import Scalar
from bifbridge._linalg import solve
from bifbridge.continuation.curves import Status

Extended = Float[Array, " m"]


class Curve(NamedTuple):
    """The solution set of residual(x, p) = 0, with x of shape (N,) and the residual too.

    Points are stored extended, y = (x, p), of shape (N + 1,). Both callables may be Equinox
    modules or `jax.tree_util.Partial`s: their arrays are arguments of the compiled programs, so
    new numbers do not recompile.

    Attributes:
        residual: (x, p) ↦ F, shape (N,).
        observe: (x, p, F_x) ↦ any pytree of arrays, evaluated at every accepted point (the
            eigenvalues, say); F_x has shape (N, N).
        weights: of the inner product ⟨a, b⟩ = Σ weightsᵢ aᵢ bᵢ in which arclength is measured,
            shape (N + 1,); `arclength_weights` makes the usual ones.
    """

    residual: Callable[[Any, Any], Any]
    observe: Callable[[Any, Any, Any], PyTree]
    weights: Any


class Corrected(NamedTuple):
    """What the corrector returns.

    Attributes:
        point: y.
        jacobian: [F_x F_p] there, shape (N, N + 1).
        iterations: Newton steps taken.
        status: `Status.RUNNING` for success, else why not.
        kernel: what [F_x F_p] annihilates and the closing row does not, from the factorisation of
            the last Newton step: a tangent as exact as that step was short, at no cost.
    """

    point: Extended
    jacobian: Float[Array, "N m"]
    iterations: Int[Array, ""]
    status: Int[Array, ""]
    kernel: Extended


def arclength_weights(
    size: int, parameter_scale: float = 1.0, state_scale: float = 1.0
) -> Float[np.ndarray, " m"]:
    """Weights of ‖y‖² = |x|²/(N s²) + p²/σ²: a step means the same whatever N is.

    Args:
        size: N.
        parameter_scale: σ, the change of p that counts as one.
        state_scale: s, the root-mean-square change of x that counts as one.

    Returns:
        The weights, shape (N + 1,).
    """
    state = np.full(size, 1.0 / size) / state_scale**2
    return np.append(state, 1.0 / parameter_scale**2)


def extended_residual(curve: Curve, point: Extended) -> Float[Array, " N"]:
    """F at an extended point."""
    return curve.residual(point[:-1], point[-1])


def extended_jacobian(curve: Curve, point: Extended) -> Float[Array, "N m"]:
    """[F_x F_p] at an extended point.

    Args:
        curve: the curve.
        point: y.

    Returns:
        The derivative, shape (N, N + 1).
    """
    return jax.jacfwd(lambda y: extended_residual(curve, y))(point)


def norm(curve: Curve, vector: Extended) -> Scalar:
    """Length of an extended vector in the curve's inner product.

    Args:
        curve: the curve.
        vector: y or a difference of such.

    Returns:
        √⟨vector, vector⟩.
    """
    return jnp.sqrt(jnp.sum(curve.weights * vector**2))


def correct(
    curve: Curve,
    guess: Extended,
    row: Extended,
    target: Scalar,
    tolerance: Scalar | float = 1e-9,
    max_iterations: int | Array = 12,
) -> Corrected:
    """Newton's method for F(y) = 0 together with row·y = target.

    `row` is weights·tangent for pseudo-arclength, a unit vector for a fixed parameter. It has
    converged when the Newton step is below tolerance·(1 + ‖y‖), which at quadratic convergence
    leaves an error of rounding. A point that solves the equations to rounding is accepted even
    where the matrix is singular: landing on a branch point is no failure.

    Args:
        curve: the curve.
        guess: where to start.
        row: the row that closes the system.
        target: the value of row·y.
        tolerance: relative length of the last Newton step.
        max_iterations: limit on Newton steps.

    Returns:
        The point with its Jacobian and a status.
    """

    def unfinished(state: tuple[Array, ...]) -> Array:
        _, length, previous, iteration, status, _ = state
        small = length <= tolerance
        diverging = (iteration > 2) & (length > 2 * previous) & (length > 1e-3)
        return (status == Status.RUNNING) & ~small & ~diverging & (iteration < max_iterations)

    def iterate(state: tuple[Array, ...]) -> tuple[Array, ...]:
        y, length, _, iteration, _, _ = state
        value = jnp.append(extended_residual(curve, y), row @ y - target)
        matrix = jnp.concatenate([extended_jacobian(curve, y), row[None]])
        step, kernel = solve(matrix, jnp.stack([value, unit], 1)).T
        rounding = 1e-13 * (1 + jnp.max(jnp.abs(matrix) @ jnp.abs(y)))
        solved = jnp.max(jnp.abs(value)) <= rounding
        defined = jnp.all(jnp.isfinite(step))
        step = jnp.where(defined, step, 0.0)
        new_length = norm(curve, step) / (1 + norm(curve, y))
        sane = jnp.all(jnp.isfinite(value)) & jnp.all(jnp.isfinite(matrix))
        status = jnp.where(
            sane, jnp.where(defined | solved, Status.RUNNING, Status.SINGULAR), Status.NOT_FINITE
        )
        return y - step, new_length, length, iteration + 1, status.astype(int), kernel

    guess, far = jnp.asarray(guess), jnp.full((), jnp.inf, guess.dtype)
    unit = jnp.zeros_like(guess).at[-1].set(1.0)
    start = (guess, far, far, jnp.array(0), jnp.array(0), jnp.full_like(guess, jnp.nan))
    y, length, _, iterations, status, kernel = jax.lax.while_loop(unfinished, iterate, start)
    failed = (status == Status.RUNNING) & ~(length <= tolerance)
    status = jnp.where(failed, int(Status.NO_CONVERGENCE), status)
    return Corrected(y, extended_jacobian(curve, y), iterations, status, kernel)


def tangent(
    curve: Curve, jacobian: Float[Array, "N m"], along: Extended, fallback: Extended
) -> Extended:
    """The unit tangent of the curve, oriented along a given direction.

    Args:
        curve: the curve.
        jacobian: [F_x F_p] at the point.
        along: a direction that is not orthogonal to the tangent; orients it.
        fallback: what to return where the tangent is not defined (on a branch point).

    Returns:
        t with ⟨t, t⟩ = 1 and ⟨t, along⟩ > 0.
    """
    row = curve.weights * along
    unit = jnp.zeros_like(along).at[-1].set(1.0)
    kernel = solve(jnp.concatenate([jacobian, row[None]]), unit)
    return oriented(curve, kernel, along, fallback)


def oriented(curve: Curve, kernel: Extended, along: Extended, fallback: Extended) -> Extended:
    """A vector tangent to the curve as the unit tangent along a given direction."""
    length = norm(curve, kernel)
    defined = jnp.isfinite(length) & (length > 0)
    length = jnp.where(jnp.sum(curve.weights * kernel * along) < 0, -length, length)
    raw = jnp.where(defined, kernel, fallback)
    return raw / jnp.where(defined, length, norm(curve, fallback))
