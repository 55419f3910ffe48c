"""The reduced equation of a Hopf bifurcation, and how its solutions feel μ and ω."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Complex

from bifbridge._custom_types import Scalar, Times
from bifbridge._short_repr import short_repr
from bifbridge.landscape._entire import log1p_ratio, phi1, phi2


class PlanarSolution(NamedTuple):
    """A solution of the Hopf normal form; NaN from the time at which it has escaped.

    Attributes:
        amplitude: y(t), complex, shape (T,).
        growth_sensitivity: ∂y(t)/∂μ, complex, shape (T,).
        frequency_sensitivity: ∂y(t)/∂ω, complex, shape (T,).

    Example:
        See `HopfEquation`.
    """

    amplitude: Complex[Array, " T"]
    growth_sensitivity: Complex[Array, " T"]
    frequency_sensitivity: Complex[Array, " T"]


class HopfEquation(eqx.Module):
    """ẏ = (μ + iω)y + c₁y|y|² (Kuznetsov, 3.5).

    The radius obeys the pitchfork's equation with c₃ = Re c₁; the phase is
    ωt + Im c₁ ∫|y|² ds, and both ∫|y|² and its derivative are regular at Re c₁ = 0.

    Attributes:
        frequency: ω, in radians per unit of time.
        cubic: c₁, complex.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.landscape import HopfEquation
        >>> equation = HopfEquation(jnp.asarray(1.0), jnp.asarray(-0.5 + 0j))
        >>> found = equation.solution(
        ...     jnp.array([0.0, 3.0]), jnp.asarray(1.0 + 0j), jnp.asarray(0.0)
        ... )
        >>> abs(found.amplitude).round(9)
        Array([1. , 0.5], dtype=float64)
    """

    frequency: Scalar
    cubic: Complex[Array, ""]

    def velocity(self, y: Complex[Array, ""], mu: Scalar) -> Complex[Array, ""]:
        """ẏ.

        Args:
            y: complex amplitude.
            mu: growth rate at y = 0.

        Returns:
            ẏ.
        """
        return (mu + 1j * self.frequency + self.cubic * jnp.abs(y) ** 2) * y

    def solution(self, times: Times, y0: Complex[Array, ""], mu: Scalar) -> PlanarSolution:
        """The solution from y(0) = y₀ and its derivatives with respect to μ and ω.

        Args:
            times: shape (T,), counted from the initial time.
            y0: initial amplitude, complex.
            mu: growth rate at y = 0.

        Returns:
            Amplitude and both sensitivities at the times.
        """
        x, square = mu * times, jnp.abs(y0) ** 2
        scale = jnp.exp(-2 * jnp.maximum(x, 0.0))
        run = 2 * square * times * phi1(2 * x)
        delta = scale - self.cubic.real * run
        delta = jnp.where(delta <= 0, jnp.nan, delta)
        # ∫|y|² ds = −log(1 − Re c₁ run/scale)/(2 Re c₁), and its derivative with respect to μ.
        area = _area(self.cubic.real, run, scale, x)
        area_slope = 2 * square * times**2 * (phi1(2 * x) - phi2(2 * x)) / delta
        phase = self.frequency * times + self.cubic.imag * area
        radius = jnp.exp(jnp.minimum(x, 0.0)) / jnp.sqrt(delta)
        amplitude = y0 * radius * jnp.exp(1j * phase)
        return PlanarSolution(
            amplitude,
            amplitude * (times + self.cubic * area_slope),
            amplitude * (1j * times),
        )

    __repr__ = short_repr


def _area(rate: Scalar, run: Times, scale: Times, x: Times) -> Times:
    """∫₀ᵗ |y|² ds, also where e^{2μt} overflows."""
    safe = jnp.where(scale > 1e-30, scale, 1.0)
    direct = run / safe / 2 * log1p_ratio(-rate * run / safe)
    late = -(jnp.log(jnp.abs(scale - rate * run)) + 2 * jnp.maximum(x, 0.0)) / (
        2 * jnp.where(rate == 0, 1.0, rate)
    )
    return jnp.where(scale > 1e-30, direct, late)
