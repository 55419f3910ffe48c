"""Reduced equations on a one-dimensional centre manifold, and how their solutions feel μ.

For ȧ = F(a, μ) with a(0) = a₀ the kernel of the reduced equation is g(t) g(t'), where
g = ∂a/∂μ obeys ġ = F_a g + F_μ, g(0) = 0 (Kuznetsov, Elements of Applied Bifurcation Theory,
chapters 3 and 7, for the equations). All closed forms hold on both sides of μ = 0 and at it.
"""

import abc
from typing import NamedTuple

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp

from bifbridge._custom_types import Scalar, Times
from bifbridge._short_repr import short_repr
from bifbridge.landscape._entire import phi1, phi2, stumpff


class ScalarSolution(NamedTuple):
    """A solution of a reduced equation; NaN from the time at which it has escaped to infinity.

    Attributes:
        amplitude: a(t), shape (T,).
        sensitivity: g(t) = ∂a(t)/∂μ, shape (T,).

    Example:
        See `PitchforkEquation`.
    """

    amplitude: Times
    sensitivity: Times


class AbstractScalarEquation(eqx.Module):
    """A reduced equation ȧ = F(a, μ).

    Example:
        See `PitchforkEquation`.
    """

    @abc.abstractmethod
    def velocity(self, a: Scalar, mu: Scalar) -> Scalar:
        """F(a, μ).

        Args:
            a: amplitude on the centre manifold.
            mu: unfolding parameter.

        Returns:
            ȧ.
        """

    @abc.abstractmethod
    def solution(self, times: Times, a0: Scalar, mu: Scalar) -> ScalarSolution:
        """The solution from a(0) = a₀ and its derivative with respect to μ.

        Args:
            times: shape (T,), counted from the initial time.
            a0: initial amplitude.
            mu: unfolding parameter.

        Returns:
            Amplitude and sensitivity at the times.
        """

    __repr__ = short_repr


class FoldEquation(AbstractScalarEquation):
    """ȧ = μ + b₂a².

    With a = −u̇/(b₂u) it is linear, ü = −μb₂u, and g = u⁻²∫u² ds: one expression, analytic in
    μb₂t², for equilibria, none, and the fold itself. b₂ = 0 is the constant forcing g = t.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.landscape import FoldEquation
        >>> fold = FoldEquation(jnp.asarray(1.0))
        >>> fold.solution(jnp.array([0.0, 0.5]), jnp.asarray(1.0), jnp.asarray(0.0)).amplitude
        Array([1., 2.], dtype=float64)
    """

    quadratic: Scalar

    def velocity(self, a: Scalar, mu: Scalar) -> Scalar:
        """F(a, μ), see `AbstractScalarEquation.velocity`."""
        return mu + self.quadratic * a**2

    def solution(self, times: Times, a0: Scalar, mu: Scalar) -> ScalarSolution:
        """Closed form, see `AbstractScalarEquation.solution`."""
        beta = self.quadratic * a0
        rate = mu * self.quadratic
        c0, c1, _ = stumpff(rate * times**2)
        _, c1_double, c3_double = stumpff(4 * rate * times**2)
        decay = jnp.exp(-2 * times * _root(-rate))
        u = c0 - beta * times * c1
        integral = times / 2 * (decay + c1_double)
        integral += beta * times**2 * (-(c1**2) + 2 * beta * times * c3_double)
        # Under the cosine u may turn positive again after its first zero.
        angle = times * _root(rate) + jnp.arctan2(beta, _root(rate))
        escaped = (u <= 0) | ((rate > 0) & (angle >= jnp.pi / 2))
        u = jnp.where(escaped, jnp.nan, u)
        return ScalarSolution((a0 * c0 + mu * times * c1) / u, integral / u**2)


class TranscriticalEquation(AbstractScalarEquation):
    """ȧ = μa + b₂a².

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.landscape import TranscriticalEquation
        >>> equation = TranscriticalEquation(jnp.asarray(-1.0))
        >>> equation.solution(jnp.array([0.0, 1.0]), jnp.asarray(1.0), jnp.asarray(0.0)).amplitude
        Array([1. , 0.5], dtype=float64)
    """

    quadratic: Scalar

    def velocity(self, a: Scalar, mu: Scalar) -> Scalar:
        """F(a, μ), see `AbstractScalarEquation.velocity`."""
        return mu * a + self.quadratic * a**2

    def solution(self, times: Times, a0: Scalar, mu: Scalar) -> ScalarSolution:
        """Closed form, see `AbstractScalarEquation.solution`."""
        x, beta = mu * times, self.quadratic * a0
        scale = jnp.exp(-jnp.maximum(x, 0.0))
        delta = scale - beta * times * phi1(x)
        delta = jnp.where(delta <= 0, jnp.nan, delta)
        growth = a0 * jnp.exp(jnp.minimum(x, 0.0))
        bracket = times * scale - beta * times**2 * phi2(x)
        return ScalarSolution(growth / delta, growth / delta**2 * bracket)


class PitchforkEquation(AbstractScalarEquation):
    """ȧ = μa + c₃a³.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.landscape import PitchforkEquation
        >>> equation = PitchforkEquation(jnp.asarray(-0.5))
        >>> found = equation.solution(jnp.array([0.0, 3.0]), jnp.asarray(1.0), jnp.asarray(0.0))
        >>> found.amplitude, found.sensitivity  # u = 4: u^(-1/2), u^(-3/2)(t + t²/2)
        (Array([1. , 0.5], dtype=float64), Array([0.    , 0.9375], dtype=float64))
    """

    cubic: Scalar

    def velocity(self, a: Scalar, mu: Scalar) -> Scalar:
        """F(a, μ), see `AbstractScalarEquation.velocity`."""
        return mu * a + self.cubic * a**3

    def solution(self, times: Times, a0: Scalar, mu: Scalar) -> ScalarSolution:
        """Closed form, see `AbstractScalarEquation.solution`."""
        x, gamma = mu * times, self.cubic * a0**2
        scale = jnp.exp(-2 * jnp.maximum(x, 0.0))
        delta = scale - 2 * gamma * times * phi1(2 * x)
        delta = jnp.where(delta <= 0, jnp.nan, delta)
        amplitude = a0 * jnp.exp(jnp.minimum(x, 0.0)) / jnp.sqrt(delta)
        bracket = times * scale - 2 * gamma * times**2 * phi2(2 * x)
        return ScalarSolution(amplitude, amplitude * bracket / delta)


class ForcedEquation(AbstractScalarEquation):
    """ȧ = λa + μ: a constant forcing of a mode that decays or grows at the rate λ.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.landscape import ForcedEquation
        >>> equation = ForcedEquation(jnp.asarray(0.0))  # ȧ = μ
        >>> equation.solution(jnp.array([0.0, 2.0]), jnp.asarray(0.0), jnp.asarray(1.0)).sensitivity
        Array([0., 2.], dtype=float64)
    """

    rate: Scalar

    def velocity(self, a: Scalar, mu: Scalar) -> Scalar:
        """F(a, μ), see `AbstractScalarEquation.velocity`."""
        return self.rate * a + mu

    def solution(self, times: Times, a0: Scalar, mu: Scalar) -> ScalarSolution:
        """Closed form, see `AbstractScalarEquation.solution`."""
        x = self.rate * times
        sensitivity = times * phi1(x) * jnp.exp(jnp.maximum(x, 0.0))
        return ScalarSolution(a0 * jnp.exp(x) + mu * sensitivity, sensitivity)


class BranchPointEquation(AbstractScalarEquation):
    """ȧ = μa + b₂a² + c₃a³, solved numerically.

    For branch points too close to both the transcritical and the pitchfork to be called either.

    Attributes:
        quadratic: b₂.
        cubic: c₃.
        tolerance: relative tolerance of the solve (static).

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.landscape import BranchPointEquation
        >>> equation = BranchPointEquation(jnp.asarray(-1.0), jnp.asarray(-0.5))
        >>> float(equation.velocity(jnp.asarray(1.0), jnp.asarray(2.0)))  # μa + b₂a² + c₃a³
        0.5
    """

    quadratic: Scalar
    cubic: Scalar
    tolerance: float = eqx.field(static=True, default=1e-10)

    def velocity(self, a: Scalar, mu: Scalar) -> Scalar:
        """F(a, μ), see `AbstractScalarEquation.velocity`."""
        return mu * a + self.quadratic * a**2 + self.cubic * a**3

    def solution(self, times: Times, a0: Scalar, mu: Scalar) -> ScalarSolution:
        """Accurate numerical solve, see `AbstractScalarEquation.solution`."""
        return integrate_scalar(self, times, a0, mu, self.tolerance)


def integrate_scalar(
    equation: AbstractScalarEquation, times: Times, a0: Scalar, mu: Scalar, tolerance: float
) -> ScalarSolution:
    """Solve a reduced equation and its variational equation together, under one error control."""

    def velocity(t, y, args):
        along_mu = (jnp.ones_like(y[0]), y[1])
        return jax.jvp(lambda m, a: equation.velocity(a, m), (mu, y[0]), along_mu)

    start = jnp.asarray(a0, float)
    solution = dfx.diffeqsolve(
        dfx.ODETerm(velocity),
        dfx.Dopri8(),
        times[0],
        times[-1],
        None,
        (start, jnp.zeros_like(start)),
        saveat=dfx.SaveAt(ts=times),
        stepsize_controller=dfx.PIDController(rtol=tolerance, atol=tolerance * 1e-3),
        max_steps=100_000,
        throw=False,
    )
    assert solution.ys is not None
    return ScalarSolution(*solution.ys)


def _root(x: Scalar) -> Scalar:
    """√max(x, 0), with a finite derivative at zero."""
    positive = x > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, x, 1.0)), 0.0)
