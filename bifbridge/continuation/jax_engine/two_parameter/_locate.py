"""Every point of codimension two within the steps of a curve: bracketed, then polished.

Sign changes of the test functions that stay regular come first; then the number of unstable
eigenvalues beside the critical ones is compared, and each change is bracketed on the ordered real
part that changes sign, as along branches of equilibria. ℓ₁ has poles where A is singular or 2iω
is an eigenvalue: it is tried last, between the points already found, and a pole is no root.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from bifbridge.continuation.jax_engine.two_parameter._branch_points import (
    BranchPointResidual,
)
from bifbridge.continuation.jax_engine.two_parameter._observe import Observed
from bifbridge.continuation.jax_engine.two_parameter._residuals import (
    AbstractCurveResidual,
    FoldResidual,
    HopfResidual,
)
from bifbridge.continuation.jax_engine.two_parameter._sample import Arc, Sample
from bifbridge.continuation.jax_engine.two_parameter._systems import (
    FREQUENCIES,
    PolishedPoint,
    polish_codim_two,
)

_WIDTH = 1e-12
_SPLIT = 1e-3


class Event(NamedTuple):
    """A point of codimension two before its normal form is known.

    Attributes:
        kind: see `SpecialPoint`.
        point: where.
        step: index of the step.
        s: distance within the step.
        generic: whether the normal form of its kind applies: it does not to a zero-Hopf point on
            a curve of branch points, whose quadratic terms vanish.
    """

    kind: str
    point: PolishedPoint
    step: int
    s: float
    generic: bool = True


class Alarm(NamedTuple):
    """A reason to search between two samples.

    Attributes:
        function: changes sign between them.
        kind: of the point looked for, from a sample near it.
        jump: whether the count of unstable eigenvalues changes there.
    """

    function: Callable[[Observed], float]
    kind: Callable[[Observed], str]
    jump: bool


def locate(arc: Arc) -> tuple[list[Event], int]:
    """All points of codimension two within one step."""
    events = _resolve(arc, arc.start, arc.end, 0, frozenset())
    change = abs(arc.end.seen.count - arc.start.seen.count)
    explained = any(event.kind in {"zero_hopf", "hopf_hopf", "double_zero"} for event in events)
    critical = _on_bifurcation(arc.curve.residual, arc.start.seen, arc.end.seen)
    at_double = any(event.kind == "bogdanov_takens" for event in events)
    return events, 0 if explained or at_double or not critical else change


def _resolve(
    arc: Arc, low: Sample, high: Sample, depth: int, passed: frozenset[str]
) -> list[Event]:
    if depth > 12 or high.s - low.s <= _WIDTH * arc.end.s:
        return []
    for name, alarm in _alarms(arc.curve.residual, low.seen, high.seen):
        if name in passed:
            continue
        event, left, right = _search(arc, low, high, alarm)
        if event is None:
            # A pole, or a crossing that no system explains: look elsewhere in the same stretch.
            passed |= {name}
            continue
        before = _resolve(arc, low, left, depth + 1, passed)
        return [*before, event, *_resolve(arc, right, high, depth + 1, passed)]
    return []


def _alarms(residual: object, a: Observed, b: Observed) -> Iterator[tuple[str, Alarm]]:
    first = (a.tests[0] > 0) != (b.tests[0] > 0)
    if isinstance(residual, FoldResidual):
        if (a.tests[1] > 0) != (b.tests[1] > 0):
            yield "product", Alarm(_test(1), _always("bogdanov_takens"), False)
        if first:
            yield "quadratic", Alarm(_test(0), _always("cusp"), False)
    elif isinstance(residual, HopfResidual) and first:
        yield "frequency_squared", Alarm(_test(0), _always("bogdanov_takens"), False)
    elif isinstance(residual, BranchPointResidual):
        if a.tests[0] * b.tests[0] < 0:
            yield "quadratic", Alarm(_test(0), _always("degenerate_transcritical"), False)
        elif a.tests[0] == 0 and b.tests[0] == 0 and a.tests[1] * b.tests[1] < 0:
            yield "cubic", Alarm(_test(1), _always("degenerate_pitchfork"), False)
    if a.count != b.count and _on_bifurcation(residual, a, b):
        index = min(a.count, b.count)
        yield (
            "count",
            Alarm(lambda seen: float(np.real(seen.rest[index])), _crossing(residual), True),
        )
    if isinstance(residual, HopfResidual) and a.tests[1] * b.tests[1] < 0:
        yield "first_lyapunov", Alarm(_test(1), _always("bautin"), False)


def _search(
    arc: Arc, low: Sample, high: Sample, alarm: Alarm
) -> tuple[Event | None, Sample, Sample]:
    a, b = low, high
    near = low
    for trial, (near, a, b) in enumerate(_bracketed(arc, low, high, alarm.function)):
        final = b.s - a.s <= _WIDTH * arc.end.s
        if trial in {0, 1, 2, 4, 7, 12, 20} or final:
            event = _polished(arc, low, high, near, alarm.kind(near.seen))
            if event is not None:
                return (event, *_around(arc, low, high, event.s, alarm.jump))
    if not isinstance(arc.curve.residual, BranchPointResidual):
        return None, a, b
    # On a curve of branch points no extended system is at hand; the bracket is as narrow.
    kind, n = alarm.kind(near.seen), arc.states
    omegas = np.array(_frequencies(arc.curve.residual, kind, near.seen))
    narrow = b.s - a.s <= 1e-9 * arc.end.s or alarm.function(near.seen) == 0
    exact = PolishedPoint(near.point[:n], near.point[[n, -1]], omegas, narrow)
    return Event(kind, exact, arc.index, near.s, generic=False), a, b


def _polished(arc: Arc, low: Sample, high: Sample, near: Sample, kind: str) -> Event | None:
    # Accept a polished point only if it lies on this arc, between both samples.
    if kind not in FREQUENCIES or isinstance(arc.curve.residual, BranchPointResidual):
        return None
    n = arc.states
    residual: AbstractCurveResidual = arc.curve.residual  # pyright: ignore[reportAssignmentType]
    found = polish_codim_two(
        residual.family, kind, near.point[:n], near.point[[n, -1]],
        _frequencies(residual, kind, near.seen), near.seen.matrix,
    )  # fmt: skip
    if not found.converged:
        return None
    point = np.concatenate([found.state, found.parameters])
    s = float(arc.row @ (point - arc.start.point))
    width = high.s - low.s
    chord = float(np.linalg.norm(high.point - low.point))
    apart = float(np.linalg.norm(point - near.point))
    if not low.s - 1e-9 * width <= s <= high.s + 1e-9 * width or apart > chord:
        return None
    return Event(kind, found, arc.index, s)


def _around(arc: Arc, low: Sample, high: Sample, s: float, jump: bool) -> tuple[Sample, Sample]:
    # Samples on both sides of a located point, near it but far enough to see the change.
    width = high.s - low.s
    for share in (_SPLIT, 1e-2 * _SPLIT):
        left = low if s - share * width <= low.s else arc.sample(s - share * width, low, high)
        right = high if s + share * width >= high.s else arc.sample(s + share * width, low, high)
        if left is None or right is None:
            continue
        if not jump or left.seen.count != right.seen.count:
            return left, right
    return low, high


def _bracketed(
    arc: Arc, low: Sample, high: Sample, function: Callable[[Observed], float]
) -> Iterator[tuple[Sample, Sample, Sample]]:
    # Illinois steps with bisections; yields the newest sample and the bracket.
    a, b, fa, fb = low, high, function(low.seen), function(high.seen)
    positive = fb > 0
    for trial in range(80):
        share = fa / (fa - fb) if fa != fb else 0.5
        share = 0.5 if trial % 3 == 2 else min(max(share, 1e-3), 1 - 1e-3)
        middle = arc.sample(a.s + share * (b.s - a.s), a, b)
        if middle is None:
            return
        value = function(middle.seen)
        if (value > 0) == positive:
            fa, fb, b = fa / 2, value, middle
        else:
            fa, fb, a = value, fb / 2, middle
        yield middle, a, b
        if value == 0 or b.s - a.s <= _WIDTH * arc.end.s:
            return


def _frequencies(residual: object, kind: str, seen: Observed) -> list[float]:
    if FREQUENCIES.get(kind, 0) == 0:
        return []
    own = [seen.frequency] if isinstance(residual, HopfResidual) else []
    if len(own) == FREQUENCIES[kind]:
        return own
    turning = seen.rest[np.abs(np.imag(seen.rest)) > 1e-9]
    return [*own, float(abs(np.imag(turning[np.argmin(np.abs(np.real(turning)))])))]


def _crossing(residual: object) -> Callable[[Observed], str]:
    def kind(seen: Observed) -> str:
        value = complex(seen.rest[np.argmin(np.abs(np.real(seen.rest)))])
        if abs(value.imag) > 1e-6 * (1 + abs(value)):
            return "hopf_hopf" if isinstance(residual, HopfResidual) else "zero_hopf"
        return {HopfResidual: "zero_hopf", FoldResidual: "bogdanov_takens"}.get(
            type(residual), "double_zero"
        )

    return kind


def _on_bifurcation(residual: object, a: Observed, b: Observed) -> bool:
    # Beside a neutral saddle nothing happens when another eigenvalue crosses.
    if not isinstance(residual, HopfResidual):
        return True
    return bool(a.tests[0] > 0) and bool(b.tests[0] > 0)


def _test(k: int) -> Callable[[Observed], float]:
    return lambda seen: float(seen.tests[k])


def _real_part(k: int) -> Callable[[Observed], float]:
    return lambda seen: float(np.real(seen.rest[k]))


def _always(kind: str) -> Callable[[Observed], str]:
    return lambda seen: kind
