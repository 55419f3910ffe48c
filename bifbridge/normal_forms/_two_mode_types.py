"""Normal forms of equilibria at which two critical modes meet: zero-Hopf and Hopf–Hopf."""

from typing import Literal

import equinox as eqx
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import Scalar, State
from bifbridge.normal_forms._text import complex_text


class ZeroHopfNormalForm(eqx.Module):
    """The cubic normal form at eigenvalues 0 and ±iω, also called fold–Hopf.

    Kuznetsov, section 8.5, and (1999), equations 3.8–3.16:

        ẇ₀ = ½G₂₀₀w₀² + G₀₁₁|w₁|² + ⅙G₃₀₀w₀³ + G₁₁₁w₀|w₁|²
        ẇ₁ = iωw₁ + G₁₁₀w₀w₁ + ½G₂₁₀w₀²w₁ + ½G₀₂₁w₁|w₁|²

    with z = z* + w₀q₀ + 2Re(w₁q₁) + …, |q₀| = |q₁| = 1. Changing the sign of q₀ changes those of
    G₂₀₀, G₀₁₁ and G₁₁₀.

    Attributes:
        state: z*, shape (n,).
        frequency: ω > 0.
        right: q₀; its first component of (nearly) largest size is positive.
        left: p₀, p₀ᵀq₀ = 1.
        right_turning: q₁, Aq₁ = iωq₁, with the same rule.
        left_turning: p₁, p₁ᴴq₁ = 1.
        g200: G₂₀₀.
        g011: G₀₁₁.
        g110: G₁₁₀.
        g300: G₃₀₀.
        g111: G₁₁₁.
        g210: G₂₁₀.
        g021: G₀₂₁.

    Example:
        See `bifurcation_curve`, whose special points carry such forms.
    """

    state: State
    frequency: Scalar
    right: State
    left: State
    right_turning: Complex[Array, " n"]
    left_turning: Complex[Array, " n"]
    g200: Scalar
    g011: Scalar
    g110: Complex[Array, ""]
    g300: Scalar
    g111: Scalar
    g210: Complex[Array, ""]
    g021: Complex[Array, ""]

    @property
    def kind(self) -> Literal["zero_hopf"]:
        """Always "zero_hopf"."""
        return "zero_hopf"

    @property
    def s(self) -> int:
        """The sign of G₂₀₀G₀₁₁: s = 1 has cycles and tori only through quadratic terms."""
        return 1 if float(self.g200 * self.g011) > 0 else -1

    @property
    def theta(self) -> Scalar:
        """θ = Re G₁₁₀/G₂₀₀, which with s chooses one of the four unfoldings."""
        return self.g110.real / self.g200

    @property
    def e(self) -> Scalar:
        """The cubic coefficient e of the form ẇ₁ = iωw₁ + d w₀w₁ + e w₀²w₁, up to a change of time.

        e = ½Re[G₂₁₀ + G₁₁₀(Re G₀₂₁/G₀₁₁ − G₃₀₀/G₂₀₀ + G₁₁₁/G₀₁₁) − G₀₂₁G₂₀₀/(2G₀₁₁)].
        """
        ratio = self.g021.real / self.g011 - self.g300 / self.g200 + self.g111 / self.g011
        inner = self.g210 + self.g110 * ratio - self.g021 * self.g200 / (2 * self.g011)
        return 0.5 * inner.real

    def __repr__(self) -> str:
        return (
            f"zero-Hopf: ω = {float(self.frequency):.6g}, G₂₀₀ = {float(self.g200):.6g}, "
            f"G₀₁₁ = {float(self.g011):.6g}, G₁₁₀ = {complex_text(self.g110)}, s = {self.s:+d}, "
            f"θ = {float(self.theta):.6g}, e = {float(self.e):.6g}"
        )


class HopfHopfNormalForm(eqx.Module):
    """The cubic normal form at two pairs of imaginary eigenvalues.

    Kuznetsov, section 8.6, and (1999), equations 3.17–3.24:

        ẇ₁ = iω₁w₁ + ½G₂₁₀₀w₁|w₁|² + G₁₀₁₁w₁|w₂|²
        ẇ₂ = iω₂w₂ + G₁₁₁₀w₂|w₁|² + ½G₀₀₂₁w₂|w₂|²

    with z = z* + 2Re(w₁q₁ + w₂q₂) + …, |q₁| = |q₂| = 1, ω₁ > ω₂, without resonance kω₁ = lω₂ up
    to k + l = 3 (the classification asks for k + l = 5).

    Attributes:
        state: z*, shape (n,).
        frequencies: (ω₁, ω₂), the larger first, shape (2,).
        rights: q₁ and q₂, shape (2, n).
        lefts: p₁ and p₂, pᴴq = 1 each, shape (2, n).
        g2100: G₂₁₀₀.
        g1011: G₁₀₁₁.
        g1110: G₁₁₁₀.
        g0021: G₀₀₂₁.

    Example:
        See `bifurcation_curve`, whose special points carry such forms.
    """

    state: State
    frequencies: Float[Array, " 2"]
    rights: Complex[Array, "2 n"]
    lefts: Complex[Array, "2 n"]
    g2100: Complex[Array, ""]
    g1011: Complex[Array, ""]
    g1110: Complex[Array, ""]
    g0021: Complex[Array, ""]

    @property
    def kind(self) -> Literal["hopf_hopf"]:
        """Always "hopf_hopf"."""
        return "hopf_hopf"

    @property
    def p11(self) -> Scalar:
        """p₁₁ = ½Re G₂₁₀₀: ṙ₁ = r₁(μ₁ + p₁₁r₁² + p₁₂r₂²)."""
        return 0.5 * self.g2100.real

    @property
    def p12(self) -> Scalar:
        """p₁₂ = Re G₁₀₁₁."""
        return self.g1011.real

    @property
    def p21(self) -> Scalar:
        """p₂₁ = Re G₁₁₁₀: ṙ₂ = r₂(μ₂ + p₂₁r₁² + p₂₂r₂²)."""
        return self.g1110.real

    @property
    def p22(self) -> Scalar:
        """p₂₂ = ½Re G₀₀₂₁."""
        return 0.5 * self.g0021.real

    @property
    def theta(self) -> Scalar:
        """θ = p₁₂/p₂₂."""
        return self.p12 / self.p22

    @property
    def delta(self) -> Scalar:
        """δ = p₂₁/p₁₁."""
        return self.p21 / self.p11

    @property
    def simple(self) -> bool:
        """Whether p₁₁p₂₂ > 0, where no fifth order terms are needed (Kuznetsov's simple case)."""
        return bool(self.p11 * self.p22 > 0)

    def __repr__(self) -> str:
        first, second = (float(value) for value in self.frequencies)
        return (
            f"Hopf–Hopf: ω = {first:.6g}, {second:.6g}, p₁₁ = {float(self.p11):.6g}, "
            f"p₁₂ = {float(self.p12):.6g}, p₂₁ = {float(self.p21):.6g}, "
            f"p₂₂ = {float(self.p22):.6g}"
        )
