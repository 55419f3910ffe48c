"""What a continuation of cycles returns."""

from typing import TYPE_CHECKING, Any

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float, Int

from bifbridge.continuation._results import Balance
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine.cycles._cycle import RESOLVED, Cycle
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint
from bifbridge.continuation.jax_engine.cycles._homoclinic import HomoclinicApproach, approach
from bifbridge.continuation.jax_engine.cycles._normal_form_types import CycleNormalForm

if TYPE_CHECKING:
    import pandas
    import xarray

#: Kinds of special points on branches of cycles.
CYCLE_BIFURCATIONS = frozenset({
    "cycle_fold",
    "period_doubling",
    "neimark_sacker",
    "branch_point_of_cycles",
})


class CycleSpecialPoint(eqx.Module):
    """A bifurcation on a branch of cycles.

    Attributes:
        kind: "cycle_fold", "period_doubling", "neimark_sacker", "branch_point_of_cycles", or
            "unresolved" where several coincide.
        cycle: the cycle there, with its multipliers.
        normal_form: coefficients; None where there are none to have.
        converged: whether the test function vanishes there to rounding.
        index: the branch point before it.
        jump: change of the number of unstable multipliers along the branch.
        multiplicity: how many crossings coincide here.
        bracket: parameters between which the crossing was found.
        tangent: the branch's own direction there, at the cycle's nodes and for (T, p).
        raw: what another program said of the point in its own words; empty for this engine's.

    Example:
        See `cycle_bifurcation_curve`, where a cycle fold starts a curve.
    """

    kind: str
    cycle: Cycle
    normal_form: CycleNormalForm | None = None
    converged: bool = True
    index: int = 0
    jump: int = 0
    multiplicity: int = 1
    bracket: tuple[float, float] = (float("nan"), float("nan"))
    tangent: CyclePoint | None = None
    raw: dict[str, Any] = eqx.field(default_factory=dict)

    @property
    def parameter(self) -> float:
        """The parameter p."""
        return self.cycle.parameter

    @property
    def period(self) -> float:
        """The period T."""
        return self.cycle.period

    @property
    def multipliers(self) -> Complex[np.ndarray, " a"]:
        """Floquet multipliers other than the trivial one."""
        return self.cycle.multipliers

    def __repr__(self) -> str:
        what = repr(self.normal_form) if self.normal_form is not None else self.kind
        notes = "" if self.converged else " (not converged)"
        if self.multiplicity > 1:
            notes += f" (multiplicity {self.multiplicity})"
        return f"{what} at p = {self.parameter:.10g}, T = {self.period:.8g}{notes}"


class CycleBranch(eqx.Module):
    """A branch of cycles with everything known at each of its K points.

    Attributes:
        parameters: p, shape (K,).
        periods: T, shape (K,).
        maxima: largest value of each state, shape (K, n).
        minima: smallest value of each state, shape (K, n).
        multipliers: Floquet multipliers but the trivial one, by falling modulus, (K, n − 1).
        trivial: the trivial multiplier as computed: its distance from 1 measures the mesh.
        steps: length of the step to each point, shape (K,).
        iterations: Newton iterations for each point, shape (K,).
        times: meshes in units of the period, shape (K, I + 1).
        nodes: piecewise polynomials, shape (K, I, m + 1, n).
        special_points: in the order of the branch.
        balance: whether they explain all changes of stability.
        status: how the branch ended; the worse of both ends where it was followed both ways.
        ends: how its first and its last end came about.

    Example:
        See `continue_cycles`.
    """

    parameters: Float[np.ndarray, " K"]
    periods: Float[np.ndarray, " K"]
    maxima: Float[np.ndarray, "K n"]
    minima: Float[np.ndarray, "K n"]
    multipliers: Complex[np.ndarray, "K n-1"]
    trivial: Float[np.ndarray, " K"]
    steps: Float[np.ndarray, " K"]
    iterations: Int[np.ndarray, " K"]
    times: Float[np.ndarray, "K I1"]
    nodes: Float[np.ndarray, "K I m1 n"]
    special_points: tuple[CycleSpecialPoint, ...]
    balance: Balance
    status: Status = eqx.field(static=True)
    ends: tuple[Status, Status] = eqx.field(static=True)

    def __len__(self) -> int:
        return self.parameters.size

    def cycle(self, index: int) -> Cycle:
        """One cycle of the branch.

        Args:
            index: which; negative numbers count from the end.

        Returns:
            The cycle.
        """
        return Cycle(
            float(self.parameters[index]),
            float(self.periods[index]),
            self.times[index],
            self.nodes[index],
            self.multipliers[index],
            float(self.trivial[index]),
        )

    @property
    def amplitudes(self) -> Float[np.ndarray, "K n"]:
        """Half the distance between largest and smallest value of each state."""
        return (self.maxima - self.minima) / 2

    @property
    def unstable(self) -> Int[np.ndarray, " K"]:
        """Number of multipliers outside the unit circle, the trivial one apart."""
        return np.sum(np.abs(self.multipliers) > 1, axis=1)

    @property
    def resolved(self) -> np.ndarray:
        """Where the mesh resolves the multipliers; elsewhere no bifurcation is looked for."""
        return np.abs(self.trivial - 1) < RESOLVED

    @property
    def stable(self) -> np.ndarray:
        """Whether each cycle is stable."""
        return self.unstable == 0

    @property
    def homoclinic(self) -> HomoclinicApproach | None:
        """The homoclinic orbit that the last end heads for; None where it does not."""
        return approach(self.parameters, self.periods)

    def to_xarray(self) -> "xarray.Dataset":
        """The branch as a dataset, see `cycles_to_xarray`.

        Returns:
            The dataset.
        """
        from bifbridge.continuation.jax_engine.cycles import _storage  # it imports this module

        return _storage.cycles_to_xarray(self)

    def to_dataframe(self) -> "pandas.DataFrame":
        """The branch as a table, see `cycles_to_dataframe`; needs pandas.

        Returns:
            One row per point.
        """
        from bifbridge.continuation.jax_engine.cycles import _storage  # it imports this module

        return _storage.cycles_to_dataframe(self)

    def __repr__(self) -> str:
        n = self.maxima.shape[1]
        if len(self) == 0:
            return f"Branch of no cycles, n = {n}\n  {self.status.sentence}"
        lines = [
            f"Branch of {len(self)} cycles, n = {n}, "
            f"p from {self.parameters[0]:.6g} to {self.parameters[-1]:.6g}, "
            f"T from {self.periods[0]:.6g} to {self.periods[-1]:.6g}",
            f"  {self.status.sentence}",
            f"  {self.balance!r}",
        ]
        if self.homoclinic is not None:
            lines.append(f"  {self.homoclinic!r}")
        lines += [f"  {k}: {point!r}" for k, point in enumerate(self.special_points)]
        return "\n".join(lines)
