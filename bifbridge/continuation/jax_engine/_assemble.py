"""From accepted points to a branch: special points, normal forms and the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import equinox as eqx
import jax
import jax.tree_util as jtu
import numpy as np

from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation._results import Balance, Branch, SpecialPoint
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._equilibria_curve import sorted_eigenvalues
from bifbridge.continuation.jax_engine._locate import (
    Event,
    Sample,
    Step,
    locate_in_step,
    locate_user_events,
    suspects,
)
from bifbridge.continuation.jax_engine._trace import StepControl, Stretch
from bifbridge.normal_forms import NormalForm, hopf_normal_form, scalar_normal_form

if TYPE_CHECKING:
    from bifbridge.continuation.jax_engine._engine import JaxEngine


class Path(NamedTuple):
    """One way along a branch, from its start.

    Attributes:
        points: y, shape (K, n + 1).
        tangents: shape (K, n + 1).
        rows: of the step to each point; the first row is unused.
        steps: lengths.
        iterations: Newton iterations.
        eigenvalues: shape (K, n).
        events: shape (K, k).
        status: how it ended.
    """

    points: np.ndarray
    tangents: np.ndarray
    rows: np.ndarray
    steps: np.ndarray
    iterations: np.ndarray
    eigenvalues: np.ndarray
    events: np.ndarray
    status: Status

    @classmethod
    def join(
        cls,
        start: np.ndarray,
        direction: np.ndarray,
        observed: Any,
        stretches: list[Stretch],
        status: Status,
        limit: int,
    ) -> Path:
        """Put the start and the compiled stretches together.

        Args:
            start: the first point.
            direction: its tangent.
            observed: its observation.
            stretches: in order.
            status: how the last one ended.
            limit: on the number of points.

        Returns:
            The path.
        """

        def rows(first: np.ndarray, rest: list[Any]) -> np.ndarray:
            return np.concatenate([first[None], *rest])[:limit]

        def seen(name: str) -> np.ndarray:
            return rows(getattr(observed, name), [getattr(s.observed, name) for s in stretches])

        return cls(
            rows(start, [s.points for s in stretches]),
            rows(direction, [s.tangents for s in stretches]),
            rows(direction, [s.rows for s in stretches]),
            rows(np.zeros(()), [s.steps for s in stretches]),
            rows(np.zeros((), int), [s.iterations for s in stretches]),
            seen("eigenvalues"),
            seen("events"),
            status,
        )


def assemble(
    engine: JaxEngine,
    problem: ContinuationProblem,
    curve: Curve,
    control: StepControl,
    paths: list[Path],
    failure: Status,
) -> Branch:
    """A branch from its one or two paths.

    Args:
        engine: the options.
        problem: the problem.
        curve: its curve.
        control: the step control.
        paths: none, one, or the backward and the forward path.
        failure: the status where there is no path.

    Returns:
        The branch, in order of arclength.
    """
    n = problem.state.size
    if not paths:
        empty = np.zeros((0, n))
        balance = Balance(0, 0, 0, 0, True)
        return Branch(
            np.zeros(0), empty, np.zeros((0, n + 1)), empty.astype(complex), np.zeros(0),
            np.zeros(0, int), (), balance, failure, (failure, failure),
        )  # fmt: skip
    located = [_locate(problem, curve, control, path, engine.detect) for path in paths]
    points = [
        [special_point(problem, curve, path, event, engine.gradient) for event in events]
        for path, events in zip(paths, located, strict=True)
    ]
    if len(paths) == 1:
        return _branch(problem, paths[0], points[0], (Status.RUNNING, paths[0].status))
    backward, forward = paths
    if backward.status == Status.CLOSED:
        return _branch(problem, backward, points[0], (Status.RUNNING, Status.CLOSED))
    turned = [_reversed_point(point, len(backward.points)) for point in reversed(points[0])]
    offset = len(backward.points) - 1
    shifted = [eqx.tree_at(lambda q: q.index, point, point.index + offset) for point in points[1]]
    whole = _concatenate(backward, forward)
    return _branch(problem, whole, turned + shifted, (backward.status, forward.status))


def special_point(
    problem: ContinuationProblem, curve: Curve, path: Path, event: Event, gradient: bool
) -> SpecialPoint:
    """A located event with its eigenvalues and its normal form.

    Args:
        problem: the problem.
        curve: its curve.
        path: the path that it lies on.
        event: the event.
        gradient: whether to compute the unfolding gradient.

    Returns:
        The special point.
    """
    state, p = event.point[:-1], event.point[-1]
    velocity, forcing, eigenvalues = jtu.tree_map(lambda leaf: leaf, _at(problem.family, state, p))
    form: NormalForm | None = None
    kind = event.kind
    simple = event.converged and event.multiplicity == 1
    if kind == "hopf" and simple:
        form = hopf_normal_form(
            velocity, jax.numpy.asarray(state), event.frequency, problem.names, gradient=gradient
        )
    elif kind in {"fold", "branch_point"} and simple:
        form = scalar_normal_form(
            velocity, jax.numpy.asarray(state), problem.names, kind=kind, forcing=forcing,
            gradient=gradient,
        )  # fmt: skip
        kind = form.kind
    return SpecialPoint(
        kind=kind,
        parameter=float(p),
        state=np.asarray(state),
        eigenvalues=np.asarray(eigenvalues),
        normal_form=form,
        converged=event.converged,
        index=event.step,
        jump=event.jump,
        multiplicity=event.multiplicity,
        bracket=event.bracket,
        tangent=np.asarray(event.tangent),
    )


def _locate(
    problem: ContinuationProblem, curve: Curve, control: StepControl, path: Path, detect: bool
) -> list[Event]:
    if not detect or len(path.points) < 2:
        return []
    count = np.sum(np.real(path.eigenvalues) > 0, axis=1)
    turn = path.tangents[:, -1] > 0
    suspect = suspects(path.eigenvalues, path.steps[1:])
    changed = (count[1:] != count[:-1]) | (turn[1:] != turn[:-1]) | suspect
    positive = path.events > 0
    crossed = np.any(positive[1:] != positive[:-1], axis=1)
    names = [name for name, _ in problem.events]
    events = []
    for k in np.flatnonzero(changed | crossed):
        step = _step(curve, control, path, int(k))
        found = locate_in_step(step, bool(suspect[k])) if changed[k] else []
        found += locate_user_events(step, names) if crossed[k] else []
        events += sorted(found, key=lambda event: event.s)
    return events


def _step(curve: Curve, control: StepControl, path: Path, k: int) -> Step:
    row = path.rows[k + 1]
    length = float(row @ (path.points[k + 1] - path.points[k]))
    if length < 0:  # a step at fixed parameter towards smaller ones
        row, length = -row, -length

    def sample(i: int, s: float) -> Sample:
        return Sample(s, path.points[i], path.tangents[i], path.eigenvalues[i], path.events[i])

    return Step(curve, control, k, row, sample(k, 0.0), sample(k + 1, length))


def _branch(
    problem: ContinuationProblem,
    path: Path,
    points: list[SpecialPoint],
    ends: tuple[Status, Status],
) -> Branch:
    count = np.sum(np.real(path.eigenvalues) > 0, axis=1)
    crossings = [point for point in points if point.jump != 0]
    balance = Balance(
        unstable_start=int(count[0]),
        unstable_end=int(count[-1]),
        located=sum(abs(point.jump) for point in crossings if point.converged),
        unresolved=sum(abs(point.jump) for point in crossings if not point.converged),
        explained=int(count[0]) + sum(point.jump for point in crossings) == int(count[-1]),
    )
    return Branch(
        parameters=path.points[:, -1],
        states=path.points[:, :-1],
        tangents=path.tangents,
        eigenvalues=path.eigenvalues,
        steps=path.steps,
        iterations=path.iterations,
        special_points=tuple(points),
        balance=balance,
        status=max(ends),
        ends=ends,
        events={name: path.events[:, k] for k, (name, _) in enumerate(problem.events)},
    )


def _concatenate(backward: Path, forward: Path) -> Path:
    def glue(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.concatenate([a[:0:-1], b])

    steps = np.concatenate([[0.0], backward.steps[:0:-1], forward.steps[1:]])
    return Path(
        glue(backward.points, forward.points),
        glue(-backward.tangents, forward.tangents),
        glue(backward.rows, forward.rows),
        steps,
        glue(backward.iterations, forward.iterations),
        glue(backward.eigenvalues, forward.eigenvalues),
        glue(backward.events, forward.events),
        max(backward.status, forward.status),
    )


def _reversed_point(point: SpecialPoint, count: int) -> SpecialPoint:
    tangent = None if point.tangent is None else -point.tangent
    return SpecialPoint(
        kind=point.kind,
        parameter=point.parameter,
        state=point.state,
        eigenvalues=point.eigenvalues,
        normal_form=point.normal_form,
        converged=point.converged,
        index=count - 2 - point.index,
        jump=-point.jump,
        multiplicity=point.multiplicity,
        bracket=(point.bracket[1], point.bracket[0]),
        tangent=tangent,
    )


@eqx.filter_jit
def _at(family: Any, state: Any, p: Any) -> tuple[Any, Any, Any]:
    # The field, its derivative along the parameter, and its eigenvalues at one point.
    velocity = family.velocity(p)
    forcing = jax.jacfwd(lambda q: family.velocity(q)(state))(p)
    return velocity, forcing, sorted_eigenvalues(jax.jacfwd(velocity)(state))
