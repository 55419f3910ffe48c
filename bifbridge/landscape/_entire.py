"""Entire functions behind the closed forms, evaluated without cancellation or overflow.

Each is multiplied by a stated exponential, so that a solution that has run for hundreds of time
constants is still finite.
"""

from math import factorial

import jax.numpy as jnp
from jaxtyping import Array, Float

_TERMS = 19


def phi1(y: Float[Array, "*s"]) -> Float[Array, "*s"]:
    """φ₁(y) e^{−max(y,0)} with φ₁(y) = (eʸ − 1)/y."""
    safe = jnp.where(y == 0, 1.0, -jnp.abs(y))
    return jnp.where(y == 0, 1.0, jnp.expm1(safe) / safe)


def phi2(y: Float[Array, "*s"]) -> Float[Array, "*s"]:
    """φ₂(y) e^{−max(y,0)} with φ₂(y) = (eʸ − 1 − y)/y²."""
    small = jnp.abs(y) < 1
    near, far = jnp.where(small, y, 0.0), jnp.where(small, 1.0, y)
    grown = -jnp.expm1(-jnp.abs(far)) - far * jnp.exp(-jnp.abs(far))
    decayed = jnp.expm1(-jnp.abs(far)) - far
    series = _series(near, [1 / factorial(j + 2) for j in range(_TERMS)])
    scale = jnp.exp(-jnp.maximum(near, 0.0))
    return jnp.where(small, series * scale, jnp.where(far > 0, grown, decayed) / far**2)


def stumpff(
    q: Float[Array, "*s"],
) -> tuple[Float[Array, "*s"], Float[Array, "*s"], Float[Array, "*s"]]:
    """Stumpff functions c₀(q), c₁(q), c₃(q), each times e^{−√max(−q,0)}."""
    # c₀ = cos √q, c₁ = sin √q/√q and c₃ = (1 − c₁)/q, continued to q ≤ 0 by the hyperbolic
    # functions (Battin, An Introduction to the Mathematics and Methods of Astrodynamics, 4.5).
    small = jnp.abs(q) < 1
    near, far = jnp.where(small, q, 0.0), jnp.where(small, 1.0, q)
    scale = jnp.exp(-jnp.sqrt(jnp.maximum(-near, 0.0) + (near >= 0)) + (near >= 0))
    close = [
        _series(-near, [1 / factorial(2 * j + k) for j in range(_TERMS)]) * scale for k in (0, 1, 3)
    ]
    root = jnp.sqrt(jnp.abs(far))
    decay = jnp.where(far > 0, 1.0, jnp.exp(-root))
    wide = -jnp.expm1(-2 * root) / 2
    c0 = jnp.where(far > 0, jnp.cos(root), 1 - wide)
    c1 = jnp.where(far > 0, jnp.sin(root), wide) / root
    distant = [c0, c1, (decay - c1) / far]
    c0, c1, c3 = (jnp.where(small, a, b) for a, b in zip(close, distant, strict=True))
    return c0, c1, c3


def log1p_ratio(x: Float[Array, "*s"]) -> Float[Array, "*s"]:
    """log(1 + x)/x."""
    safe = jnp.where(x == 0, 1.0, x)
    return jnp.where(x == 0, 1.0, jnp.log1p(safe) / safe)


def _series(y: Float[Array, "*s"], coefficients: list[float]) -> Float[Array, "*s"]:
    total = jnp.zeros_like(y)
    for coefficient in reversed(coefficients):
        total = total * y + coefficient
    return total
