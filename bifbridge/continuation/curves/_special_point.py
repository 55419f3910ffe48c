"""A special point on a curve of solutions: of one type, whatever is solved."""

from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float

from bifbridge._result import AbstractResult
from bifbridge.continuation.curves._cycle import Cycle
from bifbridge.continuation.curves._solution import SolutionKind
from bifbridge.continuation.curves._solutions import EQUILIBRIUM
from bifbridge.normal_forms import HopfNormalForm


class SpecialPoint(AbstractResult):
    """A bifurcation, or another event, on a curve of solutions.

    Attributes:
        kind: of equilibria "fold", "transcritical", "pitchfork", "branch_point", "hopf",
            "neutral_saddle", or the name of a user's event; of cycles "cycle_fold",
            "period_doubling", "neimark_sacker", "branch_point_of_cycles"; on a curve in two
            parameters one of codimension two, such as "cusp", "bogdanov_takens", "bautin",
            "zero_hopf", "hopf_hopf", "double_zero", "degenerate_transcritical",
            "degenerate_pitchfork", "cusp_of_cycles", "generalised_period_doubling", "chenciner",
            "fold_flip", "resonance_1_1" to "resonance_1_4", "fold_neimark_sacker",
            "flip_neimark_sacker", "double_neimark_sacker"; "unresolved" where several coincide.
        parameter: p.
        state: z*, or where the cycle begins, shape (n,).
        eigenvalues: all of them there, by falling real part; of cycles the multipliers but the
            trivial one, by falling modulus. Shape (k,).
        normal_form: coefficients, of the class that fits the kind: `ScalarNormalForm`,
            `HopfNormalForm`, `CycleNormalForm`, …; None where there are none to have.
        converged: whether the point is located to machine precision by an extended system, not
            only bracketed.
        index: the point of the curve before it.
        jump: change of the number of unstable eigenvalues along the curve.
        multiplicity: how many crossings coincide here; above one the normal form of a simple
            bifurcation does not apply.
        bracket: parameters between which the crossing lies.
        tangent: the curve's own direction: state and parameter, shape (n + 1,), or for a cycle
            the direction of its nodes and of (T, p).
        raw: what another program said of the point in its own words and conventions, by name;
            empty where this package located it itself.
        second_parameter: q on a curve in two parameters, else None.
        frequencies: of the critical pairs at a point of codimension two, shape (0,), (1,) or (2,).
        cycle: the `Cycle` there; None at an equilibrium.
        solution: what is solved along the curve on which the point lies.

    Example:
        See `continuation`.
    """

    kind: str
    parameter: float
    state: Float[np.ndarray, " n"]
    eigenvalues: Complex[np.ndarray, " k"]
    normal_form: Any = None
    converged: bool = True
    index: int = 0
    jump: int = 0
    multiplicity: int = 1
    bracket: tuple[float, float] = (float("nan"), float("nan"))
    tangent: Any = None
    raw: dict[str, Any] = eqx.field(default_factory=dict)
    second_parameter: float | None = None
    frequencies: Float[np.ndarray, " f"] = eqx.field(default_factory=lambda: np.zeros(0))
    cycle: Any = None
    solution: SolutionKind = eqx.field(static=True, default=EQUILIBRIUM)

    @property
    def parameters(self) -> Float[np.ndarray, " d"]:
        """(p,), or (p, q) on a curve in two parameters."""
        second = self.second_parameter
        return np.array([self.parameter] if second is None else [self.parameter, second])

    @property
    def frequency(self) -> float | None:
        """ω at a Hopf point, None elsewhere."""
        form = self.normal_form
        return float(form.frequency) if isinstance(form, HopfNormalForm) else None

    @property
    def period(self) -> Any:
        """The period T of the cycle; None at an equilibrium."""
        return None if self.cycle is None else self.cycle.period

    @property
    def multipliers(self) -> Complex[np.ndarray, " k"]:
        """The eigenvalues, by the name that those of cycles and maps have."""
        return self.eigenvalues

    @property
    def criticality(self) -> str | None:
        """Whether it is supercritical or subcritical, where the normal form says so."""
        return getattr(self.normal_form, "criticality", None)

    def __repr__(self) -> str:
        what = self.kind if self.normal_form is None else repr(self.normal_form)
        where = f"p = {self.parameter:.10g}"
        if self.second_parameter is not None:
            where = f"(p, q) = ({self.parameter:.10g}, {self.second_parameter:.10g})"
        if self.cycle is not None:
            where += f", T = {self.cycle.period:.8g}"
        notes = "" if self.converged else " (not converged)"
        if self.multiplicity > 1:
            notes += f" (multiplicity {self.multiplicity})"
        return f"{what} at {where}{notes}"


def point_on_cycle(kind: str, cycle: Cycle, **more: Any) -> SpecialPoint:
    """A special point at which the solution is a cycle."""
    place: dict[str, Any] = {"parameter": cycle.parameter, **more}
    return SpecialPoint(
        kind, state=cycle.beginning, eigenvalues=cycle.multipliers, cycle=cycle, **place
    )
