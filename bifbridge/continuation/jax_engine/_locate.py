"""Every crossing within the steps of a branch: counted, bracketed, then polished.

The j-th largest real part is a continuous function of arclength, whatever the eigenvalues do, so
a change of the number of unstable eigenvalues brackets a zero of one such function. Each located
point splits its step in two, and both parts are searched again until the counts at all ends are
explained. Two crossings that cancel within one step leave no change of count: a step is suspected
of that where a real part heads for zero on one side and comes back on the other.
"""

from typing import NamedTuple

import numpy as np

from bifbridge.continuation.jax_engine._arc import WIDTH, Event, Sample, Step, bracketed
from bifbridge.continuation.jax_engine._details import Candidate, Described, Kind, describe

_SPLIT = 1e-3

# A multiple point counts as located within this share of its step.
_TIGHT = 1e-9


def locate_in_step(step: Step, suspect: bool) -> list[Event]:
    """All bifurcations within one step, in order."""
    return _resolve(step, step.start, step.end, suspect)


def _resolve(step: Step, low: Sample, high: Sample, suspect: bool, depth: int = 0) -> list[Event]:
    if depth > 60 or high.s - low.s <= WIDTH * step.end.s:
        return []
    if low.count != high.count:
        found = _crossing(step, low, high)
    elif low.turn != high.turn:
        found = _turn(step, low, high)
    else:
        inside = _dip(step, low, high) if suspect else None
        if inside is None:
            return []
        before = _resolve(step, low, inside, False, depth + 1)
        return before + _resolve(step, inside, high, False, depth + 1)
    before = _resolve(step, low, found.left, False, depth + 1)
    return [*before, found.event, *_resolve(step, found.right, high, False, depth + 1)]


class _Found(NamedTuple):
    event: Event
    left: Sample
    right: Sample


def _crossing(step: Step, low: Sample, high: Sample) -> _Found:
    # The zero of one ordered real part, polished as soon as polishing is safe.
    index = low.count if high.count > low.count else high.count
    middle, a, b = low, low, high
    for trial, (middle, a, b) in enumerate(
        bracketed(step, low, high, lambda m: float(m.eigenvalues[index].real))
    ):
        if trial in {0, 1, 2, 4, 7, 12, 20, 30} or b.s - a.s <= WIDTH * step.end.s:
            found = _polish_crossing(step, low, high, middle, index)
            if found is not None:
                return found
    a, b = _tightened(step, a, middle, b)
    jump = b.count - a.count
    value = middle.eigenvalues[index]
    kind = "hopf" if abs(value.imag) > 1e-6 * (1 + abs(value)) else "branch_point"
    multiplicity = _multiplicity(jump, 2 if kind == "hopf" else 1)
    event = Event(
        kind=kind,
        point=middle.point,
        frequency=abs(float(value.imag)),
        # No extended system for a simple point is regular at a multiple one: its bracket serves.
        converged=multiplicity > 1 and b.s - a.s <= _TIGHT * step.end.s,
        jump=jump,
        multiplicity=multiplicity,
        step=step.number,
        s=middle.s,
        bracket=(float(a.point[-1]), float(b.point[-1])),
        tangent=middle.tangent,
    )
    return _Found(event, a, b)


def _tightened(step: Step, a: Sample, middle: Sample, b: Sample) -> tuple[Sample, Sample]:
    # A search that meets the zero exactly ends while its bracket is still wide.
    reach = _TIGHT / 4 * step.end.s
    left = a if middle.s - a.s <= reach else step.sample(middle.s - reach)
    right = b if b.s - middle.s <= reach else step.sample(middle.s + reach)
    within = left.count == a.count and right.count == b.count
    return (left, right) if within and left.turn == a.turn and right.turn == b.turn else (a, b)


def _multiplicity(jump: int, expected: int) -> int:
    # How many crossings of so many eigenvalues each make up a jump.
    return max(-(-abs(jump) // max(expected, 1)), 1)


def _polish_crossing(
    step: Step, low: Sample, high: Sample, near: Sample, index: int
) -> _Found | None:
    value = near.eigenvalues[index]
    if abs(value.imag) > 1e-9 * (1 + abs(value)):
        return _verified(
            step, low, high, "hopf", _described(step, near, "hopf", abs(value.imag)), 2
        )
    kinds: tuple[Kind, ...] = (
        ("fold", "branch_point") if low.turn != high.turn else ("branch_point", "fold")
    )
    for kind in kinds:
        found = _verified(step, low, high, kind, _described(step, near, kind), 1)
        if found is not None:
            return found
    return None


def _turn(step: Step, low: Sample, high: Sample) -> _Found:
    # The parameter turns while no eigenvalue crosses: a branch point met from its side branch.
    middle, a, b = low, low, high
    for trial, (middle, a, b) in enumerate(  # noqa: B007
        bracketed(step, low, high, lambda m: float(m.tangent[-1]))
    ):
        if trial in {0, 1, 3, 6, 12, 25}:
            kinds: tuple[Kind, ...] = ("branch_point", "fold")
            for kind in kinds:
                found = _verified(step, low, high, kind, _described(step, middle, kind), 0)
                if found is not None:
                    return found
    event = Event(
        "branch_point", middle.point, 0.0, False, b.count - a.count, 1, step.number, middle.s,
        (float(a.point[-1]), float(b.point[-1])), middle.tangent,
    )  # fmt: skip
    return _Found(event, a, b)


def _verified(
    step: Step, low: Sample, high: Sample, kind: Kind, described: Described, expected: int
) -> _Found | None:
    # Accept a polished point only if it lies in the bracket and explains the change there.
    if not bool(described.detail.good):
        return None
    point = described.detail.point
    s = float(step.row @ (point - step.start.point))
    width = high.s - low.s
    if not low.s - 1e-6 * width <= s <= high.s + 1e-6 * width:
        return None
    left, right = low, high
    for share in (_SPLIT, 1e-2 * _SPLIT, 1e-4 * _SPLIT):
        left = low if s - share * width <= low.s else step.sample(s - share * width)
        right = high if s + share * width >= high.s else step.sample(s + share * width)
        if abs(right.count - left.count) == expected:
            break
    jump = right.count - left.count
    if abs(jump) < expected or not _between(left, right, point):
        return None
    event = Event(
        kind=kind,
        point=point,
        frequency=float(described.detail.frequency),
        converged=True,
        jump=jump,
        multiplicity=_multiplicity(jump, expected),
        step=step.number,
        s=s,
        bracket=(float(left.point[-1]), float(right.point[-1])),
        tangent=_direction(step, left, right),
        described=described,
    )
    return _Found(event, left, right)


def _between(left: Sample, right: Sample, point: np.ndarray) -> bool:
    # Whether a point lies on the short arc between two samples, not on another branch.
    chord = float(np.linalg.norm(right.point - left.point))
    nearest = min(np.linalg.norm(point - left.point), np.linalg.norm(point - right.point))
    return bool(nearest <= chord + 1e-9 * (1 + np.linalg.norm(point)))


def _direction(step: Step, left: Sample, right: Sample) -> np.ndarray:
    chord = right.point - left.point
    return chord / np.sqrt(np.sum(np.asarray(step.curve.weights) * chord**2))


def _described(step: Step, near: Sample, kind: Kind, frequency: float = 0.0) -> Described:
    return describe(step.curve, kind, [Candidate(near.point, near.tangent, frequency)])[0]


def _dip(step: Step, low: Sample, high: Sample) -> Sample | None:
    # A point where the count differs from that of both ends, by golden sections.
    for index in (low.count - 1, low.count):
        if not 0 <= index < low.eigenvalues.size:
            continue
        sign = 1.0 if low.eigenvalues[index].real > 0 else -1.0
        a, b = low.s, high.s
        ratio = (np.sqrt(5) - 1) / 2
        c, d = (step.sample(b - ratio * (b - a)), step.sample(a + ratio * (b - a)))
        for _ in range(20):
            for sample in (c, d):
                if sample.count != low.count or sample.turn != low.turn:
                    return sample
            at_c, at_d = (sign * m.eigenvalues[index].real for m in (c, d))
            if at_c < at_d:
                b, d = d.s, c
                c = step.sample(b - ratio * (b - a))
            else:
                a, c = c.s, d
                d = step.sample(a + ratio * (b - a))
    return None
