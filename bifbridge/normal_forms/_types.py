"""What a normal form says about a bifurcation, as a few numbers and vectors."""

from typing import Literal

import equinox as eqx
import numpy as np
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import ParameterVector, Scalar, State
from bifbridge.normal_forms._text import complex_text, signed

ScalarKind = Literal["fold", "transcritical", "pitchfork", "branch_point"]


class ScalarNormalForm(eqx.Module):
    r"""The reduced equation at one real critical eigenvalue.

    With z = z* + a v + ½a²h₂ + … and a = wᵀ(z − z*), the flow on the centre manifold is

    | kind | reduced equation |
    |---|---|
    | fold | ȧ = μ + b₂a² |
    | transcritical | ȧ = μa + b₂a² |
    | pitchfork | ȧ = μa + c₃a³ |

    Attributes:
        kind: what the coefficients say; "branch_point" where they leave it open.
        state: z*, shape (n,).
        eigenvalue: the critical eigenvalue wᵀAv, near zero.
        right: v, |v| = 1; its first component of (nearly) largest size is positive.
        left: w, wᵀv = 1.
        quadratic: b₂ = ½wᵀB(v,v).
        cubic: c₃ = ⅙wᵀC(v,v,v) + ½wᵀB(v,h₂).
        second_order: h₂, the curvature of the centre manifold, wᵀh₂ = 0.
        unfolding_gradient: ∇θμ over `flatten_parameters(field, names)`, or None.
        margin: decades between the decisive dimensionless ratio and its threshold, at most 16:
            below about 1 the kind is a matter of taste. See `classify`.

    Example:
        See `normal_form`.
    """

    kind: ScalarKind = eqx.field(static=True)
    state: State
    eigenvalue: Scalar
    right: State
    left: State
    quadratic: Scalar
    cubic: Scalar
    second_order: State
    unfolding_gradient: ParameterVector | None
    margin: Scalar

    @property
    def coefficients(self) -> dict[str, Scalar]:
        """b₂, c₃ and the margin by the names of tables and files."""
        return {"b2": self.quadratic, "c3": self.cubic, "margin": self.margin}

    @property
    def criticality(self) -> Literal["supercritical", "subcritical"] | None:
        """Whether a pitchfork's arms are stable in the critical direction (c₃ < 0)."""
        if self.kind != "pitchfork":
            return None
        return "supercritical" if float(self.cubic) < 0 else "subcritical"

    def __repr__(self) -> str:
        b2, c3 = float(self.quadratic), float(self.cubic)
        equation = {
            "fold": f"ȧ = μ {signed(b2)} a²",
            "transcritical": f"ȧ = μa {signed(b2)} a²",
            "pitchfork": f"ȧ = μa {signed(c3)} a³",
            "branch_point": f"ȧ = μa {signed(b2)} a² {signed(c3)} a³",
        }[self.kind]
        name = f"{self.criticality} pitchfork" if self.criticality else self.kind
        return f"{name}: {equation}{_gradient(self.unfolding_gradient)}"


class HopfNormalForm(eqx.Module):
    """The reduced equation ẏ = (μ + iω)y + c₁y|y|², with z = z* + 2Re(y q) + ….

    Attributes:
        state: z*, shape (n,).
        frequency: ω > 0, in radians per unit of time.
        eigenvalue: the critical eigenvalue pᴴAq, near iω.
        right: q, Aq = iωq, |q| = 1; its first component of (nearly) largest size is real and
            positive.
        left: p, Aᵀp = −iωp, pᴴq = 1.
        cubic: c₁ = ½pᴴ[C(q,q,q̄) − 2B(q,A⁻¹B(q,q̄)) + B(q̄,(2iω−A)⁻¹B(q,q))].
        unfolding_gradient: ∇θ Re λ, or None.
        frequency_gradient: ∇θ Im λ, or None.
        margin: decades between |Re c₁|/|c₁|-like degeneracy and its threshold, at most 16.

    Example:
        See `normal_form`.
    """

    state: State
    frequency: Scalar
    eigenvalue: Complex[Array, ""]
    right: Complex[Array, " n"]
    left: Complex[Array, " n"]
    cubic: Complex[Array, ""]
    unfolding_gradient: ParameterVector | None
    frequency_gradient: ParameterVector | None
    margin: Float[Array, ""]

    @property
    def kind(self) -> Literal["hopf"]:
        """Always "hopf"."""
        return "hopf"

    @property
    def coefficients(self) -> dict[str, Array]:
        """c₁, ω, ℓ₁ and the margin by the names of tables and files."""
        return {
            "omega": self.frequency,
            "c1": self.cubic,
            "first_lyapunov": self.first_lyapunov,
            "margin": self.margin,
        }

    @property
    def first_lyapunov(self) -> Scalar:
        """The first Lyapunov coefficient ℓ₁ = Re c₁/ω (Kuznetsov's scaling with |q| = 1)."""
        return self.cubic.real / self.frequency

    @property
    def criticality(self) -> Literal["supercritical", "subcritical"] | None:
        """Whether the cycle that is born is stable in the critical plane (Re c₁ < 0).

        None where Re c₁ vanishes exactly, as in a linear field.
        """
        if float(self.cubic.real) == 0:
            return None
        return "supercritical" if float(self.cubic.real) < 0 else "subcritical"

    def __repr__(self) -> str:
        equation = f"ẏ = (μ + {float(self.frequency):.6g}i)y + ({complex_text(self.cubic)}) y|y|²"
        lyapunov = f"ℓ₁ = {float(self.first_lyapunov):.6g}"
        name = f"{self.criticality or 'degenerate'} Hopf"
        return f"{name}: {equation}, {lyapunov}{_gradient(self.unfolding_gradient)}"


NormalForm = ScalarNormalForm | HopfNormalForm


def _gradient(gradient: ParameterVector | None) -> str:
    return "" if gradient is None else f", |∇θμ| = {float(np.linalg.norm(gradient)):.6g}"
