"""One problem, several engines."""

from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx

from bifbridge._progress import progress
from bifbridge._result import AbstractResult
from bifbridge.continuation._cross_check._match import Match, Unmatched, matched
from bifbridge.continuation._cross_check._plain import check_to_dict
from bifbridge.continuation._cross_check._text import as_text, short_text
from bifbridge.continuation._problem import AbstractEngine, ContinuationProblem
from bifbridge.continuation.curves import Branch


class CrossCheck(AbstractResult):
    """What several engines say to the same problem.

    Attributes:
        engines: their names, in the order that all values here have.
        branches: what each returned.
        matches: special points that at least two of them found, by parameter.
        unmatched: one entry for every special point and engine that lacks it.
        span: the parameter's interval.
        tolerance: how far apart two points may lie to be the same one.

    Example:
        See `cross_check`.
    """

    engines: tuple[str, ...] = eqx.field(static=True)
    branches: tuple[Branch, ...]
    matches: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]
    span: tuple[float, float]
    tolerance: float

    @property
    def largest_differences(self) -> dict[str, float]:
        """The largest relative difference of each quantity over all matches, by name."""
        largest: dict[str, float] = {}
        for match in self.matches:
            for quantity in match.quantities:
                if quantity.difference is not None:
                    before = largest.get(quantity.name, 0.0)
                    largest[quantity.name] = max(before, quantity.difference)
        return largest

    def agrees(self, tolerance: float = 1e-4) -> bool:
        """Whether the engines say the same.

        Args:
            tolerance: largest relative difference that passes.

        Returns:
            True if every point has its match and its kind in every engine, and no quantity
            differs by more.
        """
        return (
            not self.unmatched
            and all(match.same_kind for match in self.matches)
            and all(value <= tolerance for value in self.largest_differences.values())
        )

    def to_dict(self) -> dict[str, Any]:
        """The check as plain data for JSON.

        Returns:
            Engines, matches with their quantities, and what is unmatched.
        """
        return check_to_dict(self)

    def text(self) -> str:
        """The whole check as text, with every number.

        Returns:
            One block of lines per match.
        """
        return as_text(self)

    def __repr__(self) -> str:
        return short_text(self)


def cross_check(
    problem: ContinuationProblem,
    engines: Sequence[AbstractEngine] | Mapping[str, AbstractEngine],
    *,
    tolerance: float = 1e-2,
) -> CrossCheck:
    """Put one problem to several engines and compare what they find.

    Args:
        problem: what to follow.
        engines: at least two; a mapping names them, else their classes do.
        tolerance: how far apart two points may lie to be taken for the same one: relative to the
            span in the parameter, to 1 + |z| in the state. Engines that only bracket a fold in
            p to ε leave its state off by √ε, hence the generous default.

    Returns:
        The special points matched, their numbers side by side.

    Raises:
        ValueError: if there are fewer than two engines.

    Example:
        >>> import bifbridge as bb
        >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
        >>> check = bb.cross_check(problem, [bb.JaxEngine(), bb.KrylovEngine()])
        >>> check.agrees(1e-6)
        True
    """
    named = dict(engines) if isinstance(engines, Mapping) else _named(engines)
    if len(named) < 2:
        raise ValueError(f"cross_check: got {len(named)} engines, expected at least two.")
    names, branches = tuple(named), _branches(problem, named)
    lower, upper = problem.span
    matches, unmatched = matched(names, branches, upper - lower, tolerance)
    return CrossCheck(names, branches, matches, unmatched, problem.span, tolerance)


def _branches(problem: ContinuationProblem, named: dict[str, AbstractEngine]) -> tuple[Branch, ...]:
    branches = []
    with progress("cross-check", "engines", len(named)) as told:
        for engine in named.values():
            branches.append(engine.run(problem))
            told(len(branches))
    return tuple(branches)


def _named(engines: Sequence[AbstractEngine]) -> dict[str, AbstractEngine]:
    """Names from the classes, numbered where a class comes more than once."""
    named: dict[str, AbstractEngine] = {}
    for engine in engines:
        name, count = type(engine).__name__, 1
        while name in named:
            count += 1
            name = f"{type(engine).__name__} {count}"
        named[name] = engine
    return named
