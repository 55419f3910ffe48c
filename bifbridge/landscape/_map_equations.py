"""Reduced equations of fixed points of discrete-time cells, iterated with their derivatives."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex

from bifbridge._custom_types import Scalar, Times
from bifbridge._short_repr import short_repr
from bifbridge.landscape._planar_equation import PlanarSolution
from bifbridge.landscape._scalar_equations import ScalarSolution


class ScalarMap(eqx.Module):
    """A reduced map a⁺ = F(a, μ) at a real critical multiplier (Kuznetsov, chapter 4).

    | kind | F(a, μ) | multiplier |
    |---|---|---|
    | fold | a + μ + c a² | 1 |
    | transcritical | (1 + μ)a + c a² | 1 |
    | pitchfork | (1 + μ)a + c a³ | 1 |
    | flip | −(1 + μ)a + c a³ | −1 |

    Attributes:
        kind: which of them.
        coefficient: c.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `predict_cell_kernel`.
    """

    kind: Literal["fold", "transcritical", "pitchfork", "flip"] = eqx.field(static=True)
    coefficient: Scalar

    def step(self, a: Scalar, mu: Scalar) -> Scalar:
        """F(a, μ).

        Args:
            a: amplitude.
            mu: unfolding parameter.

        Returns:
            The next amplitude.
        """
        match self.kind:
            case "fold":
                return a + mu + self.coefficient * a**2
            case "transcritical":
                return (1 + mu) * a + self.coefficient * a**2
            case "pitchfork":
                return (1 + mu) * a + self.coefficient * a**3
            case "flip":
                return -(1 + mu) * a + self.coefficient * a**3

    def solution(self, n_steps: int, a0: Scalar, mu: Scalar) -> ScalarSolution:
        """The orbit of a₀ and its derivative with respect to μ, by exact recursion.

        Args:
            n_steps: number of steps.
            a0: initial amplitude.
            mu: unfolding parameter.

        Returns:
            Amplitude and sensitivity at steps 0 … n_steps.
        """

        def advance(pair: tuple[Array, Array], _: None) -> tuple[tuple[Array, Array], tuple]:
            after = jax.jvp(self.step, (pair[0], mu), (pair[1], jnp.ones_like(mu)))
            return after, after

        start = (a0, jnp.zeros_like(a0))
        _, orbit = jax.lax.scan(advance, start, None, length=n_steps)
        return ScalarSolution(*(_prepend(x, xs) for x, xs in zip(start, orbit, strict=True)))

    __repr__ = short_repr


class NeimarkSackerMap(eqx.Module):
    """y⁺ = e^{iω}y(1 + μ + c₁|y|²) (Kuznetsov, 4.7).

    Attributes:
        frequency: ω, in radians per step.
        cubic: c₁, complex.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `predict_cell_kernel`.
    """

    frequency: Scalar
    cubic: Complex[Array, ""]

    def step(self, y: Complex[Array, ""], mu: Scalar, omega: Scalar) -> Complex[Array, ""]:
        """The next amplitude.

        Args:
            y: amplitude.
            mu: unfolding parameter.
            omega: frequency.

        Returns:
            y⁺.
        """
        return jnp.exp(1j * omega) * y * (1 + mu + self.cubic * jnp.abs(y) ** 2)

    def solution(self, n_steps: int, y0: Complex[Array, ""], mu: Scalar) -> PlanarSolution:
        """The orbit of y₀ and its derivatives with respect to μ and ω, by exact recursion.

        Args:
            n_steps: number of steps.
            y0: initial amplitude.
            mu: unfolding parameter.

        Returns:
            Amplitude and both sensitivities at steps 0 … n_steps.
        """
        zero, one = jnp.zeros_like(mu), jnp.ones_like(mu)

        def advance(state: tuple[Array, ...], _: None) -> tuple[tuple, tuple]:
            y, along_mu, along_omega = state
            point = (y, mu, self.frequency)
            after, growth = jax.jvp(self.step, point, (along_mu, one, zero))
            _, turning = jax.jvp(self.step, point, (along_omega, zero, one))
            return (after, growth, turning), (after, growth, turning)

        start = (y0, jnp.zeros_like(y0), jnp.zeros_like(y0))
        _, orbit = jax.lax.scan(advance, start, None, length=n_steps)
        return PlanarSolution(*(_prepend(x, xs) for x, xs in zip(start, orbit, strict=True)))

    __repr__ = short_repr


def _prepend(first: Array, rest: Array) -> Times | Complex[Array, " T"]:
    return jnp.concatenate([first[None], rest])
