"""One step of a branch as an arc that can be sampled anywhere, and a bracketed search on it."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax.tree_util as jtu
import numpy as np

from bifbridge._compile import quick_jit
from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine._curve import Curve, correct, oriented
from bifbridge.continuation.jax_engine._details import Described
from bifbridge.continuation.jax_engine._spectra import eigenvalues
from bifbridge.continuation.jax_engine._trace import StepControl, observe

#: Brackets narrower than this share of a step are not searched further.
WIDTH = 1e-12


class Sample(NamedTuple):
    """A point of the branch within one step.

    Attributes:
        s: distance along the step's row.
        point: y, shape (n + 1,).
        tangent: unit tangent, shape (n + 1,).
        eigenvalues: by falling real part.
        events: user's events.
    """

    s: float
    point: np.ndarray
    tangent: np.ndarray
    eigenvalues: np.ndarray
    events: np.ndarray

    @property
    def count(self) -> int:
        """Number of unstable eigenvalues."""
        return int(np.sum(np.real(self.eigenvalues) > 0))

    @property
    def turn(self) -> bool:
        """Whether the parameter grows along the branch."""
        return bool(self.tangent[-1] > 0)


class Event(NamedTuple):
    """A special point on a branch, before its normal form is known.

    Attributes:
        kind: "fold", "branch_point", "hopf", or a user's event.
        point: y.
        frequency: ω at a Hopf point, else 0.
        converged: whether an extended system located it.
        jump: change of the number of unstable eigenvalues.
        multiplicity: crossings that coincide.
        step: index of the step.
        s: distance within it.
        bracket: parameters on both sides.
        tangent: the branch's direction there.
        described: its eigenvalues and normal form, where they are known.
    """

    kind: str
    point: np.ndarray
    frequency: float
    converged: bool
    jump: int
    multiplicity: int
    step: int
    s: float
    bracket: tuple[float, float]
    tangent: np.ndarray
    described: Described | None = None


class Step(NamedTuple):
    """One step of a branch as a parametrised arc, which can be sampled anywhere.

    Attributes:
        curve: the curve.
        control: the step control.
        number: which step.
        row: what closed the corrector's system.
        start: its first point.
        end: its last point.
    """

    curve: Curve
    control: StepControl
    number: int
    row: np.ndarray
    start: Sample
    end: Sample

    def sample(self, s: float) -> Sample:
        """The branch's point at a distance within the step."""
        for shift in (0.0, 1e-6, -1e-6, 1e-4, -1e-4):
            at = s + shift * self.end.s
            guess = hermite(self.start, self.end, at)[0]
            target = self.row @ self.start.point + at
            found = sample_at(
                self.curve, guess, self.row, target, self.end.point - self.start.point, self.control
            )
            point, direction, events, jacobian, status = jtu.tree_map(np.asarray, found)
            values = eigenvalues(jacobian[None, :, :-1])[0]
            if status == Status.RUNNING and np.all(np.isfinite(values)):
                break
        return Sample(at, point, direction, values, events)


def bracketed(
    step: Step, low: Sample, high: Sample, function: Callable[[Sample], float]
) -> Iterator[tuple[Sample, Sample, Sample]]:
    """Illinois steps, and a bisection where they are slow."""
    a, b, fa, fb = low, high, function(low), function(high)
    positive = fb > 0
    for trial in range(100):
        width = b.s - a.s
        share = fa / (fa - fb) if fa != fb else 0.5
        share = 0.5 if trial % 3 == 2 else min(max(share, 1e-3), 1 - 1e-3)
        middle = step.sample(a.s + share * width)
        fm = function(middle)
        if (fm > 0) == positive:
            fa, fb, b = fa / 2, fm, middle
        else:
            fa, fb, a = fm, fb / 2, middle
        yield middle, a, b
        if fm == 0 or b.s - a.s <= WIDTH * step.end.s:
            return


def hermite(start: Sample, end: Sample, s: float) -> tuple[np.ndarray, np.ndarray]:
    """The cubic through both ends of a step with both tangents."""
    chord = end.point - start.point
    u = (s - start.s) / (end.s - start.s)
    size = np.linalg.norm(chord)
    # The tangents are scaled to the row's distance.
    first = start.tangent * size / np.linalg.norm(start.tangent)
    last = end.tangent * size / np.linalg.norm(end.tangent)
    bend = u * (1 - u) * ((1 - u) * (first - chord) - u * (last - chord))
    slope = chord + (1 - u) * (1 - 3 * u) * (first - chord) + u * (3 * u - 2) * (last - chord)
    return start.point + u * chord + bend, slope


@quick_jit
def sample_at(
    curve: Curve, guess: Any, row: Any, target: Any, along: Any, control: StepControl
) -> tuple[Any, Any, Any, Any, Any]:
    """The point of a curve on the hyperplane row·y = target, with all that is known there."""
    found = correct(curve, guess, row, target, control.tolerance, control.max_iterations)
    direction = oriented(curve, found.kernel, along, along)
    events = observe(curve, found.point, found.jacobian)
    return found.point, direction, events, found.jacobian, found.status
