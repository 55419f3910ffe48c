"""Cycles in two parameters whose bifurcation curves have closed forms.

All are unit circles run through in 2π, with transverse dynamics that do not depend on the phase.
"""

import jax.numpy as jnp

from tests.continuation.cycles.systems import _ring


def bautin(z, p, q):
    """ṙ = pr + qr³ − r⁵: cycle folds on p = −q²/4 for q > 0, which end at (0, 0)."""
    square = z @ z
    growth, spin = p + q * square - square**2, 1 + 0.3 * square
    return growth * z + spin * jnp.array([-z[1], z[0]])


def cusp(z, p, q):
    """ρ' = p + qρ − ρ³ for ρ = r − 1: folds on 27p² = 4q³, a cusp at (0, 0)."""
    radius = jnp.sqrt(z @ z)
    rho = radius - 1
    return (p + q * rho - rho**3) * z / radius + jnp.array([-z[1], z[0]])


def double_one(z, p, q):
    """ξ' = η, η' = p + qη + ξ² + ξη (Bogdanov–Takens): folds on p = 0, 1:1 resonance at (0, 0).

    Neimark–Sacker points on p = −q², q > 0, with θ = 2π√(2q); beyond (0, 0) neutral saddles.
    """

    def transverse(rho, height, cosine, sine):
        return height, p + q * height + rho**2 + rho * height, 0.0

    return _ring(z, transverse)


def moebius(z, growth):
    """A ring whose transverse axes make half a turn per period; `growth` acts in their frame."""

    def transverse(rho, height, cosine, sine):
        # The frame (a, b) turns by half the phase; products of its components are smooth.
        along = jnp.array([[1 + cosine, sine], [sine, 1 - cosine]]) / 2
        across = jnp.array([[-sine, 1 + cosine], [cosine - 1, sine]]) / 2
        here, turning = jnp.array([rho, height]), jnp.array([-height, rho]) / 2
        return *(growth(here, along, across) + turning), 0.0

    return _ring(z, transverse)


def double_minus_one(z, p, q):
    """In the turning frame ξ' = η, η' = pξ + qη − ξ³ − ξ²η: period doublings on p = 0.

    1:2 resonance at (0, 0); Neimark–Sacker points on q = 0, p < 0, with θ = π − 2π√(−p); neutral
    saddles on q = 0, p > 0, with cos θ = −cosh 2π√p.
    """

    def growth(here, along, across):
        # aaᵀ, abᵀ and so on of the frame's vectors: ξa = aaᵀ·here, ηb = bbᵀ·here.
        xi, eta = along @ here, here - along @ here
        xi_b, eta_a = across.T @ xi, across @ eta
        return eta_a + (p - xi @ xi) * xi_b + (q - xi @ xi) * eta

    return moebius(z, growth)


def quintic_doubling(z, p, q):
    """ξ' = pξ + qξ³ − ξ⁵ in the turning frame: period doublings on p = 0, c = q."""

    def growth(here, along, across):
        xi = along @ here
        square = xi @ xi
        return (p + q * square - square**2) * xi - (here - xi)

    return moebius(z, growth)


def fold_flip(z, p, q):
    """Folds of a fourth coordinate, w' = p + w², while the others double at q = 0."""

    def growth(here, along, across):
        xi = along @ here
        return (q - xi @ xi) * xi - (here - xi)

    return jnp.append(moebius(z[:3], growth), p + z[3] ** 2)


def torus(z, p, q):
    """ζ' = (p − q² + iq)ζ + (q − 0.2 + 0.5i)ζ|ζ|² − ζ|ζ|⁴ across the circle.

    Neimark–Sacker points on p = q² with θ = 2πq: 1:4 resonance at q = 1/4, 1:3 at q = 1/3;
    Re d = 2(q − 0.2), so that a Chenciner point lies at q = 0.2.
    """

    def transverse(rho, height, cosine, sine):
        square = rho**2 + height**2
        grow, spin = p - q**2 + (q - 0.2) * square - square**2, q + 0.5 * square
        return grow * rho - spin * height, grow * height + spin * rho, 0.0

    return _ring(z, transverse)
