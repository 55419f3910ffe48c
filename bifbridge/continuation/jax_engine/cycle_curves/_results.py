"""What a continuation of cycle bifurcations returns: a curve and its special points."""

from typing import TYPE_CHECKING

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Complex, Float, Int

from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine.cycle_curves._critical import CycleCurveKind
from bifbridge.continuation.jax_engine.cycles._cycle import Cycle

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_PLURALS = {
    "cycle_fold": "cycle folds",
    "period_doubling": "period doublings",
    "neimark_sacker": "Neimark–Sacker points",
}


class CycleCodimTwoPoint(eqx.Module):
    """A bifurcation of codimension two of cycles.

    Attributes:
        kind: on a curve of folds "cusp_of_cycles", "resonance_1_1", "fold_flip",
            "fold_neimark_sacker"; of period doublings "generalised_period_doubling" (c changes
            sign), "resonance_1_2", "fold_flip", "flip_neimark_sacker"; of Neimark–Sacker points
            "resonance_1_1" to "resonance_1_4", "chenciner" (Re d changes sign),
            "fold_neimark_sacker", "flip_neimark_sacker", "double_neimark_sacker".
        parameters: (p, q).
        cycle: the cycle there, with its multipliers.
        converged: whether the test function vanishes there to rounding.
        index: the point of the curve before it.

    Example:
        See `cycle_bifurcation_curve`, whose curves hold them in `special_points`.
    """

    kind: str
    parameters: Float[np.ndarray, " 2"]
    cycle: Cycle
    converged: bool
    index: int

    @property
    def parameter(self) -> float:
        """The first parameter p."""
        return float(self.parameters[0])

    @property
    def second_parameter(self) -> float:
        """The second parameter q."""
        return float(self.parameters[1])

    @property
    def period(self) -> float:
        """The period T."""
        return self.cycle.period

    @property
    def multipliers(self) -> Complex[np.ndarray, " a"]:
        """Floquet multipliers other than the trivial one."""
        return self.cycle.multipliers

    def __repr__(self) -> str:
        p, q = (float(value) for value in self.parameters)
        note = "" if self.converged else " (not converged)"
        return f"{self.kind} at (p, q) = ({p:.10g}, {q:.10g}), T = {self.period:.8g}{note}"


class CycleBifurcationCurve(eqx.Module):
    """A curve of cycle bifurcations in two parameters, K points long.

    Attributes:
        kind: what lies on it. A "neimark_sacker" curve may run on as one of neutral saddles.
        parameters: (p, q), shape (K, 2).
        periods: T, shape (K,).
        maxima: largest value of each state, shape (K, n).
        minima: smallest value of each state, shape (K, n).
        multipliers: Floquet multipliers but the trivial one, by falling modulus, (K, n − 1).
        trivial: the trivial multiplier as computed: its distance from 1 measures the mesh.
        steps: length of the step to each point, shape (K,).
        iterations: Newton iterations for each point, shape (K,).
        times: meshes in units of the period, shape (K, I + 1).
        nodes: piecewise polynomials, shape (K, I, m + 1, n).
        tests: each of shape (K,): "quadratic" (½ψᵀB(v,v) with unit vectors) and "product" (ψᵀv)
            on a curve of folds; "product" and "coefficient" (c of the normal form) of period
            doublings; "cosine" (cos θ) and "coefficient" (Re d) of Neimark–Sacker points.
        special_points: in the order of the curve.
        unresolved: changes of stability beside the critical multipliers that no special point
            explains.
        status: the worse of both ends.
        ends: how both ends came about.

    Example:
        See `cycle_bifurcation_curve`.
    """

    kind: CycleCurveKind = eqx.field(static=True)
    parameters: Float[np.ndarray, "K 2"]
    periods: Float[np.ndarray, " K"]
    maxima: Float[np.ndarray, "K n"]
    minima: Float[np.ndarray, "K n"]
    multipliers: Complex[np.ndarray, "K n-1"]
    trivial: Float[np.ndarray, " K"]
    steps: Float[np.ndarray, " K"]
    iterations: Int[np.ndarray, " K"]
    times: Float[np.ndarray, "K I1"]
    nodes: Float[np.ndarray, "K I m1 n"]
    tests: dict[str, Float[np.ndarray, " K"]]
    special_points: tuple[CycleCodimTwoPoint, ...]
    unresolved: int
    status: Status = eqx.field(static=True)
    ends: tuple[Status, Status] = eqx.field(static=True)

    def __len__(self) -> int:
        return self.parameters.shape[0]

    def cycle(self, index: int) -> Cycle:
        """One cycle of the curve.

        Args:
            index: which; negative numbers count from the end.

        Returns:
            The cycle; its parameter is the first one.
        """
        return Cycle(
            float(self.parameters[index, 0]),
            float(self.periods[index]),
            self.times[index],
            self.nodes[index],
            self.multipliers[index],
            float(self.trivial[index]),
        )

    @property
    def neutral(self) -> Bool[np.ndarray, " K"]:
        """Where a Neimark–Sacker curve consists of neutral saddles, which are no bifurcations."""
        if self.kind != "neimark_sacker":
            return np.zeros(len(self), bool)
        return np.abs(self.tests["cosine"]) > 1

    @property
    def angles(self) -> Float[np.ndarray, " K"]:
        """θ along a Neimark–Sacker curve, NaN on neutral saddles and on other curves."""
        if self.kind != "neimark_sacker":
            return np.full(len(self), np.nan)
        return np.arccos(np.where(self.neutral, np.nan, self.tests["cosine"]))

    def to_xarray(self) -> "xr.Dataset":
        """The curve as a dataset, see `cycle_curve_to_xarray`.

        Returns:
            The dataset.
        """
        from bifbridge.continuation.jax_engine.cycle_curves import _storage  # it imports this

        return _storage.cycle_curve_to_xarray(self)

    def to_dataframe(self) -> "pd.DataFrame":
        """The curve as a table, see `cycle_curve_to_dataframe`; needs pandas.

        Returns:
            One row per point.
        """
        from bifbridge.continuation.jax_engine.cycle_curves import _storage  # it imports this

        return _storage.cycle_curve_to_dataframe(self)

    def __repr__(self) -> str:
        lines = [f"Curve of {len(self)} {_PLURALS[self.kind]}, n = {self.maxima.shape[1]}"]
        if len(self):
            (p0, q0), (p1, q1) = self.parameters[0], self.parameters[-1]
            lines[0] += f", (p, q) from ({p0:.6g}, {q0:.6g}) to ({p1:.6g}, {q1:.6g})"
        lines.append(f"  {self.status.sentence}")
        if np.any(self.neutral):
            lines.append(f"  {int(np.sum(self.neutral))} of them are neutral saddles.")
        if self.unresolved:
            lines.append(f"  {self.unresolved} changes of stability are not explained.")
        lines += [f"  {k}: {point!r}" for k, point in enumerate(self.special_points)]
        return "\n".join(lines)
