"""What a continuation returns: a branch with its special points and its balance."""

from typing import TYPE_CHECKING, Any, NamedTuple

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float, Int

from bifbridge.continuation._status import Status
from bifbridge.normal_forms import HopfNormalForm, NormalForm

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class SpecialPoint(eqx.Module):
    """A bifurcation, or another event, on a branch.

    Attributes:
        kind: "fold", "transcritical", "pitchfork", "branch_point", "hopf", "neutral_saddle",
            "endpoint", or the name of a user's event.
        parameter: p.
        state: z*, shape (n,).
        eigenvalues: all of them there, by falling real part, shape (n,).
        normal_form: coefficients; None where there are none to have.
        converged: whether the point is located to machine precision by an extended system, not
            only bracketed.
        index: the branch point before it.
        jump: change of the number of unstable eigenvalues along the branch.
        multiplicity: how many crossings coincide here; above one the normal form of a simple
            bifurcation does not apply.
        bracket: parameters between which the crossing lies.
        tangent: the branch's own direction (state and parameter), shape (n + 1,).
        raw: what another program said of the point in its own words and conventions, by name;
            empty where this package located it itself.

    Example:
        See `continuation`.
    """

    kind: str
    parameter: float
    state: Float[np.ndarray, " n"]
    eigenvalues: Complex[np.ndarray, " k"]
    normal_form: NormalForm | None = None
    converged: bool = True
    index: int = 0
    jump: int = 0
    multiplicity: int = 1
    bracket: tuple[float, float] = (float("nan"), float("nan"))
    tangent: Float[np.ndarray, " n+1"] | None = None
    raw: dict[str, Any] = eqx.field(default_factory=dict)

    @property
    def frequency(self) -> float | None:
        """ω at a Hopf point, None elsewhere."""
        form = self.normal_form
        return float(form.frequency) if isinstance(form, HopfNormalForm) else None

    def __repr__(self) -> str:
        what = repr(self.normal_form) if self.normal_form is not None else self.kind
        notes = "" if self.converged else " (not converged)"
        if self.multiplicity > 1:
            notes += f" (multiplicity {self.multiplicity})"
        return f"{what} at p = {self.parameter:.10g}{notes}"


class Balance(NamedTuple):
    """Whether the located points explain every change of stability.

    Attributes:
        unstable_start: unstable eigenvalues at the first point.
        unstable_end: the same at the last point.
        located: eigenvalues whose crossing was located (a Hopf point counts two).
        unresolved: crossings that were bracketed but not located to precision.
        explained: whether start plus all jumps gives the end.

    Example:
        See `continuation`.
    """

    unstable_start: int
    unstable_end: int
    located: int
    unresolved: int
    explained: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is missing and nothing unresolved."""
        return self.explained and self.unresolved == 0

    def __repr__(self) -> str:
        text = (
            f"unstable {self.unstable_start} → {self.unstable_end}, "
            f"{self.located} crossings located"
        )
        if self.unresolved:
            text += f", {self.unresolved} unresolved"
        return text if self.explained else text + ", NOT balanced"


class Branch(eqx.Module):
    """A branch of equilibria with everything known at each of its K points.

    Attributes:
        parameters: p, shape (K,).
        states: z, shape (K, n).
        tangents: unit tangents (state and parameter) in the arclength norm, shape (K, n + 1).
        eigenvalues: by falling real part, shape (K, n).
        steps: length of the step to each point, shape (K,).
        iterations: Newton iterations for each point, shape (K,).
        special_points: in the order of the branch.
        balance: whether they explain all changes of stability.
        status: how the branch ended; the worse of both ends where it was followed both ways.
        ends: how its first and its last end came about.
        events: values of the user's events at each point, by name, each of shape (K,).

    Example:
        See `continuation`.
    """

    parameters: Float[np.ndarray, " K"]
    states: Float[np.ndarray, "K n"]
    tangents: Float[np.ndarray, "K n+1"]
    eigenvalues: Complex[np.ndarray, "K k"]
    steps: Float[np.ndarray, " K"]
    iterations: Int[np.ndarray, " K"]
    special_points: tuple[SpecialPoint, ...]
    balance: Balance
    status: Status = eqx.field(static=True)
    ends: tuple[Status, Status] = eqx.field(static=True)
    events: dict[str, Any] = eqx.field(default_factory=dict)

    @property
    def unstable(self) -> Int[np.ndarray, " K"]:
        """Number of eigenvalues with positive real part at each point, shape (K,)."""
        return np.sum(np.real(self.eigenvalues) > 0, axis=1)

    @property
    def stable(self) -> np.ndarray:
        """Whether each point is stable, shape (K,)."""
        return self.unstable == 0

    @property
    def bifurcations(self) -> tuple[SpecialPoint, ...]:
        """The special points at which stability or the number of solutions changes."""
        return tuple(point for point in self.special_points if point.kind in BIFURCATIONS)

    def to_xarray(self) -> "xr.Dataset":
        """The branch as a dataset, see `branch_to_xarray`.

        Returns:
            The dataset.
        """
        from bifbridge.continuation._storage import branch_to_xarray  # it imports this module

        return branch_to_xarray(self)

    def to_dataframe(self) -> "pd.DataFrame":
        """The branch as a table, see `branch_to_dataframe`; needs pandas.

        Returns:
            One row per point.
        """
        from bifbridge.continuation._storage import branch_to_dataframe  # it imports this module

        return branch_to_dataframe(self)

    def __len__(self) -> int:
        return self.parameters.size

    def __repr__(self) -> str:
        if len(self) == 0:
            return (
                f"Branch without equilibria, n = {self.states.shape[1]}\n  {self.status.sentence}"
            )
        lines = [
            f"Branch of {len(self)} equilibria, n = {self.states.shape[1]}, "
            f"p from {self.parameters[0]:.6g} to {self.parameters[-1]:.6g}",
            f"  {self.status.sentence}",
            f"  {self.balance!r}",
        ]
        lines += [f"  {k}: {point!r}" for k, point in enumerate(self.special_points)]
        return "\n".join(lines)


#: Kinds of special points that are bifurcations.
BIFURCATIONS = frozenset({"fold", "transcritical", "pitchfork", "branch_point", "hopf"})
