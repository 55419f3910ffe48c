"""Following a curve of bifurcations both ways, in compiled stretches whose borders follow it."""

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge._progress import progress
from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine._curve import (
    Curve,
)
from bifbridge.continuation.jax_engine._start import start_tangent
from bifbridge.continuation.jax_engine._trace import Front, StepControl, Stretch, trace
from bifbridge.continuation.jax_engine.two_parameter._observe import Observed, observe
from bifbridge.continuation.jax_engine.two_parameter._residuals import AbstractCurveResidual
from bifbridge.continuation.jax_engine.two_parameter._sample import Arc, Sample, correct_at

_BUFFER = 16


class Nothing(eqx.Module):
    """Observes nothing: the test functions are evaluated after each stretch."""

    def __call__(self, x: Array, q: Array, matrix: Array) -> Array:
        """An empty observation."""
        del x, q, matrix
        return jnp.zeros(0)


class Way(NamedTuple):
    """One way along a curve, from its start.

    Attributes:
        points: (x, q), shape (K, N + 1).
        tangents: shape (K, N + 1).
        rows: of the step to each point; the first is unused.
        steps: lengths.
        iterations: Newton iterations.
        curves: for each point the curve with the borders that led to it.
        seen: observations at each point.
        status: how it ended.
    """

    points: list[np.ndarray]
    tangents: list[np.ndarray]
    rows: list[np.ndarray]
    steps: list[float]
    iterations: list[int]
    curves: list[Curve]
    seen: list[Observed]
    status: Status

    def arcs(self, control: StepControl, states: int) -> list[Arc]:
        """The steps between the points."""
        return [self._arc(control, states, k) for k in range(len(self.points) - 1)]

    def _arc(self, control: StepControl, states: int, k: int) -> Arc:
        row = self.rows[k + 1]
        length = float(row @ (self.points[k + 1] - self.points[k]))
        if length < 0:  # the step that landed on the lower end of a span
            row, length = -row, -length
        curve = self.curves[k + 1]
        start = Sample(0.0, self.points[k], _seen(curve, self, k, states))
        end = Sample(length, self.points[k + 1], self.seen[k + 1])
        return Arc(curve, control, states, k, row, start, end)


class Start(NamedTuple):
    """The first point of a curve.

    Attributes:
        curve: with borders for it.
        point: (x, q).
        tangent: towards growing q, or NaN.
        status: whether Newton's method succeeded.
    """

    curve: Curve
    point: np.ndarray
    tangent: np.ndarray
    status: Status


def start_curve(
    residual: AbstractCurveResidual, guess: np.ndarray, weights: np.ndarray, control: StepControl
) -> Start:
    """Correct the first point along the normal of the curve, which is defined at a cusp too."""
    curve = Curve(residual, Nothing(), jnp.asarray(weights))
    unit = np.eye(guess.size)[-1]
    jacobian = correct_at(curve, control, guess, unit, float(guess[-1]), 0).jacobian
    direction = start_tangent(np.asarray(jacobian), weights)
    if not np.all(np.isfinite(direction)):
        return Start(curve, guess, direction, Status.SINGULAR)
    row = weights * direction
    found = correct_at(curve, control, guess, row, float(row @ guess), 30)
    direction = start_tangent(np.asarray(found.jacobian), weights)
    return Start(curve, np.asarray(found.point), direction, Status(int(found.status)))


def follow(
    start: Start,
    control: StepControl,
    sign: float,
    first_span: tuple[float, float],
    states: int,
    first_step: float,
    limit: int,
) -> Way:
    """Follow a curve one way."""
    direction, curve = sign * start.tangent, start.curve
    along = jnp.asarray(direction)
    # Types spelled out: a weakly typed integer would make the second stretch compile again.
    none = jnp.zeros((), int)
    step, landing = jnp.asarray(first_step, float), jnp.zeros((), bool)
    front = Front(jnp.asarray(start.point), along, along, step, landing, none, none)
    origin = front
    seen = observe(_residual(curve), start.point, states)
    way = Way([start.point], [direction], [direction], [0.0], [0], [curve], [seen], Status.RUNNING)
    status = Status.RUNNING
    with progress("curve", "points") as told:
        while status == Status.RUNNING and len(way.points) < limit:
            front, stretch = trace(curve, control, front, origin, _BUFFER)
            left = _append(way, curve, stretch, states, first_span, control, limit)
            status = Status.SPAN_END if left else Status(int(front.status))
            last = way.seen[-1]
            told(len(way.points), p=float(way.points[-1][states]), q=float(way.points[-1][-1]))
            moved = _residual(curve).following(last.matrix, last.frequency)
            curve = eqx.tree_at(lambda c: c.residual, curve, moved)
    cut = len(way.points) >= limit and status != Status.SPAN_END
    return way._replace(status=Status.POINT_LIMIT if cut else status)


def _append(
    way: Way,
    curve: Curve,
    stretch: Stretch,
    states: int,
    span: tuple[float, float],
    control: StepControl,
    limit: int,
) -> bool:
    # Adds the stretch's points; True where the first parameter has left its span.
    for k in range(min(int(stretch.count), limit - len(way.points))):
        point, row = np.asarray(stretch.points[k]), np.asarray(stretch.rows[k])
        direction, length = np.asarray(stretch.tangents[k]), float(stretch.steps[k])
        outside = not span[0] <= point[states] <= span[1]
        if outside:
            landed = _land(way.points[-1], point, curve, control, states, span)
            if landed is None:
                return True
            point, row = landed
        way.points.append(point)
        way.tangents.append(direction)
        way.rows.append(row)
        way.steps.append(length)
        way.iterations.append(int(stretch.iterations[k]))
        way.curves.append(curve)
        way.seen.append(observe(_residual(curve), point, states))
        if outside:
            return True
    return False


def _land(
    last: np.ndarray,
    point: np.ndarray,
    curve: Curve,
    control: StepControl,
    states: int,
    span: tuple[float, float],
) -> tuple[np.ndarray, np.ndarray] | None:
    # The point exactly at the end of the first parameter's span, between the last two.
    bound = span[0] if point[states] < span[0] else span[1]
    if last[states] == bound:
        return None
    share = (bound - last[states]) / (point[states] - last[states])
    row = np.eye(point.size)[states]
    guess = last + share * (point - last)
    found = correct_at(curve, control, guess, row, bound, 30)
    if int(found.status) != Status.RUNNING:
        return None
    return np.asarray(found.point), row


def _seen(curve: Curve, way: Way, k: int, states: int) -> Observed:
    # With the borders of the next step, so that signs agree on both ends of it.
    if way.curves[k] is curve:
        return way.seen[k]
    return observe(_residual(curve), way.points[k], states)


def _residual(curve: Curve) -> AbstractCurveResidual:
    residual: Any = curve.residual
    return residual
