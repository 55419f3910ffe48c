"""A bifurcation diagram: branches, and the branches that leave them, each followed once."""

from collections import deque
from typing import TYPE_CHECKING

import equinox as eqx
import numpy as np

from bifbridge._progress import Told, progress
from bifbridge.continuation._problem import (
    AbstractBranchingEngine,
    ContinuationProblem,
    continuation,
)
from bifbridge.continuation._results import Branch, SpecialPoint
from bifbridge.continuation.jax_engine import JaxEngine

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

#: Kinds of special points from which another branch of equilibria leaves.
BRANCHING = frozenset({"transcritical", "pitchfork", "branch_point"})


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


class Diagram(eqx.Module):
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

    def to_xarray(self) -> "xr.DataTree":
        """The diagram as a tree of datasets, see `diagram_to_xarray`.

        Returns:
            The tree.
        """
        from bifbridge.continuation import _diagram_storage  # it imports this module

        return _diagram_storage.diagram_to_xarray(self)

    def to_dataframe(self) -> "pd.DataFrame":
        """The diagram as a table, see `diagram_to_dataframe`; needs pandas.

        Returns:
            One row per point.
        """
        from bifbridge.continuation import _diagram_storage  # it imports this module

        return _diagram_storage.diagram_to_dataframe(self)

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
            if not _branching(point) or any(_same(point, other) for other in expanded):
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


def _branching(point: SpecialPoint) -> bool:
    return point.kind in BRANCHING and point.converged and point.multiplicity == 1


def _same(a: SpecialPoint, b: SpecialPoint) -> bool:
    gap = np.linalg.norm(a.state - b.state) + abs(a.parameter - b.parameter)
    scale = 1 + np.linalg.norm(a.state) + abs(a.parameter)
    return bool(gap <= 1e-7 * scale) and (a.kind == b.kind)
