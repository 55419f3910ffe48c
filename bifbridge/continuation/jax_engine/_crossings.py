"""Crossings within steps, presumed by interpolation and proved by the eigenvalues at them.

A step whose ends differ in their number of unstable eigenvalues holds a zero of each ordered
real part that changes sign. Interpolation says where, an extended system sharpens it, and the
eigenvalues at the sharpened point together with the critical one's rate tell the numbers of
unstable eigenvalues just before and just behind it. Where these numbers form a chain from one end
of the step to the other, nothing is missing, and no further point had to be computed. Where they
do not, the step goes to the search by bisection in `_locate`, which needs no presumption.
"""

from typing import NamedTuple

import numpy as np

from bifbridge.continuation.jax_engine._arc import Event, Step, hermite
from bifbridge.continuation.jax_engine._details import Candidate, Described, Kind

#: Largest distance from the interpolated branch, as a share of the step.
_STRAY = 5e-3
#: A critical real part that moves slower than this share of its mean over the step decides nothing.
_SLOW = 0.02
#: Other real parts this close to zero, relative to the largest eigenvalue, cannot be told apart.
_CLOSE = 1e-9


class Presumed(NamedTuple):
    """A crossing that a step must hold.

    Attributes:
        kind: of what.
        candidate: where.
        change: of the critical real part over the step, signed.
    """

    kind: Kind
    candidate: Candidate
    change: float


def presume(step: Step, member: int = 0) -> list[Presumed] | None:
    """The crossings that the ends of a step ask for."""
    low, high = step.start, step.end
    first, last = sorted((low.count, high.count))
    turns = low.turn != high.turn
    if first == last or (turns and last - first > 1):
        return None
    found, index = [], first
    while index < last:
        a, b = low.eigenvalues[index], high.eigenvalues[index]
        frequency = max(abs(a.imag), abs(b.imag))
        turning = frequency > 1e-9 * (1 + max(abs(a), abs(b)))
        share = a.real / (a.real - b.real)
        point, along = hermite(low, high, share * high.s)
        kind: Kind = "hopf" if turning else "fold" if turns else "branch_point"
        candidate = Candidate(point, along, float(frequency) if turning else 0.0, member)
        found.append(Presumed(kind, candidate, float(b.real - a.real)))
        index += 2 if turning else 1
    return found if index == last else None


def prove(step: Step, presumed: list[Presumed], described: list[Described]) -> list[Event] | None:
    """The events of a step, if they explain its ends without a gap."""
    origin, length = step.start.point, step.end.s
    places = [float(step.row @ (one.detail.point - origin)) for one in described]
    order = np.argsort(places)
    count, turns, events = step.start.count, step.start.turn != step.end.turn, []
    ends = [float(step.start.point[-1]), *(float(described[k].detail.point[-1]) for k in order)]
    ends.append(float(step.end.point[-1]))
    for rank, k in enumerate(order):
        one, s = described[k], places[k]
        rises = _rises(step, presumed[k], one, s)
        if rises is None or (presumed[k].kind == "fold") != turns:
            return None
        others = _others(presumed[k].kind, one)
        width = 2 if presumed[k].kind == "hopf" else 1
        before, after = (others, others + width) if rises else (others + width, others)
        if others < 0 or before != count:
            return None
        count = after
        events.append(
            Event(
                kind=presumed[k].kind,
                point=one.detail.point,
                frequency=float(one.detail.frequency),
                converged=True,
                jump=after - before,
                multiplicity=1,
                step=step.number,
                s=s,
                bracket=(ends[rank], ends[rank + 2]),
                tangent=one.detail.direction,
                described=one,
            )
        )
    return events if count == step.end.count and length > 0 else None


def _rises(step: Step, presumed: Presumed, one: Described, s: float) -> bool | None:
    # Whether the critical real part rises here; None unless this is a crossing of this branch.
    detail, length = one.detail, step.end.s
    if not bool(detail.good) or not 0 <= s <= length:
        return None
    weights = np.asarray(step.curve.weights)

    def size(vector: np.ndarray) -> float:
        return float(np.sqrt(np.sum(weights * vector**2)))

    chord = size(step.end.point - step.start.point)
    aside = size(detail.point - hermite(step.start, step.end, s)[0])
    if aside > _STRAY * chord + 1e-9 * (1 + size(detail.point)):
        return None
    rate = float(detail.rate) * chord
    if not np.isfinite(rate) or abs(rate) < _SLOW * abs(presumed.change):
        return None
    return rate > 0


def _others(kind: Kind, one: Described) -> int:
    # Unstable eigenvalues beside the critical ones; negative where they cannot be told apart.
    values = one.eigenvalues
    width = 2 if kind == "hopf" else 1
    distance = np.abs(values - 1j * one.detail.frequency)
    if kind == "hopf":
        distance = np.minimum(distance, np.abs(values + 1j * one.detail.frequency))
    order = np.argsort(distance)
    critical, rest = values[order[:width]], values[order[width:]]
    scale = 1 + float(np.max(np.abs(values)))
    if not np.all(np.isfinite(values)) or np.max(np.abs(np.real(critical))) > 1e-6 * scale:
        return -1
    if rest.size and np.min(np.abs(np.real(rest))) < _CLOSE * scale:
        return -1
    return int(np.sum(np.real(rest) > 0))
