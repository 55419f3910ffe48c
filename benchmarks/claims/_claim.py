"""What a claim is: something measured seed by seed, and what the numbers must satisfy."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

#: What one seed gives: numbers by name; lists are curves for the figure.
Measured = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Criterion:
    """What a number must satisfy, in words and as a test.

    Attributes:
        text: for the table.
        holds: whether a number does.
    """

    text: str
    holds: Callable[[float], bool]


def at_least(bound: float) -> Criterion:
    """The number is no smaller than a bound."""
    return Criterion(f"≥ {bound:g}", lambda x: x >= bound)


def at_most(bound: float) -> Criterion:
    """The number is no larger than a bound."""
    return Criterion(f"≤ {bound:g}", lambda x: x <= bound)


def within(target: float, tolerance: float) -> Criterion:
    """The number is near a target."""
    return Criterion(f"{target:g} ± {tolerance:g}", lambda x: abs(x - target) <= tolerance)


def between(low: float, high: float) -> Criterion:
    """The number lies in an interval."""
    return Criterion(f"{low:g} … {high:g}", lambda x: low <= x <= high)


@dataclasses.dataclass(frozen=True)
class Quantity:
    """One row of the table.

    Attributes:
        key: name among the measured numbers.
        label: what it is, in words.
        criterion: what it must satisfy; None for a number that is only reported.
        expected: what theory or earlier runs say, for the table.
    """

    key: str
    label: str
    criterion: Criterion | None = None
    expected: str = "–"


@dataclasses.dataclass(frozen=True)
class Claim:
    """A statement about learning near bifurcations, and how it is put to the test.

    Attributes:
        name: of its cache folder.
        title: in the document.
        statement: what is claimed and what is measured for it.
        quantities: the rows of its table.
        measure: numbers of one seed; the flag asks for a smoke test, the path is a folder that
            it may keep files in.
    """

    name: str
    title: str
    statement: str
    quantities: Sequence[Quantity]
    measure: Callable[[int, bool, Path], Measured]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """One quantity over all seeds.

    Attributes:
        quantity: which.
        values: one per seed that has it.
        seeds: how many seeds there were.
    """

    quantity: Quantity
    values: Sequence[float]
    seeds: int

    @property
    def met(self) -> int | None:
        """How many seeds satisfy the criterion; a seed without the number does not."""
        criterion = self.quantity.criterion
        return None if criterion is None else sum(criterion.holds(x) for x in self.values)

    @property
    def median(self) -> float:
        """The middle value."""
        ordered = sorted(self.values)
        if not ordered:
            return math.nan
        half = len(ordered) // 2
        return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2

    @property
    def span(self) -> tuple[float, float]:
        """Least and largest value."""
        return (min(self.values), max(self.values)) if self.values else (math.nan, math.nan)


def outcomes(claim: Claim, results: Sequence[Measured]) -> list[Outcome]:
    """Every quantity of a claim over the seeds.

    Args:
        claim: the claim.
        results: what each seed gave.

    Returns:
        One outcome per quantity; numbers that are missing or not finite are left out.
    """

    def values(key: str) -> list[float]:
        found = [result.get(key) for result in results]
        return [float(x) for x in found if x is not None and math.isfinite(x)]

    return [Outcome(quantity, values(quantity.key), len(results)) for quantity in claim.quantities]
