"""Cycles with known answers: orbit, period, multipliers and normal forms in closed form."""

import jax.numpy as jnp


def _ring(z, transverse, turn=1.0):
    """A unit circle in the first two coordinates; (radius − 1, height) obey `transverse`."""
    x, y, height = z
    radius = jnp.sqrt(x * x + y * y)
    cosine, sine = x / radius, y / radius
    growth, lift, angular = transverse(radius - 1, height, cosine, sine)
    spin = turn + angular
    return jnp.array([growth * cosine - spin * y, growth * sine + spin * x, lift])


def mobius(z, p):
    """Period doubling at p = 0: T = 2π, multipliers −e^{2πp} and −e^{−2π}, c = −1.

    In a frame that makes half a turn per period, ξ' = pξ − ξ³ and η' = −η; the doubled cycle has
    ξ = √p.
    """

    def transverse(rho, height, cosine, sine):
        # Projectors on the turning axes: products of half-angle functions are smooth.
        along = jnp.array([[1 + cosine, sine], [sine, 1 - cosine]]) / 2
        here = jnp.array([rho, height])
        xi = along @ here
        turning = jnp.array([-height, rho]) / 2
        growth, lift = (p - xi @ xi) * xi - (here - xi) + turning
        return growth, lift, 0.0

    return _ring(z, transverse)


def torus(z, p):
    """Neimark–Sacker at p = 0: T = 2π, multipliers e^{2π(p ± iα)}, α = 0.3.

    ζ' = (p + iα)ζ + (−1 + 0.5i)ζ|ζ|² across a circle that is run through at the speed 1 + 0.4|ζ|²:
    by the phase, d = 2(−1 + 0.5i) − 2·0.4 iα for a mode of unit root mean square.
    """

    def transverse(rho, height, cosine, sine):
        square = rho**2 + height**2
        growth, spin = p - square, 0.3 + 0.5 * square
        return growth * rho - spin * height, growth * height + spin * rho, 0.4 * square

    return _ring(z, transverse)


def pitchfork_of_cycles(z, p):
    """A branch point of cycles at p = 0: the height h obeys h' = ph − h³."""

    def transverse(rho, height, cosine, sine):
        return -rho + height**2 * cosine, p * height - height**3, 0.0

    return _ring(z, transverse)


def fold_of_cycles(z, p):
    """Fold at p = −1/4, r = 1/√2, b = −√2; T = 2π/(1 + 0.3 r²)."""
    x, y = z
    square = x * x + y * y
    growth, spin = p + square - square**2, 1 + 0.3 * square
    return jnp.array([growth * x - spin * y, growth * y + spin * x])


def homoclinic(z, p):
    """Hopf at p = −1; a homoclinic orbit of the saddle at 0 near p = −6/7, λ = 1 + O(ε)."""
    x, y = z
    return jnp.array([y, x - x * x + 0.2 * (p + x) * y])


def roessler(z, c):
    """a = b = 0.2: the cycle doubles its period near c = 2.83."""
    x, y, w = z
    return jnp.array([-y - w, x + 0.2 * y, 0.2 + w * (x - c)])


def van_der_pol(z, p):
    """x'' + x = p x' − x²x': Hopf at p = 0, amplitude 2√p, T = 2π(1 + p²/16 + …)."""
    x, y = z
    return jnp.array([y, (p - x * x) * y - x])
