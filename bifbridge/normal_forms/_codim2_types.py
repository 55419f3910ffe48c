"""Normal forms of equilibria at points of codimension two.

The conventions are those of Kuznetsov, *Elements of Applied Bifurcation Theory* (Springer, 3rd
edition 2004), chapter 8, and of Kuznetsov, "Numerical normalization techniques for all codim 2
bifurcations of equilibria in ODE's", SIAM J. Numer. Anal. 36 (1999) 1104–1124. Critical right
eigenvectors have unit 2-norm and left ones are scaled by their product with them.
"""

from typing import Literal

import equinox as eqx
from jaxtyping import Array, Complex

from bifbridge._custom_types import Scalar, State
from bifbridge.normal_forms._text import complex_text, signed
from bifbridge.normal_forms._two_mode_types import HopfHopfNormalForm, ZeroHopfNormalForm


class CuspNormalForm(eqx.Module):
    """The reduced equation ẇ = β₁ + β₂w + c w³ at a zero eigenvalue with b₂ = 0.

    Kuznetsov, section 8.2. Along the fold curve, 27 β₁² c = −4 β₂³ near the point.

    Attributes:
        state: z*, shape (n,).
        eigenvalue: the critical eigenvalue, near zero.
        right: v, |v| = 1; its first component of (nearly) largest size is positive.
        left: w, wᵀv = 1.
        quadratic: b₂ = ½wᵀB(v,v), near zero: how well the point is located.
        cubic: c = ⅙wᵀ[C(v,v,v) + 3B(v,h₂)], Ah₂ = −B(v,v) + (wᵀB(v,v))v, wᵀh₂ = 0.

    Example:
        See `bifurcation_curve`, whose special points carry such forms.
    """

    state: State
    eigenvalue: Scalar
    right: State
    left: State
    quadratic: Scalar
    cubic: Scalar

    @property
    def kind(self) -> Literal["cusp"]:
        """Always "cusp"."""
        return "cusp"

    def __repr__(self) -> str:
        return f"cusp: ẇ = β₁ + β₂w {signed(self.cubic)} w³"


class BogdanovTakensNormalForm(eqx.Module):
    """ẇ₀ = w₁, ẇ₁ = β₁ + β₂w₀ + a w₀² + b w₀w₁ at a double zero eigenvalue.

    Kuznetsov, section 8.4 and (1999), equations 3.1–3.4: Aq₀ = 0, Aq₁ = q₀, Aᵀp₁ = 0, Aᵀp₀ = p₁,
    |q₀| = 1, q₀ᵀq₁ = 0, p₀ᵀq₀ = p₁ᵀq₁ = 1, p₀ᵀq₁ = p₁ᵀq₀ = 0. Changing the sign of q₀ changes
    those of both a and b.

    Attributes:
        state: z*, shape (n,).
        right: q₀; its first component of (nearly) largest size is positive.
        generalised: q₁.
        left: p₁.
        left_generalised: p₀.
        quadratic: a = ½p₁ᵀB(q₀,q₀).
        mixed: b = p₀ᵀB(q₀,q₀) + p₁ᵀB(q₀,q₁).

    Example:
        See `bifurcation_curve`, whose special points carry such forms.
    """

    state: State
    right: State
    generalised: State
    left: State
    left_generalised: State
    quadratic: Scalar
    mixed: Scalar

    @property
    def kind(self) -> Literal["bogdanov_takens"]:
        """Always "bogdanov_takens"."""
        return "bogdanov_takens"

    @property
    def criticality(self) -> Literal["supercritical", "subcritical"]:
        """Whether the cycles born along the Hopf curve nearby are stable in the plane (ab < 0)."""
        return "supercritical" if float(self.quadratic * self.mixed) < 0 else "subcritical"

    def __repr__(self) -> str:
        return (
            f"Bogdanov–Takens: ẇ₁ = β₁ + β₂w₀ {signed(self.quadratic)} w₀² "
            f"{signed(self.mixed)} w₀w₁, {self.criticality} Hopf nearby"
        )


class BautinNormalForm(eqx.Module):
    """ẇ = (μ + iω)w + c₁w|w|² + c₂w|w|⁴ where Re c₁ = 0, with z = z* + 2Re(wq) + ….

    Kuznetsov, section 8.3, and (1999), equations 3.5–3.7: ℓ₁ = Re c₁/ω, ℓ₂ = Re c₂/ω, |q| = 1.
    Other programs leave out the division by ω or multiply c₂ by 12.

    Attributes:
        state: z*, shape (n,).
        frequency: ω > 0.
        right: q, Aq = iωq, |q| = 1; its first component of (nearly) largest size is positive.
        left: p, Aᵀp = −iωp, pᴴq = 1.
        cubic: c₁, whose real part is near zero.
        quintic: c₂; its real part is independent of coordinates where Re c₁ = 0.

    Example:
        See `bifurcation_curve`, whose special points carry such forms.
    """

    state: State
    frequency: Scalar
    right: Complex[Array, " n"]
    left: Complex[Array, " n"]
    cubic: Complex[Array, ""]
    quintic: Complex[Array, ""]

    @property
    def kind(self) -> Literal["bautin"]:
        """Always "bautin" (also called generalised Hopf)."""
        return "bautin"

    @property
    def first_lyapunov(self) -> Scalar:
        """ℓ₁ = Re c₁/ω."""
        return self.cubic.real / self.frequency

    @property
    def second_lyapunov(self) -> Scalar:
        """ℓ₂ = Re c₂/ω."""
        return self.quintic.real / self.frequency

    def __repr__(self) -> str:
        return (
            f"Bautin: ω = {float(self.frequency):.6g}, c₁ = {complex_text(self.cubic)}, "
            f"c₂ = {complex_text(self.quintic)}, ℓ₂ = {float(self.second_lyapunov):.6g}"
        )


CodimTwoNormalForm = (
    CuspNormalForm
    | BogdanovTakensNormalForm
    | BautinNormalForm
    | ZeroHopfNormalForm
    | HopfHopfNormalForm
)
