"""Cycles by single and multiple shooting: a second method, independent of collocation."""

from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import Scalar, State
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.continuation._families import AbstractFamily, as_family
from bifbridge.continuation.curves import Cycle
from bifbridge.continuation.jax_engine.cycles._floquet import factorise, multipliers

_MAX_STEPS = 20_000


class ShotCycle(eqx.Module):
    """A cycle as shooting finds it.

    Attributes:
        parameter: p.
        period: T.
        states: where the segments start, equally spaced in time, shape (k, n).
        multipliers: Floquet multipliers other than the trivial one, by falling modulus.
        trivial: the multiplier of the flow's own direction.
        iterations: Newton steps.
        converged: whether the last Newton step was small.
    """

    parameter: float
    period: float
    states: Float[np.ndarray, "k n"]
    multipliers: Complex[np.ndarray, " n-1"]
    trivial: float
    iterations: int
    converged: bool

    __repr__ = short_repr


def shoot(
    family: Any,
    guess: Cycle,
    *,
    segments: int = 1,
    tolerance: float = 1e-10,
    accuracy: float = 1e-12,
    max_iterations: int = 15,
) -> ShotCycle:
    """Newton's method for φ_{T/k}(xⱼ) = xⱼ₊₁, j = 1…k, with x₁ in the section f·(x − x₁⁰) = 0.

    The flow and its derivative are integrated together by Dormand and Prince's method of order 8,
    so that the step control watches both. With several segments, cycles whose multipliers are
    large can be found too: no error is carried over a whole period.

    Args:
        family: an `AbstractFamily`, or a plain function f(z, p).
        guess: a cycle nearby; its parameter is kept.
        segments: k; 1 for single shooting.
        tolerance: relative length of the last Newton step.
        accuracy: relative and absolute tolerance of the integration.
        max_iterations: limit on Newton steps.

    Returns:
        The cycle; `converged` says whether it is one.

    Raises:
        ValueError: if the number of segments is not positive.
    """
    require_x64("shooting")
    if segments < 1:
        raise ValueError(f"shoot: got segments={segments}, expected at least 1.")
    family = as_family(family)
    states = np.asarray(guess(np.arange(segments) / segments))
    period, parameter = guess.period, jnp.asarray(guess.parameter, float)
    reference, section = states[0], _velocity(family, parameter, states[0])
    converged, iterations = False, 0
    while iterations < max_iterations and not converged:
        iterations += 1
        shot = _fly(family, parameter, states, period, segments, accuracy)
        step = _step(*shot, states, reference, section)
        if not np.all(np.isfinite(step)):
            break
        states = states - step[:-1].reshape(states.shape)
        period = period - float(step[-1])
        size = np.linalg.norm(step) / (1 + np.linalg.norm(states))
        converged = bool(size < tolerance and period > 0)
    _, maps, _ = _fly(family, parameter, states, period, segments, accuracy)
    flow = _velocity(family, parameter, states[0])
    monodromy = jax.tree_util.tree_map(np.asarray, _factorise(maps, flow))
    return ShotCycle(
        guess.parameter,
        period,
        states,
        multipliers(monodromy),
        float(monodromy.trivial),
        iterations,
        converged,
    )


def _fly(
    family: AbstractFamily,
    parameter: Scalar,
    states: np.ndarray,
    period: float,
    segments: int,
    accuracy: float,
) -> tuple[Array, Array, Array]:
    span = jnp.asarray(period / segments, float)
    ends, maps, speeds = _segments(family, parameter, states, span, jnp.asarray(accuracy, float))
    return ends, maps, speeds / segments


def _step(
    ends: Array,
    maps: Array,
    speeds: Array,
    states: np.ndarray,
    reference: np.ndarray,
    section: Array,
) -> np.ndarray:
    # Newton's step for all segments and the period; k·n + 1 is small for a dense solve.
    k, n = states.shape
    matrix = np.zeros((k * n + 1, k * n + 1))
    for j in range(k):
        rows, following = slice(j * n, (j + 1) * n), (j + 1) % k
        matrix[rows, rows] += np.asarray(maps[j])
        matrix[rows, following * n : (following + 1) * n] -= np.eye(n)
        matrix[rows, -1] = np.asarray(speeds[j])
    matrix[-1, :n] = section
    gap = (np.asarray(ends) - np.roll(states, -1, axis=0)).ravel()
    value = np.append(gap, np.asarray(section) @ (states[0] - reference))
    try:
        return np.linalg.solve(matrix, value)
    except np.linalg.LinAlgError:
        return np.full(value.shape, np.nan)


@eqx.filter_jit
def _segments(
    family: AbstractFamily, p: Scalar, states: Float[Any, "k n"], span: Scalar, accuracy: Scalar
) -> tuple[Array, Array, Array]:
    velocity = family.velocity(p)

    def field(t: Any, y: tuple[State, Array], _: None) -> tuple[State, Array]:
        z, frame = y
        moving = jax.vmap(lambda d: jax.jvp(velocity, (z,), (d,))[1], 1, 1)(frame)
        return span * velocity(z), span * moving

    def fly(z: State) -> tuple[State, Array]:
        solution = dfx.diffeqsolve(
            dfx.ODETerm(field),
            dfx.Dopri8(),
            t0=0.0,
            t1=1.0,
            dt0=None,
            y0=(z, jnp.eye(z.size)),
            stepsize_controller=dfx.PIDController(rtol=accuracy, atol=accuracy),
            max_steps=_MAX_STEPS,
            throw=False,
        )
        assert solution.ys is not None
        end, frame = solution.ys
        failed = solution.result != dfx.RESULTS.successful
        return jnp.where(failed, jnp.nan, end[0]), frame[0]

    ends, maps = jax.lax.map(fly, jnp.asarray(states))
    return ends, maps, jax.vmap(velocity)(ends)


@eqx.filter_jit
def _velocity(family: AbstractFamily, p: Scalar, z: Any) -> Array:
    return family.velocity(p)(jnp.asarray(z))


@eqx.filter_jit
def _factorise(maps: Array, flow: Array):
    return factorise(maps, flow)
