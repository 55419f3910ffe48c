"""Points of codimension two on a curve of cycle bifurcations: detected by signs, then bracketed."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from bifbridge.continuation.jax_engine.cycle_curves._critical import CycleCurveKind
from bifbridge.continuation.jax_engine.cycle_curves._observe import Observed
from bifbridge.continuation.jax_engine.cycles._arc import Step
from bifbridge.continuation.jax_engine.cycles._locate import Sample
from bifbridge.continuation.jax_engine.cycles._root import bracketed_root

Function = Callable[[Observed], float]
#: A root is believed where the function is this small beside its values at the ends of the step.
_SMALL = 1e-6
#: κ = cos θ at the strong resonances.
_RESONANCES = {
    "resonance_1_1": 1.0,
    "resonance_1_2": -1.0,
    "resonance_1_3": -0.5,
    "resonance_1_4": 0.0,
}
#: A further multiplier at 1, at −1, or a further pair on the unit circle.
_FURTHER = {
    "cycle_fold": (None, "fold_flip", "fold_neimark_sacker"),
    "period_doubling": ("fold_flip", None, "flip_neimark_sacker"),
    "neimark_sacker": ("fold_neimark_sacker", "flip_neimark_sacker", "double_neimark_sacker"),
}


class CurveEvent(NamedTuple):
    """A point of codimension two within a step.

    Attributes:
        kind: which.
        sample: the curve there.
        observed: what is known there.
        converged: whether the test function vanishes there.
    """

    kind: str
    sample: Sample
    observed: Observed
    converged: bool


def locate(
    step: Step,
    kind: CycleCurveKind,
    before: Observed,
    after: Observed,
    observe: Callable[[Sample], Observed],
) -> list[CurveEvent]:
    """All points of codimension two within one step."""
    events = [
        event
        for name, function in _alarms(kind, before, after)
        if (event := _pin(step, name, function, before, after, observe)) is not None
    ]
    return sorted(events, key=lambda event: event.sample.s)


def _alarms(
    kind: CycleCurveKind, before: Observed, after: Observed
) -> Iterator[tuple[str, Function]]:
    # The functions of this kind of curve that change sign.
    def changes(function: Function) -> bool:
        return function(before) * function(after) < 0

    for name, function in _own(kind):
        if changes(function):
            yield name, function
    at_plus, at_minus, pair = _FURTHER[kind]
    crossings = 0
    for name, function in ((at_plus, _plus), (at_minus, _minus)):
        if changes(function):
            crossings += 1
            if name is not None:
                yield name, function
    if crossings == 0 and abs(after.count - before.count) == 2:
        rank = min(before.count, after.count)
        yield pair, lambda seen: float(np.log(np.abs(seen.rest[rank]) + 1e-300))


def _own(kind: CycleCurveKind) -> Iterator[tuple[str, Function]]:
    if kind == "cycle_fold":
        yield "cusp_of_cycles", _test(0)
        yield "resonance_1_1", _test(1)
    elif kind == "period_doubling":
        yield "resonance_1_2", _test(0)
        # The coefficient has a pole where the product vanishes; together they are regular.
        yield "generalised_period_doubling", lambda seen: float(seen.tests[0] * seen.tests[1])
    else:
        for name, cosine in _RESONANCES.items():
            yield name, _shifted(cosine)
        yield "chenciner", _test(1)


def _pin(
    step: Step,
    name: str,
    function: Function,
    before: Observed,
    after: Observed,
    observe: Callable[[Sample], Observed],
) -> CurveEvent | None:
    seen = {step.start.s: (step.start, before), step.end.s: (step.end, after)}

    def value(s: float) -> float:
        sample = step.sample(s)
        if sample is None:
            return float("nan")
        seen[s] = sample, observe(sample)
        return function(seen[s][1])

    ends = function(before), function(after)
    tolerance = 1e-13 * abs(step.end.s - step.start.s)
    at = bracketed_root(value, step.start.s, ends[0], step.end.s, ends[1], tolerance)
    sample, observed = seen[at]
    size = abs(function(observed))
    if size > max(abs(end) for end in ends):  # a pole is no root
        return None
    return CurveEvent(name, sample, observed, bool(size < _SMALL * max(map(abs, ends)) + 1e-12))


def _test(k: int) -> Function:
    return lambda seen: float(seen.tests[k])


def _shifted(cosine: float) -> Function:
    return lambda seen: float(seen.tests[0]) - cosine


def _plus(seen: Observed) -> float:
    return seen.plus


def _minus(seen: Observed) -> float:
    return seen.minus
