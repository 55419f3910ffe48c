"""From accepted points to a branch: special points, normal forms and the balance."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from bifbridge._compile import quick_jit
from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation._results import Balance, Branch, SpecialPoint
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine._arc import Event, Sample, Step
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._locate import locate_in_step
from bifbridge.continuation.jax_engine._other_events import (
    locate_neutral_saddle,
    locate_user_events,
    neutral_saddle_parity,
)
from bifbridge.continuation.jax_engine._path import Path, concatenate, reversed_point
from bifbridge.continuation.jax_engine._suspects import suspects
from bifbridge.continuation.jax_engine._trace import StepControl
from bifbridge.normal_forms import NormalForm, hopf_normal_form, scalar_normal_form


def special_points(
    problem: ContinuationProblem,
    curve: Curve,
    control: StepControl,
    path: Path,
    *,
    gradient: bool,
    neutral_saddles: bool,
) -> list[SpecialPoint]:
    """Everything special on a path, located and described.

    Args:
        problem: the problem.
        curve: its curve.
        control: the step control.
        path: the accepted points.
        gradient: whether normal forms carry ∇θμ.
        neutral_saddles: whether to look for neutral saddles.

    Returns:
        The special points in order.
    """
    if len(path.points) < 2:
        return []
    suspect = suspects(path.eigenvalues, path.steps[1:])
    changed = _changes(path) | suspect
    crossed = np.any((path.events[1:] > 0) != (path.events[:-1] > 0), axis=1)
    flipped = np.zeros_like(changed)
    if neutral_saddles:
        flipped[:] = np.diff(neutral_saddle_parity(path.eigenvalues).astype(int)) != 0
    names = [name for name, _ in problem.events]
    events: list[Event] = []
    for k in np.flatnonzero(changed | crossed | flipped):
        step = _step(curve, control, path, int(k))
        found = locate_in_step(step, bool(suspect[k])) if changed[k] else []
        hopf = sum(event.kind == "hopf" for event in found)
        if flipped[k] and hopf % 2 == 0:
            found += locate_neutral_saddle(step)
        found += locate_user_events(step, names) if crossed[k] else []
        events += sorted(found, key=lambda event: event.s)
    return [special_point(problem, event, gradient) for event in events]


def special_point(problem: ContinuationProblem, event: Event, gradient: bool) -> SpecialPoint:
    """A located event with its eigenvalues and its normal form.

    Args:
        problem: the problem.
        event: the event.
        gradient: whether to compute the unfolding gradient.

    Returns:
        The special point.
    """
    state, p = jnp.asarray(event.point[:-1]), jnp.asarray(event.point[-1])
    velocity, forcing, matrix = _at(problem.family, state, p)
    eigenvalues = np.linalg.eigvals(np.asarray(matrix)).astype(complex)
    form: NormalForm | None = None
    kind = event.kind
    simple = event.converged and event.multiplicity == 1
    if kind == "hopf" and simple:
        form = hopf_normal_form(velocity, state, event.frequency, problem.names, gradient=gradient)
    elif kind in {"fold", "branch_point"} and simple:
        form = scalar_normal_form(
            velocity, state, problem.names, kind=kind, forcing=forcing, gradient=gradient
        )
        kind = form.kind
    return SpecialPoint(
        kind=kind,
        parameter=float(p),
        state=np.asarray(state),
        eigenvalues=eigenvalues[np.argsort(-np.real(eigenvalues), kind="stable")],
        normal_form=form,
        converged=event.converged,
        index=event.step,
        jump=event.jump,
        multiplicity=event.multiplicity,
        bracket=event.bracket,
        tangent=np.asarray(event.tangent),
    )


def join(
    problem: ContinuationProblem, paths: list[Path], points: list[list[SpecialPoint]]
) -> Branch:
    """A branch from one path, or from a backward and a forward one.

    Args:
        problem: the problem.
        paths: one or two.
        points: the special points of each.

    Returns:
        The branch, in order of arclength.
    """
    if len(paths) == 1:
        return as_branch(problem, paths[0], points[0], (Status.RUNNING, paths[0].status))
    backward, forward = paths
    if backward.status == Status.CLOSED:
        return as_branch(problem, backward, points[0], (Status.RUNNING, Status.CLOSED))
    turned = [reversed_point(point, len(backward.points)) for point in reversed(points[0])]
    offset = len(backward.points) - 1
    shifted = [eqx.tree_at(lambda q: q.index, point, point.index + offset) for point in points[1]]
    ends = (backward.status, forward.status)
    whole = _without_double(turned, shifted)
    return as_branch(problem, concatenate(backward, forward), whole, ends)


def _without_double(before: list[SpecialPoint], after: list[SpecialPoint]) -> list[SpecialPoint]:
    # A start on a special point is met from both sides: only one side sees the count change.
    if before and after and before[-1].kind == after[0].kind:
        gap = np.linalg.norm(before[-1].state - after[0].state)
        gap += abs(before[-1].parameter - after[0].parameter)
        if gap <= 1e-9 * (1 + np.linalg.norm(after[0].state)):
            if after[0].jump == 0:
                return [*before, *after[1:]]
            if before[-1].jump == 0:
                return [*before[:-1], *after]
    return [*before, *after]


def extend(
    problem: ContinuationProblem, branch: Branch, path: Path, points: list[SpecialPoint]
) -> Branch:
    """A branch with a path appended that starts at its last point.

    Args:
        problem: the problem.
        branch: the branch.
        path: the path; its first point is the branch's last.
        points: the path's special points.

    Returns:
        The longer branch.
    """
    offset = len(branch) - 1
    shifted = [eqx.tree_at(lambda q: q.index, point, point.index + offset) for point in points]

    def append(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.concatenate([old, new[1:]])

    whole = Path(
        append(np.column_stack([branch.states, branch.parameters]), path.points),
        append(branch.tangents, path.tangents),
        path.rows,
        append(branch.steps, path.steps),
        append(branch.iterations, path.iterations),
        append(branch.eigenvalues, path.eigenvalues),
        append(_event_columns(problem, branch), path.events),
        path.status,
    )
    ends = (branch.ends[0], path.status)
    return as_branch(problem, whole, [*branch.special_points, *shifted], ends)


def _event_columns(problem: ContinuationProblem, branch: Branch) -> np.ndarray:
    columns = [branch.events[name] for name, _ in problem.events]
    return np.stack(columns, axis=1) if columns else np.zeros((len(branch), 0))


def as_branch(
    problem: ContinuationProblem,
    path: Path,
    points: list[SpecialPoint],
    ends: tuple[Status, Status],
) -> Branch:
    """A branch with its balance.

    Args:
        problem: the problem.
        path: the points.
        points: the special points.
        ends: how both ends came about.

    Returns:
        The branch.
    """
    return Branch(
        parameters=path.points[:, -1],
        states=path.points[:, :-1],
        tangents=path.tangents,
        eigenvalues=path.eigenvalues,
        steps=path.steps,
        iterations=path.iterations,
        special_points=tuple(points),
        balance=balance(path.eigenvalues, points),
        status=max(ends),
        ends=ends,
        events={name: path.events[:, k] for k, (name, _) in enumerate(problem.events)},
    )


def balance(eigenvalues: np.ndarray, points: list[SpecialPoint]) -> Balance:
    """Whether the special points explain the change of the number of unstable eigenvalues.

    Args:
        eigenvalues: along the branch, shape (K, n).
        points: the special points.

    Returns:
        The balance.
    """
    count = np.sum(np.real(eigenvalues) > 0, axis=1)
    crossings = [point for point in points if point.jump != 0]
    return Balance(
        unstable_start=int(count[0]),
        unstable_end=int(count[-1]),
        located=sum(abs(point.jump) for point in crossings if point.converged),
        unresolved=sum(abs(point.jump) for point in crossings if not point.converged),
        explained=int(count[0]) + sum(point.jump for point in crossings) == int(count[-1]),
    )


def no_branch(problem: ContinuationProblem, status: Status) -> Branch:
    """A branch without points.

    Args:
        problem: the problem.
        status: why there are none.

    Returns:
        The empty branch.
    """
    n = problem.state.size
    empty, none = np.zeros((0, n)), np.zeros(0)
    return Branch(
        parameters=none,
        states=empty,
        tangents=np.zeros((0, n + 1)),
        eigenvalues=empty.astype(complex),
        steps=none,
        iterations=none.astype(int),
        special_points=(),
        balance=Balance(0, 0, 0, 0, True),
        status=status,
        ends=(status, status),
        events={name: none for name, _ in problem.events},
    )


def _changes(path: Path) -> np.ndarray:
    """Steps in which the count of unstable eigenvalues changes or the parameter turns."""
    count = np.sum(np.real(path.eigenvalues) > 0, axis=1)
    turn = path.tangents[:, -1] > 0
    return (count[1:] != count[:-1]) | (turn[1:] != turn[:-1])


def _step(curve: Curve, control: StepControl, path: Path, k: int) -> Step:
    row = path.rows[k + 1]
    length = float(row @ (path.points[k + 1] - path.points[k]))
    if length < 0:  # a step at fixed parameter towards smaller ones
        row, length = -row, -length

    def sample(i: int, s: float) -> Sample:
        return Sample(s, path.points[i], path.tangents[i], path.eigenvalues[i], path.events[i])

    return Step(curve, control, k, row, sample(k, 0.0), sample(k + 1, length))


@quick_jit
def _at(family: Any, state: Any, p: Any) -> tuple[Any, Any, Any]:
    # The field, its derivative along the parameter, and its Jacobian at one point.
    velocity = family.velocity(p)
    forcing = jax.jacfwd(lambda q: family.velocity(q)(state))(p)
    return velocity, forcing, jax.jacfwd(velocity)(state)
