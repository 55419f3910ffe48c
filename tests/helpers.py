"""A library of systems with known answers, for every test that needs one."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from bifbridge.continuation import PlainFamily
from bifbridge.fields import CTRNN


def logistic(x):
    return 1 / (1 + jnp.exp(-x))


def fold(z, p):
    """Fold at p = 0, z = 0; b₂ = −1."""
    return p - z**2


def transcritical(z, p):
    """Transcritical at 0; b₂ = −1."""
    return p * z - z**2


def pitchfork(z, p):
    """Supercritical pitchfork at 0; c₃ = −1."""
    return p * z - z**3


def subcritical_pitchfork(z, p):
    """Pitchfork with c₃ = +1 at 0, folds of the arms at p = −1/4, z = ±1/√2."""
    return p * z + z**3 - z**5


def stuart_landau(z, r):
    """Hopf at r = 0, ω = 2, c₁ = −3 + 1.4i with |q| = 1."""
    x, y = z
    s = x * x + y * y
    return jnp.array([
        r * x - 2 * y + (-1.5 * x - 0.7 * y) * s,
        2 * x + r * y + (-1.5 * y + 0.7 * x) * s,
    ])


def brusselator(z, b):
    """A = 1.5: Hopf at B = 3.25, ω = 1.5, Re c₁ = −0.386364 (−17/44)."""
    x, y = z
    return jnp.array([1.5 - (b + 1) * x + x * x * y, b * x - x * x * y])


def wilson_cowan(z, p):
    """Two Hopf points and two folds, three of them within 0.022."""
    e, i = z
    return jnp.array([-e + logistic(12 * e - 10 * i - 2 + p), -i + logistic(10 * e - 2 * i - 3.5)])


WILSON_COWAN = (
    ("hopf", -0.0277656300),
    ("hopf", 3.1112688660),
    ("fold", 3.1176307906),
    ("fold", 3.0955971806),
)


def fitzhugh_nagumo(z, current):
    """ε = 0.08, a = 0.7, b = 0.8: Hopf where v² = 1 − bε."""
    v, w = z
    return jnp.array([v - v**3 / 3 - w + current, 0.08 * (v + 0.7 - 0.8 * w)])


def lorenz(z, rho):
    """σ = 10, β = 8/3: pitchfork at ρ = 1, subcritical Hopf points at ρ = 470/19."""
    x, y, w = z
    return jnp.array([10 * (y - x), x * (rho - w) - y, x * y - 8 / 3 * w])


def bratu(u, lam):
    """u'' + λ eᵘ = 0 on n interior points: one fold."""
    n = u.size
    left, right = jnp.append(0.0, u[:-1]), jnp.append(u[1:], 0.0)
    return (n + 1) ** 2 * (left - 2 * u + right) + lam * jnp.exp(u)


def hysteresis(z, p):
    """p = z³ − εz with ε = 1e-4: two folds 0.0115 apart in z and 7.7e-7 in p."""
    return p - z**3 + 1e-4 * z


def slope(function, step: float = 4e-5):
    """f'(0) by central differences of fourth order."""
    near = (function(step) - function(-step)) / (2 * step)
    far = (function(2 * step) - function(-2 * step)) / (4 * step)
    return (4 * near - far) / 3


class SymmetricNetwork(NamedTuple):
    """ż = −z + gW tanh z with symmetric W: pitchforks of 0 at g = 1/λ with c₃ = −Σv⁴/3."""

    field: CTRNN
    gains: np.ndarray
    cubics: np.ndarray


def symmetric_network(n: int, seed: int = 1, upper: float = 2.0) -> SymmetricNetwork:
    draw = np.random.default_rng(seed).normal(size=(n, n))
    values, vectors = np.linalg.eigh((draw + draw.T) / 2)
    weights = (vectors * (values / values[-1])) @ vectors.T
    weights = (weights + weights.T) / 2
    values, vectors = np.linalg.eigh(weights)
    crossing = values > 1 / upper
    order = np.argsort(1 / values[crossing])
    cubics = -np.sum(vectors[:, crossing] ** 4, axis=0) / 3
    return SymmetricNetwork(
        CTRNN(jnp.asarray(weights)), (1 / values[crossing])[order], cubics[order]
    )


def hide(core, n: int, dimension: int = 1, seed: int = 0, strength: float = 0.2):
    """f(z, p) = DΦ(y) g(y, p) with y = Φ⁻¹(z): the same dynamics in other coordinates.

    `core(x, p)` acts on the first `dimension` components; the others decay. Φ is made of shears
    and a linear map, so that Φ⁻¹ needs no iteration. The image of the origin is returned too,
    and `hidden_length` gives |DΦ e₁| there.
    """
    rng = np.random.default_rng(seed)
    linear = jnp.asarray(np.linalg.qr(rng.normal(size=(n, n)))[0] @ np.diag(rng.uniform(0.5, 2, n)))
    inverse = jnp.linalg.inv(linear)
    decay = jnp.asarray(rng.uniform(0.5, 2.0, n))
    half = n // 2
    first = jnp.asarray(strength * rng.normal(size=(n - half, half)))
    second = jnp.asarray(strength * rng.normal(size=(half, n - half)))
    offset = jnp.asarray(0.3 * rng.normal(size=n))

    def forward(y):
        a, b = y[:half], y[half:]
        b = b + first @ (a**2 + jnp.sin(a) ** 3)
        a = a + second @ (b**2 + b**3)
        return linear @ jnp.concatenate([a, b]) + offset

    def backward(z):
        y = inverse @ (z - offset)
        a, b = y[:half], y[half:]
        a = a - second @ (b**2 + b**3)
        b = b - first @ (a**2 + jnp.sin(a) ** 3)
        return jnp.concatenate([a, b])

    def velocity(z, p):
        y = backward(z)
        g = (-decay * y).at[:dimension].set(core(y[:dimension], p))
        return jax.jvp(forward, (y,), (g,))[1]

    return PlainFamily(velocity), np.asarray(forward(jnp.zeros(n)))


def hidden_length(n: int, seed: int = 0) -> float:
    """|DΦ e₁| at the origin: the shears are flat there, so the first column of the linear map."""
    rng = np.random.default_rng(seed)
    linear = np.linalg.qr(rng.normal(size=(n, n)))[0] @ np.diag(rng.uniform(0.5, 2, n))
    return float(np.linalg.norm(linear[:, 0]))
