"""Every bifurcation within the steps of a branch of cycles: counted, isolated, then located.

Between two points the branch is an arc that can be sampled anywhere. Four signs are compared at
both ends: the parameter's direction, det(1 − P) and det(1 + P) of the Poincaré map's derivative P,
and the number of multipliers outside the unit circle. An arc whose changes are those of one
elementary bifurcation is searched by a bracketed method on the function that vanishes there; any
other arc is halved.
"""

import abc
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax.tree_util as jtu
import numpy as np

from bifbridge.continuation.curves import Cycle
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint
from bifbridge.continuation.jax_engine.cycles._root import bracketed_root

_DEPTH = 24
_SUSPECT = 0.25
_CONVERGED = 1e-7
_NODES = 6


class Sample(NamedTuple):
    """A point of the branch within one step.

    Attributes:
        s: distance along the step's row.
        point: the unknowns there.
        tangent: unit tangent there.
        cycle: the same as a result, with multipliers.
        iterations: Newton steps.
    """

    s: float
    point: CyclePoint
    tangent: CyclePoint
    cycle: Cycle
    iterations: int

    @property
    def count(self) -> int:
        """Number of unstable multipliers."""
        return self.cycle.unstable

    @property
    def turn(self) -> float:
        """The parameter's component of the tangent: zero at a fold."""
        return float(self.tangent.scalars[1])

    @property
    def plus(self) -> float:
        """det(1 − P), scaled: zero where a multiplier is 1."""
        return determinant(self.cycle.multipliers, -1.0)

    @property
    def minus(self) -> float:
        """det(1 + P), scaled: zero where a multiplier is −1."""
        return determinant(self.cycle.multipliers, 1.0)

    def modulus(self, rank: int) -> float:
        """The logarithm of one multiplier's modulus."""
        return float(np.log(np.abs(self.cycle.multipliers[rank]) + 1e-300))


class AbstractArc(eqx.Module):
    """A step of a branch that can be sampled anywhere."""

    @abc.abstractmethod
    def sample(self, s: float) -> Sample | None:
        """The branch's point at a distance within the step."""


class Event(NamedTuple):
    """A bifurcation within a step.

    Attributes:
        kind: which.
        sample: the branch there.
        converged: whether the test function vanishes there.
        jump: change of the number of unstable multipliers.
        multiplicity: crossings that coincide.
        bracket: parameters on both sides.
    """

    kind: str
    sample: Sample
    converged: bool
    jump: int
    multiplicity: int
    bracket: tuple[float, float]


def locate(arc: AbstractArc, start: Sample, end: Sample) -> list[Event]:
    """All bifurcations of one step, in order."""
    events = _search(arc, start, end, 0)
    if events or not (_near(start) or _near(end)):
        return events
    # Two crossings that cancel leave no trace at the ends: look once in between.
    middle = arc.sample((start.s + end.s) / 2)
    if middle is None:
        return []
    return _search(arc, start, middle, 1) + _search(arc, middle, end, 1)


def _search(arc: AbstractArc, start: Sample, end: Sample, depth: int) -> list[Event]:
    kind = _elementary(start, end)
    if kind == "none":
        return []
    if kind is not None:
        return [_pin(arc, kind, start, end)]
    middle = arc.sample((start.s + end.s) / 2) if depth < _DEPTH else None
    if middle is None:
        jump = end.count - start.count
        bracket = (start.cycle.parameter, end.cycle.parameter)
        return [Event("unresolved", end, False, jump, max(abs(jump), 1), bracket)]
    first = _search(arc, start, middle, depth + 1)
    return first + _search(arc, middle, end, depth + 1)


def _elementary(start: Sample, end: Sample) -> str | None:
    # The one bifurcation that explains all changes; "none" without any, None if there is no such.
    turned = start.turn * end.turn < 0
    plus, minus = start.plus * end.plus < 0, start.minus * end.minus < 0
    jump = abs(end.count - start.count)
    table = {
        (False, False, False, 0): "none",
        (True, True, False, 1): "cycle_fold",
        (False, True, False, 1): "branch_point_of_cycles",
        (True, False, False, 0): "branch_point_of_cycles",
        (False, False, True, 1): "period_doubling",
        (False, False, False, 2): "neimark_sacker",
    }
    return table.get((turned, plus, minus, jump))


def _pin(arc: AbstractArc, kind: str, start: Sample, end: Sample) -> Event:
    test = _test_function(kind, start, end)
    seen = {start.s: start, end.s: end}

    def value(s: float) -> float:
        found = arc.sample(s)
        if found is None:
            return float("nan")
        seen[s] = found
        return test(found)

    tolerance = 1e-14 * (abs(start.s) + abs(end.s))
    if kind == "branch_point_of_cycles":
        return _pin_branch_point(arc, test, start, end)
    at = bracketed_root(value, start.s, test(start), end.s, test(end), tolerance)
    best = seen[at]
    if kind == "neimark_sacker" and abs(best.cycle.multipliers[_rank(start, end)].imag) < 1e-9:
        kind = "unresolved"
    bracket = (start.cycle.parameter, end.cycle.parameter)
    jump = end.count - start.count
    return Event(kind, best, bool(abs(test(best)) < _CONVERGED), jump, 1, bracket)


def _pin_branch_point(
    arc: AbstractArc, test: Callable[[Sample], float], start: Sample, end: Sample
) -> Event:
    # Newton's matrix is singular there, but everything is smooth along the branch: samples at a
    # safe distance on both sides are interpolated.
    def value(s: float) -> float:
        found = arc.sample(s)
        return float("nan") if found is None else test(found)

    width = end.s - start.s
    near = bracketed_root(value, start.s, test(start), end.s, test(end), 1e-3 * abs(width))
    offsets = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
    samples = [arc.sample(near + 0.03 * width * offset) for offset in offsets]
    bracket = (start.cycle.parameter, end.cycle.parameter)
    jump = end.count - start.count
    kept = [sample for sample in samples if sample is not None]
    if len(kept) < _NODES or not _monotone([test(sample) for sample in kept]):
        return Event("branch_point_of_cycles", end, False, jump, 1, bracket)
    full, less = _interpolated(kept, test), _interpolated(kept[1:-1], test)
    agree = bool(abs(full.cycle.parameter - less.cycle.parameter) < 1e-8)
    return Event("branch_point_of_cycles", full, agree, jump, 1, bracket)


def _monotone(values: list[float]) -> bool:
    # Otherwise some sample lies on the other branch.
    changes = np.diff(values)
    return bool(np.all(changes > 0) or np.all(changes < 0))


def _interpolated(samples: list[Sample], test: Callable[[Sample], float]) -> Sample:
    # The branch where the test function's interpolant vanishes; s as a function of the test.
    values = np.array([test(sample) for sample in samples])
    weights = np.array([
        np.prod([values[j] / (values[j] - values[i]) for j in range(len(values)) if j != i])
        for i in range(len(values))
    ])

    def mix(*parts: Any) -> Any:
        mixed = np.tensordot(weights, np.stack(parts), 1)
        return mixed if mixed.ndim else float(mixed)

    cycle = jtu.tree_map(mix, *[sample.cycle for sample in samples])
    point, tangent = (jtu.tree_map(mix, *[s[k] for s in samples]) for k in (1, 2))
    return Sample(mix(*[sample.s for sample in samples]), point, tangent, cycle, 0)


def _test_function(kind: str, start: Sample, end: Sample) -> Callable[[Sample], float]:
    if kind == "cycle_fold" or (kind == "branch_point_of_cycles" and start.turn * end.turn < 0):
        return lambda sample: sample.turn
    if kind == "neimark_sacker":
        rank = _rank(start, end)
        return lambda sample: sample.modulus(rank)
    if kind == "period_doubling":
        return lambda sample: sample.minus
    return lambda sample: sample.plus


def _rank(start: Sample, end: Sample) -> int:
    return min(start.count, end.count)


def _near(sample: Sample) -> bool:
    moduli = np.abs(sample.cycle.multipliers)
    return bool(np.any(np.abs(np.log(moduli + 1e-300)) < _SUSPECT))


def determinant(multipliers: np.ndarray, sign: float) -> float:
    """det(1 + sign·P) from the multipliers of P, each factor scaled."""
    factors = (1 + sign * multipliers) / (1 + np.abs(multipliers))
    return float(np.real(np.prod(factors)))
