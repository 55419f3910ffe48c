"""Points within one step of a curve."""

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from bifbridge._compile import quick_jit
from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine._curve import Corrected, Curve, correct
from bifbridge.continuation.jax_engine._trace import StepControl
from bifbridge.continuation.jax_engine.two_parameter._observe import Observed, observe


class Sample(NamedTuple):
    """A point of the curve within one step.

    Attributes:
        s: distance along the step's row.
        point: (x, q).
        seen: its observations.
    """

    s: float
    point: np.ndarray
    seen: Observed


class Arc(eqx.Module):
    """One step of a curve, which can be sampled anywhere.

    Attributes:
        curve: the curve, with the borders of this step.
        control: the step control.
        states: n.
        index: which step.
        row: what closed the corrector's system.
        start: its first point.
        end: its last point.
    """

    curve: Curve
    control: StepControl
    states: int
    index: int
    row: np.ndarray
    start: Sample
    end: Sample

    def sample(self, s: float, low: Sample, high: Sample) -> Sample | None:
        """The curve's point at a distance between two known ones."""
        share = (s - low.s) / (high.s - low.s)
        guess = low.point + share * (high.point - low.point)
        target = float(self.row @ self.start.point) + s
        found = correct_at(self.curve, self.control, guess, self.row, target)
        if int(found.status) != Status.RUNNING:
            return None
        point = np.asarray(found.point)
        residual: Any = self.curve.residual
        return Sample(s, point, observe(residual, point, self.states))


def correct_at(
    curve: Curve,
    control: StepControl,
    guess: np.ndarray,
    row: np.ndarray,
    target: float,
    iterations: int | None = None,
) -> Corrected:
    """Newton's method on row·y = target, compiled once for all its uses."""
    limit = control.max_iterations if iterations is None else jnp.asarray(iterations)
    point, closing = (jnp.asarray(vector, float) for vector in (guess, row))
    return _correct(curve, point, closing, jnp.asarray(target, float), control.tolerance, limit)


_correct = quick_jit(correct)
