"""What a two-parameter continuation returns: a curve of bifurcations and its special points."""

from typing import TYPE_CHECKING, Any, Literal

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Complex, Float, Int

from bifbridge.continuation._status import Status
from bifbridge.normal_forms import CodimTwoNormalForm

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

CurveKind = Literal["fold", "hopf", "branch_point"]


class CodimTwoPoint(eqx.Module):
    """A bifurcation of codimension two on a curve of bifurcations.

    Attributes:
        kind: "cusp", "bogdanov_takens", "bautin", "zero_hopf", "hopf_hopf"; on a curve of branch
            points also "double_zero" (a second real eigenvalue vanishes),
            "degenerate_transcritical" (b₂ changes sign) and "degenerate_pitchfork" (c₃ does).
        parameters: (p, q).
        state: z*, shape (n,).
        eigenvalues: all of them there, by falling real part, shape (n,).
        normal_form: coefficients; None where there are none to have.
        frequencies: of the critical pairs, shape (0,), (1,) or (2,).
        converged: whether an augmented system located the point to machine precision, not only
            a bracket.
        index: the point of the curve before it.
        raw: what another program said of the point in its own words; empty for this engine's.

    Example:
        See `bifurcation_curve`.
    """

    kind: str
    parameters: Float[np.ndarray, " 2"]
    state: Float[np.ndarray, " n"]
    eigenvalues: Complex[np.ndarray, " n"]
    normal_form: CodimTwoNormalForm | None
    frequencies: Float[np.ndarray, " k"]
    converged: bool
    index: int
    raw: dict[str, Any] = eqx.field(default_factory=dict)

    @property
    def parameter(self) -> float:
        """The first parameter p."""
        return float(self.parameters[0])

    @property
    def second_parameter(self) -> float:
        """The second parameter q."""
        return float(self.parameters[1])

    def __repr__(self) -> str:
        what = self.kind if self.normal_form is None else repr(self.normal_form)
        p, q = (float(value) for value in self.parameters)
        note = "" if self.converged else " (not converged)"
        return f"{what} at (p, q) = ({p:.10g}, {q:.10g}){note}"


class BifurcationCurve(eqx.Module):
    """A curve of folds, Hopf points or branch points in two parameters, K points long.

    Attributes:
        kind: what lies on it. A "hopf" curve may run on as one of neutral saddles.
        parameters: (p, q), shape (K, 2).
        states: z, shape (K, n).
        tangents: unit tangents of (z, p, …, q) in the arclength norm, shape (K, m).
        eigenvalues: by falling real part, shape (K, n).
        steps: length of the step to each point, shape (K,).
        iterations: Newton iterations for each point, shape (K,).
        tests: the test functions, each of shape (K,): "quadratic" (½ψᵀB(φ,φ)) and "product"
            (ψᵀφ) on a fold curve; "frequency_squared" (ω², negative on neutral saddles) and
            "first_lyapunov" (NaN there) on a Hopf curve; "quadratic", "cubic" (c₃) and
            "imperfection" (β) on a curve of branch points.
        special_points: in the order of the curve.
        unresolved: changes of stability beside the critical eigenvalues that no special point
            explains.
        status: the worse of both ends.
        ends: how both ends came about.

    Example:
        See `bifurcation_curve`.
    """

    kind: CurveKind = eqx.field(static=True)
    parameters: Float[np.ndarray, "K 2"]
    states: Float[np.ndarray, "K n"]
    tangents: Float[np.ndarray, "K m"]
    eigenvalues: Complex[np.ndarray, "K n"]
    steps: Float[np.ndarray, " K"]
    iterations: Int[np.ndarray, " K"]
    tests: dict[str, Any]
    special_points: tuple[CodimTwoPoint, ...]
    unresolved: int
    status: Status = eqx.field(static=True)
    ends: tuple[Status, Status] = eqx.field(static=True)

    @property
    def neutral(self) -> Bool[np.ndarray, " K"]:
        """Where a Hopf curve consists of neutral saddles, which are no bifurcations; shape (K,)."""
        if self.kind != "hopf":
            return np.zeros(len(self), bool)
        return np.asarray(self.tests["frequency_squared"]) <= 0

    @property
    def frequencies(self) -> Float[np.ndarray, " K"]:
        """ω along a Hopf curve, NaN on neutral saddles and on other curves; shape (K,)."""
        if self.kind != "hopf":
            return np.full(len(self), np.nan)
        square = np.asarray(self.tests["frequency_squared"])
        return np.sqrt(np.where(square > 0, square, np.nan))

    def __len__(self) -> int:
        return self.parameters.shape[0]

    def __repr__(self) -> str:
        names = {"fold": "folds", "hopf": "Hopf points", "branch_point": "branch points"}
        lines = [f"Curve of {len(self)} {names[self.kind]}, n = {self.states.shape[1]}"]
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

    def to_xarray(self) -> "xr.Dataset":
        """The curve as a dataset, see `curve_to_xarray`.

        Returns:
            The dataset.
        """
        from bifbridge.continuation.jax_engine.two_parameter import _storage  # it imports this

        return _storage.curve_to_xarray(self)

    def to_dataframe(self) -> "pd.DataFrame":
        """The curve as a table, see `curve_to_dataframe`; needs pandas.

        Returns:
            One row per point.
        """
        from bifbridge.continuation.jax_engine.two_parameter import _storage  # it imports this

        return _storage.curve_to_dataframe(self)
