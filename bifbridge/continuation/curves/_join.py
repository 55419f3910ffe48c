"""Ways along one curve, joined: turned round, put one after the other, or empty."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax.tree_util as jtu
import numpy as np

from bifbridge.continuation.curves._balance import Balance, balanced
from bifbridge.continuation.curves._branch import Branch
from bifbridge.continuation.curves._cycle import CyclePoint, Orbits
from bifbridge.continuation.curves._solution import SolutionKind
from bifbridge.continuation.curves._solutions import EQUILIBRIUM
from bifbridge.continuation.curves._special_point import SpecialPoint
from bifbridge.continuation.curves._status import Status

_ARRAYS = ("parameters", "states", "tangents", "eigenvalues", "steps", "iterations")
#: Relative distance below which two points at a seam are the same one.
_SAME = 1e-7


def both_ways(ways: Sequence[Branch]) -> Branch:
    """One curve from one way, or from a backward and a forward one that start at one point."""
    first, *rest = ways
    if not rest or first.status == Status.CLOSED:
        return first
    return joined(turned(first), rest[0])


def joined(first: Branch, second: Branch) -> Branch:
    """A curve and its continuation, which starts at its last point; it may have no points."""
    if len(second) == 0 or len(first) == 0:
        ends = (first.ends[0], second.ends[1])
        return replace(second if len(second) else first, ends=ends, status=max(ends))
    offset = len(first) - 1
    later = [replace(point, index=point.index + offset) for point in second.special_points]
    points = _without_double(list(first.special_points), later, offset)
    ends = (first.ends[0], second.ends[1])
    whole = replace(
        first,
        **{name: _glued(getattr(first, name), getattr(second, name)) for name in _ARRAYS},
        tests={name: _glued(first.tests[name], second.tests[name]) for name in first.tests},
        orbits=jtu.tree_map(_glued, first.orbits, second.orbits),
        special_points=tuple(points),
        status=max(ends),
        ends=ends,
    )
    return replace(whole, balance=_balance(whole, [first.balance, second.balance]))


def turned(branch: Branch) -> Branch:
    """A curve read backwards."""
    balance = branch.balance
    return replace(
        branch,
        **{name: getattr(branch, name)[::-1] for name in ("parameters", "states", "eigenvalues")},
        tangents=-branch.tangents[::-1],
        iterations=branch.iterations[::-1],
        steps=np.concatenate([branch.steps[:1], branch.steps[:0:-1]]),
        tests={name: values[::-1] for name, values in branch.tests.items()},
        orbits=jtu.tree_map(lambda values: values[::-1], branch.orbits),
        special_points=tuple(
            _turned_point(point, len(branch)) for point in reversed(branch.special_points)
        ),
        balance=balance._replace(
            unstable_start=balance.unstable_end, unstable_end=balance.unstable_start
        ),
        ends=(branch.ends[1], branch.ends[0]),
    )


def one_way(
    solution: SolutionKind,
    status: Status,
    special_points: Sequence[SpecialPoint],
    *,
    unresolved: int = 0,
    slipped: bool = False,
    **arrays: Any,
) -> Branch:
    """A curve that was followed one way from its start, with its balance."""
    # `unresolved` counts what no special point of a curve in two parameters explains; `slipped`
    # tells that a count of unstable eigenvalues changed without a step.
    branch = Branch(
        **arrays,
        special_points=tuple(replace(point, solution=solution) for point in special_points),
        balance=Balance(0, 0, 0, unresolved, not slipped),
        status=status,
        ends=(Status.RUNNING, status),
        solution=solution,
    )
    return replace(branch, balance=_balance(branch, [branch.balance]))


def bearer(points: Sequence[SpecialPoint], solution: SolutionKind, **arrays: Any) -> Branch:
    """A curve that nobody followed: it holds special points, in the form that curves have."""
    count = len(arrays["parameters"])
    return Branch(
        **arrays,
        steps=np.zeros(count),
        iterations=np.zeros(count, int),
        special_points=tuple(points),
        balance=Balance(0, 0, 0, 0, True),
        status=Status.SPAN_END,
        ends=(Status.SPAN_END, Status.SPAN_END),
        solution=solution,
    )


def no_points(
    status: Status,
    states: int,
    *,
    solution: SolutionKind = EQUILIBRIUM,
    tests: Sequence[str] = (),
    orbits: Orbits | None = None,
) -> Branch:
    """A curve without points."""
    none, empty = np.zeros(0), np.zeros((0, states))
    return Branch(
        parameters=none if solution.parameters == 1 else np.zeros((0, solution.parameters)),
        states=empty,
        tangents=np.zeros((0, 0 if solution.orbits else states + solution.parameters)),
        eigenvalues=np.zeros((0, states - solution.orbits), complex),
        steps=none,
        iterations=none.astype(int),
        special_points=(),
        balance=Balance(0, 0, 0, 0, True),
        status=status,
        ends=(status, status),
        tests=dict.fromkeys((*solution.tests, *tests), none),
        solution=solution,
        orbits=orbits,
    )


def _glued(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.concatenate([first, second[1:]])


def _balance(branch: Branch, parts: Sequence[Balance]) -> Balance:
    unstable, points = branch.unstable, branch.special_points
    if branch.solution.parameters == 1:
        whole = balanced(unstable[branch.resolved], points)
        return whole._replace(explained=whole.explained and all(part.explained for part in parts))
    unresolved = sum(part.unresolved for part in parts)
    located = sum(point.converged for point in points)
    return Balance(int(unstable[0]), int(unstable[-1]), located, unresolved, unresolved == 0)


def _turned_point(point: SpecialPoint, count: int) -> SpecialPoint:
    tangent = point.tangent
    if isinstance(tangent, CyclePoint):
        tangent = CyclePoint(-tangent.states, -tangent.scalars)
    elif tangent is not None:
        tangent = -tangent
    return replace(
        point,
        index=max(count - 2 - point.index, 0),
        jump=-point.jump,
        bracket=(point.bracket[1], point.bracket[0]),
        tangent=tangent,
    )


def _without_double(
    before: list[SpecialPoint], after: list[SpecialPoint], seam: int
) -> list[SpecialPoint]:
    # A start on a special point is met from both sides: only one side sees the count change.
    if before and after and before[-1].index >= seam - 1 and _same(before[-1], after[0]):
        if after[0].jump == 0:
            return [*before, *after[1:]]
        if before[-1].jump == 0:
            return [*before[:-1], *after]
    return [*before, *after]


def _same(a: SpecialPoint, b: SpecialPoint) -> bool:
    gap = np.linalg.norm(a.state - b.state) + np.linalg.norm(a.parameters - b.parameters)
    return a.kind == b.kind and bool(gap <= _SAME * (1 + np.linalg.norm(a.state)))
