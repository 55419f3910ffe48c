"""Cycles with known answers: orbit, period, multipliers and normal forms in closed form."""

import diffrax as dfx
import jax.numpy as jnp
import numpy as np

from bifbridge.continuation._families import PlainVelocity
from bifbridge.continuation.jax_engine.cycles import start_from_hopf, start_from_orbit
from bifbridge.normal_forms import hopf_normal_form


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


def circle(field, p, *, radius=1.0, period=2 * np.pi, height=None, intervals=20, degree=4):
    """A start from a circle, as a simulation would give it."""
    turn = np.linspace(0, 1, 401)
    columns = [radius * np.cos(2 * np.pi * turn), radius * np.sin(2 * np.pi * turn)]
    if height is not None:
        columns.append(np.full(401, height))
    states = np.stack(columns, -1)
    return start_from_orbit(field, p, turn * period, states, intervals=intervals, degree=degree)


def hopf_start(field, state, p, frequency, **options):
    """The start at a Hopf point whose place is known."""
    form = hopf_normal_form(
        PlainVelocity(field, jnp.asarray(p, float)), jnp.asarray(state, float), frequency
    )
    return start_from_hopf(field, p, form, **options)


def roessler_start(c, intervals=30):
    """One period of a simulated Rössler orbit, from one upward crossing of y = 0 to the next."""
    solution = dfx.diffeqsolve(
        dfx.ODETerm(lambda t, y, args: roessler(y, c)),
        dfx.Dopri8(),
        0.0,
        300.0,
        0.01,
        jnp.array([1.0, 1.0, 0.0]),
        stepsize_controller=dfx.PIDController(rtol=1e-8, atol=1e-8),
        saveat=dfx.SaveAt(ts=jnp.linspace(280.0, 300.0, 2001)),
        max_steps=10_000,
    )
    times, states = np.asarray(solution.ts), np.asarray(solution.ys)
    up = np.flatnonzero((states[:-1, 1] < 0) & (states[1:, 1] >= 0))
    one = slice(up[0], up[1] + 1)
    return start_from_orbit(roessler, c, times[one], states[one], intervals=intervals)


def crossing_of_cycles(z, p, *, quadratic=0.0, cubic=-1.0):
    """Branch points of cycles at p = 0 with a mode that changes along the cycle.

    The height obeys h' = (p + sin φ)h + bh² + ch³ + (0.5 + 0.3cos φ)ρh, ρ' = −ρ + h²(1 + cos φ).
    """

    def transverse(rho, height, cosine, sine):
        growth = p + sine + (0.5 + 0.3 * cosine) * rho + quadratic * height + cubic * height**2
        return -rho + height**2 * (1 + cosine), growth * height, 0.4 * height**2

    return _ring(z, transverse)
