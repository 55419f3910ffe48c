"""What a page of a continuation shows: branches, cycles, and each special point once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bifbridge.continuation import (
    AbstractFamily,
    Branch,
    Diagram,
    DiagramBranch,
    SpecialPoint,
    as_family,
)


@dataclass(frozen=True)
class Content:
    """What a page of a continuation shows.

    Attributes:
        diagram: the branches of equilibria.
        cycles: branches of cycles.
        family: the fields, for phase portraits; None where only the results are known.
        parameter: name of the parameter.
    """

    diagram: Diagram
    cycles: tuple[Branch, ...]
    family: AbstractFamily | None
    parameter: str

    @property
    def branches(self) -> list[Branch]:
        """The branches that have points."""
        return [entry.branch for entry in self.diagram.branches if len(entry.branch)]

    @property
    def points(self) -> list[SpecialPoint]:
        """Special points of equilibria by parameter, then those of cycles."""
        steady = [p for p in self.diagram.special_points if p.kind != "endpoint"]
        return [*steady, *(point for branch in self.cycles for point in branch.special_points)]

    @property
    def size(self) -> int:
        """The number n of states."""
        return self.diagram.branches[0].branch.states.shape[1]


def content(
    result: Branch | Diagram, *, cycles: Sequence[Branch], family: Any, parameter: str
) -> Content:
    """What there is to show of a continuation."""
    diagram = result if isinstance(result, Diagram) else Diagram((DiagramBranch(result, 0),))
    if not any(len(entry.branch) for entry in diagram.branches):
        raise ValueError("render_diagram: no branch has a point; there is nothing to show.")
    known = None if family is None else as_family(family)
    return Content(diagram, tuple(cycles), known, parameter)
