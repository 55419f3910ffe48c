"""Cycles as results: one with its period and multipliers, and those of all points of a curve."""

from typing import Any, NamedTuple

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float

from bifbridge.continuation.curves._mesh import evaluate, extremes

#: How far the trivial multiplier may be off before the others are not believed.
RESOLVED = 1e-2


class CyclePoint(NamedTuple):
    """A cycle, its period and the parameters, or a direction in their space.

    Attributes:
        states: node values, shape (I, m, n).
        scalars: (T, p) along a branch, (T, p, q) and possibly more along a curve, shape (k,).
    """

    states: Float[Any, "I m n"]
    scalars: Float[Any, " k"]


class Cycle(eqx.Module):
    """A periodic orbit at one parameter value.

    Attributes:
        parameter: p.
        period: T, in the field's unit of time.
        times: ends of the mesh intervals in units of the period, from 0 to 1, shape (I + 1,).
        nodes: values of the piecewise polynomial, shape (I, m + 1, n).
        multipliers: Floquet multipliers other than the trivial one, by falling modulus,
            shape (n − 1,).
        trivial: the multiplier of the flow's own direction, 1 up to the error of the mesh.

    Example:
        See `continue_cycles`.
    """

    parameter: float
    period: float
    times: Float[np.ndarray, " I1"]
    nodes: Float[np.ndarray, "I m1 n"]
    multipliers: Complex[np.ndarray, " n-1"]
    trivial: float

    def __call__(self, phase: float | np.ndarray) -> np.ndarray:
        """States at given phases.

        Args:
            phase: time over period; taken modulo 1. Any shape.

        Returns:
            States, of shape (*phase.shape, n).
        """
        return evaluate(self.times, self.nodes, np.asarray(np.mod(phase, 1.0)))

    @property
    def beginning(self) -> Float[np.ndarray, " n"]:
        """The state at phase 0."""
        return np.asarray(self.nodes)[0, 0]

    @property
    def maximum(self) -> Float[np.ndarray, " n"]:
        """Largest value of each state."""
        return extremes(self.times, self.nodes, 1.0)

    @property
    def minimum(self) -> Float[np.ndarray, " n"]:
        """Smallest value of each state."""
        return extremes(self.times, self.nodes, -1.0)

    @property
    def unstable(self) -> int:
        """Number of multipliers outside the unit circle, the trivial one apart."""
        return int(np.sum(np.abs(self.multipliers) > 1))

    @property
    def resolved(self) -> bool:
        """Whether the mesh resolves the multipliers: the trivial one is 1 to 1 per cent."""
        return abs(self.trivial - 1) < RESOLVED

    @property
    def stable(self) -> bool:
        """Whether the cycle attracts its neighbourhood."""
        return self.unstable == 0

    def __repr__(self) -> str:
        leading = ", ".join(f"{value:.6g}" for value in self.multipliers[:3])
        return (
            f"Cycle(p = {self.parameter:.10g}, T = {self.period:.10g}, "
            f"{'stable' if self.stable else f'{self.unstable} unstable'}, multipliers {leading})"
        )


class Orbits(eqx.Module):
    """The cycles at the K points of a curve.

    Attributes:
        periods: T, shape (K,).
        maxima: largest value of each state, shape (K, n).
        minima: smallest value of each state, shape (K, n).
        trivial: the trivial multiplier as computed: its distance from 1 measures the mesh.
        times: meshes in units of the period, shape (K, I + 1).
        nodes: piecewise polynomials, shape (K, I, m + 1, n).
    """

    periods: Float[np.ndarray, " K"]
    maxima: Float[np.ndarray, "K n"]
    minima: Float[np.ndarray, "K n"]
    trivial: Float[np.ndarray, " K"]
    times: Float[np.ndarray, "K I1"]
    nodes: Float[np.ndarray, "K I m1 n"]

    @property
    def resolved(self) -> np.ndarray:
        """Where the mesh resolves the multipliers, shape (K,)."""
        return np.abs(self.trivial - 1) < RESOLVED


#: Dimensions of the variables of `Orbits` in files, after that of the points.
ORBIT_DIMENSIONS = {
    "periods": (),
    "maxima": ("state",),
    "minima": ("state",),
    "trivial": (),
    "times": ("mesh",),
    "nodes": ("interval", "node", "state"),
}


def orbits_of(cycles: list[Cycle]) -> Orbits:
    """The orbits of some cycles with meshes of one size."""
    return Orbits(
        np.array([cycle.period for cycle in cycles]),
        np.stack([cycle.maximum for cycle in cycles]),
        np.stack([cycle.minimum for cycle in cycles]),
        np.array([cycle.trivial for cycle in cycles]),
        np.stack([np.asarray(cycle.times) for cycle in cycles]),
        np.stack([np.asarray(cycle.nodes) for cycle in cycles]),
    )


def arrays_of(cycles: list[Cycle]) -> dict[str, Any]:
    """What a curve keeps of its cycles beside their parameters."""
    return {
        "states": np.stack([cycle.beginning for cycle in cycles]),
        "tangents": np.zeros((len(cycles), 0)),
        "eigenvalues": np.stack([np.asarray(cycle.multipliers) for cycle in cycles]),
        "orbits": orbits_of(cycles),
    }


def no_orbits(intervals: int, degree: int, states: int) -> Orbits:
    """The same without cycles."""
    return Orbits(
        np.zeros(0),
        np.zeros((0, states)),
        np.zeros((0, states)),
        np.zeros(0),
        np.zeros((0, intervals + 1)),
        np.zeros((0, intervals, degree + 1, states)),
    )
