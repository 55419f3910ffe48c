"""Whether the located points of a curve explain every change of stability on it."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from bifbridge.continuation.curves._special_point import SpecialPoint


class Balance(NamedTuple):
    """Whether the located points explain every change of stability.

    Attributes:
        unstable_start: unstable eigenvalues at the first point.
        unstable_end: the same at the last point.
        located: eigenvalues whose crossing was located (a Hopf point counts two).
        unresolved: crossings that were bracketed but not located to precision.
        explained: whether start plus all jumps gives the end.

    Example:
        See `continuation`.
    """

    unstable_start: int
    unstable_end: int
    located: int
    unresolved: int
    explained: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is missing and nothing unresolved."""
        return self.explained and self.unresolved == 0

    def __repr__(self) -> str:
        text = (
            f"unstable {self.unstable_start} → {self.unstable_end}, "
            f"{self.located} crossings located"
        )
        if self.unresolved:
            text += f", {self.unresolved} unresolved"
        return text if self.explained else text + ", NOT balanced"


def balanced(unstable: np.ndarray, points: Iterable[SpecialPoint]) -> Balance:
    """The balance of a curve in one parameter, from the counts at its points."""
    if not len(unstable):
        return Balance(0, 0, 0, 0, True)
    first, last = int(unstable[0]), int(unstable[-1])
    known = list(points)
    return Balance(
        unstable_start=first,
        unstable_end=last,
        located=sum(abs(point.jump) for point in known if point.converged),
        unresolved=sum(_weight(point) for point in known if not point.converged),
        explained=first + sum(point.jump for point in known) == last,
    )


def _weight(point: SpecialPoint) -> int:
    # What could not be told apart may be crossings that cancel.
    return max(abs(point.jump), point.multiplicity if point.kind == "unresolved" else 0)
