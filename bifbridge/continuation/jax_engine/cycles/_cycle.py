"""A cycle as a result: its orbit, period, parameter and Floquet multipliers."""

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float

from bifbridge.continuation.jax_engine.cycles._mesh import evaluate, extremes

#: How far the trivial multiplier may be off before the others are not believed.
RESOLVED = 1e-2


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
