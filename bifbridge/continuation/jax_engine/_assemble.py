"""From accepted points and special points to a branch with its balance."""

import equinox as eqx
import numpy as np

from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation._results import Balance, Branch, SpecialPoint
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine._path import Path, concatenate, reversed_point


def join(
    problem: ContinuationProblem, paths: list[Path], points: list[list[SpecialPoint]]
) -> Branch:
    """A branch from one path, or from a backward and a forward one."""
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
    """A branch with a path appended that starts at its last point."""
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
    """A branch with its balance."""
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
    """Whether the special points explain the change of the number of unstable eigenvalues."""
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
    """A branch without points."""
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
