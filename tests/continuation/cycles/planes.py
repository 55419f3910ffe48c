"""Cycles in two parameters whose bifurcation curves have closed forms.

All are unit circles run through in 2π. Across them (ξ, η)' = c + N (ξ, η) with polynomials of p, q,
ξ and η, in a frame that stays or makes half a turn per period. The coefficients are arrays, so
that every system is the same program to the compiler.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge.continuation import AbstractFamily, AbstractTwoParameterFamily

_TERMS = ("1", "p", "q", "qq", "xx", "xy", "yy", "qxx", "qyy", "xxxx", "xxyy", "yyyy", "x", "y")


class Plane(AbstractTwoParameterFamily):
    """A circle with transverse dynamics.

    Attributes:
        twist: 1 where the frame makes half a turn per period, else 0.
        matrix: coefficients of N, shape (2, 2, 14).
        constant: coefficients of c by (1, p, q), shape (2, 3).
    """

    twist: Array
    matrix: Array
    constant: Array

    def velocity(self, p: Any, q: Any) -> Callable[[Any], Any]:
        def field(z: Any) -> Any:
            radius = jnp.sqrt(z[0] ** 2 + z[1] ** 2)
            cosine, sine = z[0] / radius, z[1] / radius
            here = jnp.array([radius - 1, z[2]])
            # Dyads of the frame's vectors: products of half-angle functions are single-valued.
            turning = 0.5 * jnp.array([
                [
                    [[1 + cosine, sine], [sine, 1 - cosine]],
                    [[-sine, 1 + cosine], [cosine - 1, sine]],
                ],
                [
                    [[-sine, cosine - 1], [1 + cosine, sine]],
                    [[1 - cosine, -sine], [-sine, 1 + cosine]],
                ],
            ])
            still = jnp.asarray(np.einsum("ia,jb->ijab", np.eye(2), np.eye(2)))
            dyads = jnp.where(self.twist > 0, turning, still)
            xx, xy, yy = (here @ dyads[i, j] @ here for i, j in ((0, 0), (0, 1), (1, 1)))
            x, y = jnp.where(self.twist > 0, 0.0, here)
            quartic = [xx * xx, xx * yy, yy * yy]
            powers = [xx, xy, yy, q * xx, q * yy, *quartic, x, y]
            terms = jnp.stack([jnp.ones(()), p, q, q * q, *powers])
            grown = jnp.einsum("ijk,k,ijab,b->a", self.matrix, terms, dyads, here)
            grown = grown + self.constant @ jnp.stack([jnp.ones(()), p, q])
            grown = grown + 0.5 * self.twist * jnp.array([-here[1], here[0]])
            return jnp.array([grown[0] * cosine - z[1], grown[0] * sine + z[0], grown[1]])

        return field


class AtSecond(AbstractFamily):
    """A two-parameter family at one value of the second parameter."""

    plane: AbstractTwoParameterFamily
    second: Array

    def velocity(self, p: Any) -> Callable[[Any], Any]:
        return self.plane.velocity(p, self.second)


def at_second(plane: AbstractTwoParameterFamily, q: float) -> AtSecond:
    return AtSecond(plane, jnp.asarray(q, float))


def _plane(twist: float, entries: dict[str, dict[str, float]], constant: Any = ((0, 0, 0),) * 2):
    matrix = np.zeros((2, 2, len(_TERMS)))
    for place, polynomial in entries.items():
        for term, value in polynomial.items():
            matrix[int(place[0]), int(place[1]), _TERMS.index(term)] = value
    return Plane(jnp.asarray(twist), jnp.asarray(matrix), jnp.asarray(constant, float))


#: ξ' = p + qξ − ξ³: folds on 27p² = 4q³, a cusp of cycles at (0, 0).
CUSP = _plane(0.0, {"00": {"q": 1, "xx": -1}, "11": {"1": -1}}, ((0, 1, 0), (0, 0, 0)))
#: ξ' = η, η' = p + qη + ξ² + ξη (Bogdanov–Takens): folds on p = 0, 1:1 resonance at (0, 0);
#: Neimark–Sacker points on p = −q², q > 0, with θ = 2π√(2q), and neutral saddles on q < 0.
DOUBLE_ONE = _plane(
    0.0, {"01": {"1": 1}, "10": {"x": 1}, "11": {"q": 1, "x": 1}}, ((0, 0, 0), (0, 1, 0))
)
#: In the turning frame ξ' = η, η' = pξ + qη − ξ³ − ξ²η: period doublings on p = 0, 1:2 resonance
#: at (0, 0); on q = 0 Neimark–Sacker points with cos θ = −cos 2π√(−p), neutral saddles on p > 0.
DOUBLE_MINUS_ONE = _plane(1.0, {"01": {"1": 1}, "10": {"p": 1, "xx": -1}, "11": {"q": 1, "xx": -1}})
#: ξ' = pξ + qξ³ − ξ⁵ in the turning frame: period doublings on p = 0 with c = q.
QUINTIC = _plane(1.0, {"00": {"p": 1, "qxx": 1, "xxxx": -1}, "11": {"1": -1}})
_GROWTH = {"p": 1, "qq": -1, "xx": -0.2, "yy": -0.2, "qxx": 1, "qyy": 1}
_GROWTH |= {"xxxx": -1, "xxyy": -2, "yyyy": -1}
_SPIN = {"q": 1, "xx": 0.5, "yy": 0.5}
#: ζ' = (p − q² + iq)ζ + (q − 0.2 + 0.5i)ζ|ζ|² − ζ|ζ|⁴: Neimark–Sacker points on p = q² with
#: θ = 2πq and Re d = 2(q − 0.2).
TORUS = _plane(
    0.0,
    {
        "00": _GROWTH,
        "11": _GROWTH,
        "10": _SPIN,
        "01": {term: -value for term, value in _SPIN.items()},
    },
)


class FoldFlip(AbstractTwoParameterFamily):
    """Period doublings at q = 0, and folds of a fourth coordinate at p = 0: w' = p + w²."""

    plane: Plane

    def velocity(self, p: Any, q: Any) -> Callable[[Any], Any]:
        moving = self.plane.velocity(q, -1.0)
        return lambda z: jnp.append(moving(z[:3]), p + z[3] ** 2)


def uneven(z: Any, p: Any, q: Any) -> Any:
    """ṙ = pr + qr³ − r⁵ at an uneven speed φ' = 1 + 0.6 cos φ: folds on p = −q²/4, T = 2π/0.8."""
    square = z @ z
    speed = 1 + 0.6 * z[0] / jnp.sqrt(square)
    return (p + q * square - square**2) * z + speed * jnp.array([-z[1], z[0]])


class Crossing(AbstractFamily):
    """Branch points of cycles at p = 0 with a mode that changes along the cycle.

    h' = (p + sin φ)h + bh² + ch³ + (0.5 + 0.3cos φ)ρh and ρ' = −ρ + h²(1 + cos φ) while
    φ' = 1 + 0.4h².
    """

    quadratic: Array
    cubic: Array

    def across(self, p: Any, rho: Any, height: Any, cosine: Any, sine: Any) -> tuple[Any, Any, Any]:
        growth = p + sine + (0.5 + 0.3 * cosine) * rho
        growth = growth + self.quadratic * height + self.cubic * height**2
        return -rho + height**2 * (1 + cosine), growth * height, 1 + 0.4 * height**2

    def velocity(self, p: Any) -> Callable[[Any], Any]:
        def field(z: Any) -> Any:
            radius = jnp.sqrt(z[0] ** 2 + z[1] ** 2)
            cosine, sine = z[0] / radius, z[1] / radius
            grow, lift, spin = self.across(p, radius - 1, z[2], cosine, sine)
            return jnp.array([grow * cosine - spin * z[1], grow * sine + spin * z[0], lift])

        return field
