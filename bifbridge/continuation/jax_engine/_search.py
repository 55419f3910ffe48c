"""The special points of one branch, or of many at once."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from bifbridge._compile import quick_jit
from bifbridge._progress import progress
from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation.curves import SpecialPoint
from bifbridge.continuation.jax_engine._arc import Event, Sample, Step
from bifbridge.continuation.jax_engine._crossings import Presumed, presume, prove
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._details import Candidate, Described, Kind
from bifbridge.continuation.jax_engine._locate import locate_in_step
from bifbridge.continuation.jax_engine._other_events import (
    locate_neutral_saddle,
    locate_user_events,
    neutral_saddle_parity,
)
from bifbridge.continuation.jax_engine._path import Path
from bifbridge.continuation.jax_engine._spectra import spectra
from bifbridge.continuation.jax_engine._suspects import suspects
from bifbridge.continuation.jax_engine._trace import StepControl
from bifbridge.normal_forms import NormalForm
from bifbridge.normal_forms._hopf import HopfCoefficients
from bifbridge.normal_forms._normal_form import hopf_normal_form, scalar_normal_form

#: Polishes and describes candidates, as `describe` does for one curve.
Describe = Callable[[Kind, Sequence[Candidate]], list[Described]]


class Way(NamedTuple):
    """A path to be searched, with what it belongs to.

    Attributes:
        problem: the problem.
        curve: its curve.
        control: the step control.
        path: the accepted points.
        member: of an ensemble, 0 for a single branch.
    """

    problem: ContinuationProblem
    curve: Curve
    control: StepControl
    path: Path
    member: int = 0


def special_points(
    ways: Sequence[Way], describe: Describe, *, gradient: bool, neutral_saddles: bool
) -> list[list[SpecialPoint]]:
    """Everything special on some paths, located and described."""
    searches = [_Search(way, neutral_saddles) for way in ways]
    proved = _proved([(way, step) for way, one in zip(ways, searches, strict=True)
                      for step in one.plain], describe)  # fmt: skip
    found, seen = [], 0
    with progress("special points", "steps", sum(len(one.steps) for one in searches)) as told:
        for way, search in zip(ways, searches, strict=True):
            events: list[Event] = []
            for k in search.steps:
                events += search.events(k, proved.get((id(way.path), k)))
                seen += 1
                told(seen)
            found.append([special_point(way, event, gradient) for event in events])
    return found


def _proved(
    steps: list[tuple[Way, Step]], describe: Describe
) -> dict[tuple[int, int], list[Event] | None]:
    # Crossings that interpolation finds and the eigenvalues prove, all of one kind in one go.
    asked: list[tuple[Way, Step, list[Presumed]]] = []
    for way, step in steps:
        presumed = presume(step, way.member)
        if presumed is not None:
            asked.append((way, step, presumed))
    places = [(k, j, one) for k, (*_, several) in enumerate(asked) for j, one in enumerate(several)]
    described: dict[tuple[int, int], Described] = {}
    for kind in ("branch_point", "fold", "hopf"):
        chosen = [place for place in places if place[2].kind == kind]
        if chosen:
            answers = describe(kind, [one.candidate for *_, one in chosen])
            described |= {(k, j): a for (k, j, _), a in zip(chosen, answers, strict=True)}
    return {
        (id(way.path), step.number): prove(
            step, several, [described[k, j] for j in range(len(several))]
        )
        for k, (way, step, several) in enumerate(asked)
    }


class _Search:
    """Which steps of a path hold something, and what."""

    def __init__(self, way: Way, neutral_saddles: bool):
        path = way.path
        self.way = way
        self.suspect = suspects(path.eigenvalues, path.steps[1:])
        self.changed = _changes(path) | self.suspect
        crossed = np.any((path.events[1:] > 0) != (path.events[:-1] > 0), axis=1)
        flipped = np.zeros_like(self.changed)
        if neutral_saddles:
            flipped[:] = np.diff(neutral_saddle_parity(path.eigenvalues).astype(int)) != 0
        self.crossed, self.flipped = crossed, flipped
        self.steps = [int(k) for k in np.flatnonzero(self.changed | crossed | flipped)]
        self._made = {k: _step(way.curve, way.control, path, k) for k in self.steps}

    @property
    def plain(self) -> list[Step]:
        """The steps whose ends differ."""
        return [self._made[k] for k in self.steps if self.changed[k] and not self.suspect[k]]

    def events(self, k: int, proved: list[Event] | None) -> list[Event]:
        """The events of one step."""
        step, found = self._made[k], list(proved or [])
        if self.changed[k] and proved is None:
            found = locate_in_step(step, bool(self.suspect[k]))
        hopf = sum(event.kind == "hopf" for event in found)
        if self.flipped[k] and hopf % 2 == 0:
            found += locate_neutral_saddle(step)
        if self.crossed[k]:
            found += locate_user_events(step, [name for name, _ in self.way.problem.events])
        return sorted(found, key=lambda event: event.s)


def special_point(way: Way, event: Event, gradient: bool) -> SpecialPoint:
    """A located event with its eigenvalues and its normal form."""
    kind, form, known = event.kind, None, event.described
    if known is None:
        eigenvalues = spectra(way.curve, event.point[None])[0]
    else:
        eigenvalues = known.eigenvalues
        if event.converged and event.multiplicity == 1:
            form = _normal_form(way.problem, event, known, gradient)
            kind = form.kind
    return SpecialPoint(
        kind=kind,
        parameter=float(event.point[-1]),
        state=event.point[:-1],
        eigenvalues=eigenvalues,
        normal_form=form,
        converged=event.converged,
        index=event.step,
        jump=event.jump,
        multiplicity=event.multiplicity,
        bracket=event.bracket,
        tangent=event.tangent,
    )


def _normal_form(
    problem: ContinuationProblem, event: Event, known: Described, gradient: bool
) -> NormalForm:
    state, coefficients = known.state, known.coefficients
    # The field itself is only needed for derivatives with respect to its parameters.
    velocity = _velocity(problem.family, event.point[-1]) if gradient else _nothing
    if isinstance(coefficients, HopfCoefficients):
        return hopf_normal_form(
            velocity, state, event.frequency, problem.names,
            gradient=gradient, coefficients=coefficients,
        )  # fmt: skip
    return scalar_normal_form(
        velocity, state, problem.names, kind=event.kind, forcing=known.detail.forcing,
        gradient=gradient, coefficients=coefficients,
    )  # fmt: skip


def _nothing(z: Any) -> Any:
    return z


def _changes(path: Path) -> np.ndarray:
    """Steps in which the count of unstable eigenvalues changes or the parameter turns."""
    count = np.sum(np.real(path.eigenvalues) > 0, axis=1)
    turn = path.tangents[:, -1] > 0
    return (count[1:] != count[:-1]) | (turn[1:] != turn[:-1])


def _step(curve: Curve, control: StepControl, path: Path, k: int) -> Step:
    row = path.rows[k + 1]
    length = float(row @ (path.points[k + 1] - path.points[k]))
    if length < 0:  # a step at fixed parameter towards smaller ones
        row, length = -row, -length

    def sample(i: int, s: float) -> Sample:
        return Sample(s, path.points[i], path.tangents[i], path.eigenvalues[i], path.events[i])

    return Step(curve, control, k, row, sample(k, 0.0), sample(k + 1, length))


@quick_jit
def _velocity(family: Any, p: Any) -> Any:
    return family.velocity(p)
