"""From accepted points and special points to a branch of equilibria."""

from collections.abc import Sequence

from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation.curves import (
    EQUILIBRIUM,
    Branch,
    SpecialPoint,
    Status,
    both_ways,
    no_points,
    one_way,
)
from bifbridge.continuation.jax_engine._path import Path


def join(
    problem: ContinuationProblem,
    paths: Sequence[Path],
    points: Sequence[Sequence[SpecialPoint]],
) -> Branch:
    """A branch from one path, or from a backward and a forward one."""
    return both_ways([_way(problem, *pair) for pair in zip(paths, points, strict=True)])


def no_branch(problem: ContinuationProblem, status: Status) -> Branch:
    """A branch without points."""
    return no_points(status, problem.state.size, tests=[name for name, _ in problem.events])


def _way(problem: ContinuationProblem, path: Path, points: Sequence[SpecialPoint]) -> Branch:
    return one_way(
        EQUILIBRIUM,
        path.status,
        points,
        parameters=path.points[:, -1],
        states=path.points[:, :-1],
        tangents=path.tangents,
        eigenvalues=path.eigenvalues,
        steps=path.steps,
        iterations=path.iterations,
        tests={name: path.events[:, k] for k, (name, _) in enumerate(problem.events)},
    )
