"""What a normal form says about a bifurcation of a fixed point of a map."""

from typing import Literal

import equinox as eqx
from jaxtyping import Array, Complex

from bifbridge._custom_types import ParameterVector, Scalar, State
from bifbridge.normal_forms._text import complex_text

MapKind = Literal["fold", "transcritical", "pitchfork", "branch_point", "flip"]


class MapNormalForm(eqx.Module):
    """The reduced map at one real critical multiplier, +1 or −1, of a fixed point z* = f(z*).

    With z = z* + a v + ½a²h₂ + … and a = wᵀ(z − z*) (Kuznetsov, Elements of Applied Bifurcation
    Theory, 5.4):

    | kind | reduced map | multiplier |
    |---|---|---|
    | fold | a⁺ = a + μ + b₂a² | 1 |
    | transcritical | a⁺ = (1 + μ)a + b₂a² | 1 |
    | pitchfork | a⁺ = (1 + μ)a + c₃a³ | 1 |
    | flip | a⁺ = −(1 + μ)a + c₃a³ | −1 |

    Attributes:
        kind: what the coefficients say (static).
        state: z*, shape (n,).
        multiplier: the critical multiplier, near 1 or −1.
        right: v, |v| = 1; its first component of (nearly) largest size is positive.
        left: w, wᵀv = 1.
        quadratic: b₂ = ½wᵀB(v,v).
        cubic: c₃ = ⅙wᵀC(v,v,v) + ½wᵀB(v,h₂).
        second_order: h₂, with (1 − A)h₂ = B(v,v), bordered where A has the eigenvalue 1.
        unfolding_gradient: ∇θμ over `flatten_parameters(cell, names)`; at a flip −∇θλ.
        margin: decades from the next kind, see `ScalarNormalForm`.

    Example:
        See `map_normal_form`.
    """

    kind: MapKind = eqx.field(static=True)
    state: State
    multiplier: Scalar
    right: State
    left: State
    quadratic: Scalar
    cubic: Scalar
    second_order: State
    unfolding_gradient: ParameterVector | None
    margin: Scalar

    @property
    def criticality(self) -> Literal["supercritical", "subcritical"] | None:
        """Whether what a pitchfork or flip gives birth to is stable in the critical direction."""
        if self.kind not in {"pitchfork", "flip"}:
            return None
        attracting = float(self.cubic) > 0 if self.kind == "flip" else float(self.cubic) < 0
        return "supercritical" if attracting else "subcritical"

    def __repr__(self) -> str:
        b2, c3 = (f"{float(x):+.6g}" for x in (self.quadratic, self.cubic))
        equation = {
            "fold": f"a⁺ = a + μ {b2} a²",
            "transcritical": f"a⁺ = (1 + μ)a {b2} a²",
            "pitchfork": f"a⁺ = (1 + μ)a {c3} a³",
            "branch_point": f"a⁺ = (1 + μ)a {b2} a² {c3} a³",
            "flip": f"a⁺ = −(1 + μ)a {c3} a³",
        }[self.kind]
        return f"{f'{self.criticality} ' if self.criticality else ''}{self.kind}: {equation}"


class NeimarkSackerNormalForm(eqx.Module):
    """y⁺ = e^{iω}y(1 + μ + c₁|y|²), with z = z* + 2Re(y q) + … (Kuznetsov, 5.4).

    Attributes:
        state: z*, shape (n,).
        frequency: ω in (0, π), in radians per step.
        multiplier: the critical multiplier, near e^{iω}.
        right: q, Aq = e^{iω}q, |q| = 1, with the phase rule of `HopfNormalForm`.
        left: p, pᴴq = 1.
        cubic: c₁ = ½e^{−iω}pᴴ[C(q,q,q̄) + 2B(q,(1−A)⁻¹B(q,q̄)) + B(q̄,(e^{2iω}−A)⁻¹B(q,q))].
        unfolding_gradient: ∇θμ = Re(e^{−iω}∇θλ), or None.
        frequency_gradient: ∇θω = Im(e^{−iω}∇θλ), or None.
        resonance: least |e^{ikω} − 1| for k = 1 … 4: where it is small, terms that the form leaves
            out are as large as c₁.

    Example:
        See `map_normal_form`.
    """

    state: State
    frequency: Scalar
    multiplier: Complex[Array, ""]
    right: Complex[Array, " n"]
    left: Complex[Array, " n"]
    cubic: Complex[Array, ""]
    unfolding_gradient: ParameterVector | None
    frequency_gradient: ParameterVector | None
    resonance: Scalar

    @property
    def kind(self) -> Literal["neimark_sacker"]:
        """Always "neimark_sacker"."""
        return "neimark_sacker"

    @property
    def criticality(self) -> Literal["supercritical", "subcritical"]:
        """Whether the invariant circle that is born attracts (Re c₁ < 0)."""
        return "supercritical" if float(self.cubic.real) < 0 else "subcritical"

    def __repr__(self) -> str:
        return (
            f"{self.criticality} Neimark-Sacker: ω = {float(self.frequency):.6g}, "
            f"c₁ = {complex_text(self.cubic)}"
        )
