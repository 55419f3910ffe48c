"""What a normal form says about a bifurcation of a cycle."""

from typing import Literal

import equinox as eqx
import numpy as np
from jaxtyping import Inexact

CycleKind = Literal[
    "cycle_fold",
    "period_doubling",
    "neimark_sacker",
    "transcritical_of_cycles",
    "pitchfork_of_cycles",
]


class CycleNormalForm(eqx.Module):
    """The reduced equation at a critical Floquet multiplier, in the coordinate ξ across the cycle.

    With z = u(τ) + ξ v(τ) + … or, for Neimark–Sacker, u(τ) + 2Re(ξ v(τ)) + …, τ the phase in
    units of time, and v of unit root mean square over a period:

    | kind | reduced equation | Poincaré map |
    |---|---|---|
    | cycle fold | dξ/dτ = μ + bξ² | ξ⁺ = ξ + bTξ² |
    | period doubling | dξ/dτ = cξ³, ξ turned over once per period | ξ⁺ = −ξ − cTξ³ |
    | transcritical | dξ/dτ = μξ + bξ² | ξ⁺ = ξ + bTξ² |
    | pitchfork | dξ/dτ = μξ + cξ³ | ξ⁺ = ξ + cTξ³ |
    | Neimark–Sacker | dξ/dτ = i(θ/T)ξ + dξ|ξ|² | ξ⁺ = e^{iθ}ξ(1 + dT|ξ|²) |

    The coefficients do not depend on the point of the cycle at which a section is laid. Iooss,
    J. Differential Equations 76 (1988) 47; Kuznetsov, Govaerts, Doedel and Dhooge, SIAM J. Numer.
    Anal. 43 (2005) 1407, who also count time by dτ/dt = 1 + a|ξ|²: their Neimark–Sacker coefficient
    is d + ia θ/T, with the same real part.

    Attributes:
        kind: which bifurcation.
        coefficient: b, c or d.
        period: T.
        angle: θ in (0, π) for Neimark–Sacker, π for period doubling, else 0.
        mode: v at the nodes of the cycle's mesh (v e^{iθτ/T}, which solves the variational
            equation, for Neimark–Sacker), shape (I, m + 1, n).
        margin: at a branch point |b| over the size of the terms it is made of: a pitchfork of
            cycles where it is below 1e-5; NaN elsewhere.
    """

    kind: CycleKind = eqx.field(static=True)
    coefficient: complex
    period: float
    angle: float
    mode: Inexact[np.ndarray, "I m1 n"]
    margin: float = float("nan")

    @property
    def coefficients(self) -> dict[str, complex]:
        """The coefficient and the angle by the names of tables and files."""
        return {"coefficient": self.coefficient, "angle": self.angle}

    @property
    def map_coefficient(self) -> complex:
        """The coefficient of the Poincaré map's normal form: bT, −cT or dT."""
        return (-1 if self.kind == "period_doubling" else 1) * self.period * self.coefficient

    @property
    def criticality(self) -> Literal["supercritical", "subcritical"] | None:
        """Whether what branches off is stable in the critical direction."""
        if self.kind in {"cycle_fold", "transcritical_of_cycles"}:
            return None
        return "supercritical" if self.coefficient.real < 0 else "subcritical"

    def __repr__(self) -> str:
        c = self.coefficient
        if self.kind == "cycle_fold":
            return f"cycle_fold: dξ/dτ = μ {_signed(c.real)} ξ²"
        if self.kind == "transcritical_of_cycles":
            return f"transcritical_of_cycles: dξ/dτ = μξ {_signed(c.real)} ξ²"
        if self.kind == "pitchfork_of_cycles":
            return f"{self.criticality} pitchfork_of_cycles: dξ/dτ = μξ {_signed(c.real)} ξ³"
        if self.kind == "period_doubling":
            return f"{self.criticality} period_doubling: dξ/dτ = {c.real:.6g} ξ³"
        return (
            f"{self.criticality} neimark_sacker: θ = {self.angle:.6g}, "
            f"dξ/dτ = {self.angle / self.period:.6g}i ξ + ({c.real:.6g}{c.imag:+.6g}i) ξ|ξ|²"
        )


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'} {abs(value):.6g}"
