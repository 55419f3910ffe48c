"""Pseudo-arclength steps along a curve, a whole stretch in one compiled loop.

The buffers have a fixed size, so the same program serves one branch (called again until the
branch ends) and an ensemble under `jax.vmap` (each member with its own status).
"""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.tree_util as jtu
from jaxtyping import Array, Bool, Float, Int, PyTree

from bifbridge._custom_types import Scalar
from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine._curve import (
    Corrected,
    Curve,
    Extended,
    correct,
    norm,
    oriented,
)


class StepControl(NamedTuple):
    """Numbers that govern the steps; all are arrays, so changing them does not recompile.

    Attributes:
        min_step: below it a failing step ends the branch.
        max_step: longest step.
        tolerance: of Newton's method, see `correct`.
        max_iterations: limit on Newton steps.
        max_angle: largest turn of the tangent within one step, in radians.
        lower: lower end of the parameter's span.
        upper: upper end.
        max_norm: bound on the largest component of x.
        natural: whether steps are taken at fixed parameter instead of fixed arclength.
        secant: whether to predict along the last chord instead of the tangent.
    """

    min_step: Any
    max_step: Any
    tolerance: Any
    max_iterations: Any
    max_angle: Any
    lower: Any
    upper: Any
    max_norm: Any
    natural: Any
    secant: Any


class Front(NamedTuple):
    """Where a branch stands: enough to go on from.

    Attributes:
        point: y, the last accepted point.
        tangent: unit tangent there.
        chord: unit vector from the point before (the tangent, at the start).
        step: the next step's length.
        landing: whether the next step must end exactly on the span's end.
        undefined: how many of the last points had no tangent of their own.
        status: `Status.RUNNING`, or how the branch ended.
    """

    point: Any
    tangent: Any
    chord: Any
    step: Any
    landing: Any
    undefined: Any
    status: Any


class Stretch(NamedTuple):
    """Accepted points in fixed-size buffers; the first `count` rows are filled.

    Attributes:
        points: y, shape (capacity, N + 1).
        tangents: unit tangents, shape (capacity, N + 1).
        rows: the row that closed the step *to* each point, shape (capacity, N + 1).
        steps: length of the step to each point, shape (capacity,).
        iterations: Newton steps, shape (capacity,).
        observed: the curve's observations, each with a leading axis.
        count: how many rows are filled.
    """

    points: Float[Array, "capacity m"]
    tangents: Float[Array, "capacity m"]
    rows: Float[Array, "capacity m"]
    steps: Float[Array, " capacity"]
    iterations: Int[Array, " capacity"]
    observed: PyTree
    count: Int[Array, ""]


@eqx.filter_jit
def trace(
    curve: Curve, control: StepControl, front: Front, origin: Front, capacity: int
) -> tuple[Front, Stretch]:
    """Take steps until the branch ends or the buffers are full.

    Args:
        curve: the curve.
        control: the step control.
        front: where to go on from; that point itself is not recorded again.
        origin: the first point of the branch, for noticing a closed one.
        capacity: size of the buffers (static).

    Returns:
        The new front and the accepted points.
    """
    buffers = _empty(curve, front.point, capacity)

    def running(state: tuple[Front, Stretch]) -> Array:
        return (state[0].status == Status.RUNNING) & (state[1].count < capacity)

    return jax.lax.while_loop(
        running, lambda state: _attempt(curve, control, origin, *state), (front, buffers)
    )


def observe(curve: Curve, point: Extended, jacobian: Float[Array, "N m"]) -> PyTree:
    """The curve's observations at a point."""
    return curve.observe(point[:-1], point[-1], jacobian[:, :-1])


def _attempt(
    curve: Curve, control: StepControl, origin: Front, front: Front, stretch: Stretch
) -> tuple[Front, Stretch]:
    # Try one step; a failed one only shortens the next.
    guess, row, landing = _predict(curve, control, front)
    corrected = correct(curve, guess, row, row @ guess, control.tolerance, control.max_iterations)
    new = corrected.point
    chord = new - front.point
    length = norm(curve, chord)
    chord = chord / jnp.where(length > 0, length, 1.0)
    own = oriented(curve, corrected.kernel, front.tangent, jnp.full_like(new, jnp.nan))
    # On a branch point there is no tangent, and close to one rounding turns it: the chord serves.
    # Elsewhere a tangent far from the chord means a step too long for the bend.
    aligned = jnp.sum(curve.weights * own * chord) > jnp.cos(control.max_angle)
    undefined = ~jnp.all(jnp.isfinite(own))
    direction = jnp.where(aligned & ~undefined, own, chord)
    follows = aligned | undefined
    accepted = _acceptable(curve, control, front, guess, corrected, chord, length, follows)
    outside = (new[-1] > control.upper) | (new[-1] < control.lower)
    outside = outside & ~landing
    good = accepted & ~outside

    status = _status(curve, control, origin, front, corrected, new, chord, length, landing)
    dead = ~accepted & (front.step <= control.min_step)
    failure = jnp.where(
        corrected.status == Status.RUNNING, int(Status.NO_CONVERGENCE), corrected.status
    )
    stuck = jnp.where(undefined, front.undefined + 1, 0)
    status = jnp.where(stuck >= 3, int(Status.SINGULAR), status)
    next_front = Front(
        point=jnp.where(good, new, front.point),
        tangent=jnp.where(good, direction, front.tangent),
        chord=jnp.where(good, chord, front.chord),
        step=_next_step(curve, control, front, direction, corrected, good, accepted),
        landing=accepted & outside,
        undefined=jnp.where(good, stuck, front.undefined),
        status=jnp.where(good, status, jnp.where(dead, failure, int(Status.RUNNING))),
    )
    return next_front, _record(curve, stretch, good, new, direction, row, length, corrected)


def _predict(
    curve: Curve, control: StepControl, front: Front
) -> tuple[Extended, Extended, Bool[Array, ""]]:
    # The guess, the row that closes the corrector's system, and whether it lands on an end.
    along = jnp.where(control.secant, front.chord, front.tangent)
    move = front.step * along
    unit = jnp.zeros_like(move).at[-1].set(1.0)
    drift = move[-1]
    bound = jnp.where(drift > 0, control.upper, control.lower)
    room = bound - front.point[-1]
    passes = jnp.abs(drift) >= jnp.abs(room) * (1 - 1e-9)
    landing = (passes | front.landing) & (drift != 0)
    share = jnp.where(landing, room / jnp.where(drift == 0, 1.0, drift), 1.0)
    guess = front.point + jnp.minimum(share, 1e3) * move
    guess = jnp.where(landing, guess.at[-1].set(bound), guess)
    row = jnp.where(landing | control.natural, unit, curve.weights * front.tangent)
    return guess, row, landing


def _acceptable(
    curve: Curve,
    control: StepControl,
    front: Front,
    guess: Extended,
    corrected: Corrected,
    chord: Extended,
    length: Scalar,
    follows: Bool[Array, ""],
) -> Bool[Array, ""]:
    # Converged, and neither turned nor thrown further than a step on one branch can be.
    turn = jnp.sum(curve.weights * front.tangent * chord)
    strayed = norm(curve, corrected.point - guess)
    straight = (turn > jnp.cos(control.max_angle)) & (strayed <= 0.5 * length) & follows
    tiny = front.step <= 4 * control.min_step
    return (corrected.status == Status.RUNNING) & (length > 0) & (straight | tiny)


def _status(
    curve: Curve,
    control: StepControl,
    origin: Front,
    front: Front,
    corrected: Corrected,
    new: Extended,
    chord: Extended,
    length: Scalar,
    landing: Bool[Array, ""],
) -> Int[Array, ""]:
    back = origin.point - front.point
    ahead = jnp.sum(curve.weights * back * chord)
    aside = norm(curve, back - ahead * chord)
    same_way = jnp.sum(curve.weights * origin.tangent * chord) > 0.5
    closed = (ahead > 1e-3 * length) & (ahead <= length) & (aside <= 0.05 * length) & same_way
    large = jnp.max(jnp.abs(new[:-1])) > control.max_norm
    status = jnp.where(landing, int(Status.SPAN_END), int(Status.RUNNING))
    status = jnp.where(closed, int(Status.CLOSED), status)
    return jnp.where(large, int(Status.NORM_LIMIT), status)


def _next_step(
    curve: Curve,
    control: StepControl,
    front: Front,
    direction: Extended,
    corrected: Corrected,
    good: Bool[Array, ""],
    accepted: Bool[Array, ""],
) -> Scalar:
    # Longer after easy steps, shorter after hard ones and where the curve bends.
    cosine = jnp.clip(jnp.sum(curve.weights * front.tangent * direction), -1.0, 1.0)
    ease = 2.0 ** ((4.0 - corrected.iterations) / 2.0)
    bend = control.max_angle / (2.0 * jnp.arccos(cosine) + 1e-12)
    factor = jnp.clip(jnp.minimum(ease, bend), 0.5, 2.0)
    # A corrected point beyond the span is not a failure: only the landing has to be tried.
    factor = jnp.where(good, factor, jnp.where(accepted, 1.0, 0.5))
    return jnp.clip(front.step * factor, control.min_step, control.max_step)


def _record(
    curve: Curve,
    stretch: Stretch,
    good: Bool[Array, ""],
    point: Extended,
    direction: Extended,
    row: Extended,
    length: Scalar,
    corrected: Corrected,
) -> Stretch:
    k = stretch.count
    observed = jax.lax.cond(
        good,
        lambda: observe(curve, point, corrected.jacobian),
        lambda: jtu.tree_map(lambda buffer: buffer[k], stretch.observed),
    )
    values = (point, direction, row, length, corrected.iterations, observed)
    buffers = tuple(stretch)[:-1]
    # A rejected row is overwritten by the next accepted one.
    written = jtu.tree_map(lambda buffer, value: buffer.at[k].set(value), buffers, values)
    return Stretch(*written, count=k + good.astype(k.dtype))


def _empty(curve: Curve, point: Extended, capacity: int) -> Stretch:
    size = point.size
    shape: Any = jax.eval_shape(
        lambda: curve.observe(point[:-1], point[-1], jnp.zeros((size - 1, size - 1)))
    )
    zeros = jnp.zeros((capacity, size))
    observed = jtu.tree_map(lambda leaf: jnp.zeros((capacity, *leaf.shape), leaf.dtype), shape)
    return Stretch(
        points=zeros,
        tangents=zeros,
        rows=zeros,
        steps=jnp.zeros(capacity),
        iterations=jnp.zeros(capacity, int),
        observed=observed,
        count=jnp.array(0),
    )
