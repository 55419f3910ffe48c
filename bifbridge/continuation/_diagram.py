"""A bifurcation diagram: branches, and the branches that leave them, each followed once."""

from collections import deque

import equinox as eqx
import numpy as np

from bifbridge._expect import expect
from bifbridge._progress import Told, progress
from bifbridge._result import AbstractResult
from bifbridge._short_repr import short_repr
from bifbridge.continuation._problem import (
    PROBLEM,
    AbstractBranchingEngine,
    ContinuationProblem,
    check_engine,
    continuation,
)
from bifbridge.continuation.curves import Branch, SpecialPoint
from bifbridge.continuation.jax_engine import JaxEngine


class DiagramBranch(eqx.Module):
    """A branch and where it comes from.

    Attributes:
        branch: the branch.
        level: 0 for the first, one more than its parent's for an arm.
        parent: index of the branch that it leaves, or None.
        point: index of the special point of the parent that it leaves from, or None.

    Example:
        See [Continuation](../continuation.md): `bifurcation_diagram`.
    """

    branch: Branch
    level: int
    parent: int | None = None
    point: int | None = None

    __repr__ = short_repr


class Diagram(AbstractResult):
    """Branches of equilibria that hang together.

    Attributes:
        branches: the first is the one through the problem's start.

    Example:
        See [Continuation](../continuation.md): `bifurcation_diagram`.
    """

    branches: tuple[DiagramBranch, ...]

    @property
    def special_points(self) -> tuple[SpecialPoint, ...]:
        """The special points of all branches, each once, by parameter."""
        found: list[SpecialPoint] = []
        for entry in self.branches:
            for point in entry.branch.special_points:
                if not any(_same(point, other) for other in found):
                    found.append(point)
        return tuple(sorted(found, key=lambda point: point.parameter))

    def __len__(self) -> int:
        return len(self.branches)

    def __repr__(self) -> str:
        lines = [f"Diagram of {len(self)} branches"]
        for k, entry in enumerate(self.branches):
            origin = "" if entry.parent is None else f" from branch {entry.parent}"
            lines += [f"{k} (level {entry.level}{origin}):"]
            lines += ["  " + line for line in repr(entry.branch).splitlines()]
        return "\n".join(lines)


def bifurcation_diagram(
    problem: ContinuationProblem,
    engine: AbstractBranchingEngine | None = None,
    *,
    depth: int = 2,
    max_branches: int = 100,
) -> Diagram:
    """Follow a branch, both arms at each of its branch points, and so on.

    A branch point that several branches share is expanded once, and an arm whose first point
    lies on a branch that is already there is not followed again.

    Args:
        problem: the family, the start and the span.
        engine: `JaxEngine()` unless given.
        depth: how many times to leave at branch points; 0 follows the first branch only.
        max_branches: limit on the number of branches.

    Returns:
        The diagram.

    Example:
        See [Continuation](../continuation.md).
    """
    expect("bifurcation_diagram", "problem", problem, ContinuationProblem, PROBLEM)
    check_engine("bifurcation_diagram", engine, AbstractBranchingEngine)
    engine = JaxEngine() if engine is None else engine
    with progress("bifurcation diagram", "branches") as told:
        return _grown(problem, engine, depth, max_branches, told)


def _grown(
    problem: ContinuationProblem,
    engine: AbstractBranchingEngine,
    depth: int,
    max_branches: int,
    told: Told,
) -> Diagram:
    entries = [DiagramBranch(continuation(problem, engine), 0)]
    told(len(entries))
    expanded: list[SpecialPoint] = []
    queue = deque([0])
    while queue:
        index = queue.popleft()
        entry = entries[index]
        if entry.level >= depth:
            continue
        for k, point in enumerate(entry.branch.special_points):
            if not _branching(entry.branch, point) or any(
                _same(point, other) for other in expanded
            ):
                continue
            expanded.append(point)
            known = [other.branch for other in entries]
            for arm in engine.arms(problem, point, known):
                if len(entries) >= max_branches:
                    return Diagram(tuple(entries))
                entries.append(DiagramBranch(arm, entry.level + 1, index, k))
                queue.append(len(entries) - 1)
                told(len(entries))
    return Diagram(tuple(entries))


def summary(diagram: Diagram) -> list[tuple[str, str]]:
    """Rows of the table that a notebook shows."""
    rows = [("Diagram", f"{len(diagram)} branches")]
    rows += [
        (f"Branch {k}", repr(e.branch).splitlines()[0]) for k, e in enumerate(diagram.branches)
    ]
    return rows + [(point.kind, repr(point)) for point in diagram.special_points]


def _branching(branch: Branch, point: SpecialPoint) -> bool:
    leaves = point.kind in branch.solution.branching
    return leaves and point.converged and point.multiplicity == 1


def _same(a: SpecialPoint, b: SpecialPoint) -> bool:
    gap = np.linalg.norm(a.state - b.state) + abs(a.parameter - b.parameter)
    scale = 1 + np.linalg.norm(a.state) + abs(a.parameter)
    return bool(gap <= 1e-7 * scale) and (a.kind == b.kind)
