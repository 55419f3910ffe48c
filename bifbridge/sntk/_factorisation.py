"""𝒦 = P K P*: what parameters force, and how the flow carries a forcing to later states."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector, Trajectories, Weights
from bifbridge._short_repr import short_repr
from bifbridge.trajectories._measure import trajectory_measure

#: A forcing q at every step k, stage s and trial i of an explicit Runge-Kutta solve.
Forcing = Float[Array, "K s N n"]


class KernelFactors(eqx.Module):
    """S = P 𝔅, exact to rounding for the solver's own map, and K = 𝔅𝔅*.

    (𝔅δθ)(t) = ∂θf(z(t)) δθ, and P is the propagator (Pq)(t) = ∫Φ(t, s) q(s) ds. Forcings are kept
    where an explicit Runge-Kutta method evaluates the field; their inner product is
    (1/N) Σₖ hₖ (1/s) Σₛ q·r, which tends to that of (1/N) Σᵢ ∫ q·r dt. K is not local in time:
    the parameters are shared over it (Hazelden and Shea-Brown, arXiv 2605.12763).

    Attributes:
        theta: θ, shape (p,).
        steps: step sizes hₖ, shape (K,).
        weights: weights of the saved times, shape (T,); (N, T) for trials of unequal length.
    """

    theta: ParameterVector
    steps: Float[Array, " K"]
    weights: Weights
    _forcing: Callable[[ParameterVector], Forcing]
    _propagator: Callable[[Forcing], Trajectories]
    _shapes: tuple[tuple[int, ...], tuple[int, ...]] = eqx.field(static=True)

    def force(self, dtheta: ParameterVector) -> Forcing:
        """𝔅 δθ.

        Args:
            dtheta: shape (p,).

        Returns:
            Shape (K, s, N, n).
        """
        return _apply(self._forcing, dtheta)

    def force_adjoint(self, forcing: Forcing) -> ParameterVector:
        """𝔅* q.

        Args:
            forcing: shape (K, s, N, n).

        Returns:
            Shape (p,).
        """
        return _transpose(self._forcing, self.theta, self.forcing_measure * forcing)

    def propagate(self, forcing: Forcing) -> Trajectories:
        """P q.

        Args:
            forcing: shape (K, s, N, n).

        Returns:
            Shape (N, T, n).
        """
        return _apply(self._propagator, forcing)

    def propagate_adjoint(self, error: Trajectories) -> Forcing:
        """P* e.

        Args:
            error: shape (N, T, n).

        Returns:
            Shape (K, s, N, n).
        """
        measure = trajectory_measure(self.weights, error.shape[0])
        example = jnp.zeros(self._shapes[0])
        return _transpose(self._propagator, example, measure * error) / self.forcing_measure

    def parameter_operator(self, forcing: Forcing) -> Forcing:
        """K q = 𝔅𝔅* q.

        Args:
            forcing: shape (K, s, N, n).

        Returns:
            Shape (K, s, N, n).
        """
        return self.force(self.force_adjoint(forcing))

    def kernel(self, error: Trajectories) -> Trajectories:
        """𝒦 e = P K P* e.

        Args:
            error: shape (N, T, n).

        Returns:
            Shape (N, T, n).
        """
        return self.propagate(self.parameter_operator(self.propagate_adjoint(error)))

    def operators(self) -> "FactorOperators":
        """P, 𝔅 and K as Lineax operators.

        Returns:
            Operators on flat vectors, scaled by the roots of both measures so that transposes
            are adjoints: with them 𝒦 = P K Pᵀ is that of `StateSpaceNTK.kernel_operator`.
        """
        forcing_root = jnp.sqrt(self.forcing_measure)
        root = jnp.sqrt(trajectory_measure(self.weights, self._shapes[1][0]))
        structures = [
            jax.ShapeDtypeStruct((size,), self.theta.dtype)
            for size in (self.theta.size, math.prod(self._shapes[0]))
        ]

        def forcing(x: Array) -> Forcing:
            return x.reshape(self._shapes[0]) / forcing_root

        return FactorOperators(
            lx.FunctionLinearOperator(
                lambda x: (root * self.propagate(forcing(x))).ravel(), structures[1]
            ),
            lx.FunctionLinearOperator(
                lambda x: (forcing_root * self.force(x)).ravel(), structures[0]
            ),
            lx.FunctionLinearOperator(
                lambda x: (forcing_root * self.parameter_operator(forcing(x))).ravel(),
                structures[1],
                lx.positive_semidefinite_tag,
            ),
        )

    @property
    def forcing_measure(self) -> Float[Array, "K 1 1 1"]:
        """Weights of the inner product of forcings: hₖ/(s N)."""
        _, stages, trials, _ = self._shapes[0]
        return self.steps[:, None, None, None] / (stages * trials)

    @property
    def forcing_shape(self) -> tuple[int, ...]:
        """Steps, stages, trials and states (K, s, N, n)."""
        return self._shapes[0]

    __repr__ = short_repr


class FactorOperators(NamedTuple):
    """P, 𝔅 and K = 𝔅𝔅ᵀ between Euclidean spaces; 𝒦 = P K Pᵀ.

    Attributes:
        propagator: P, from forcings to trajectories.
        parameter_map: 𝔅, from parameters to forcings.
        parameter_operator: K, on forcings.
    """

    propagator: lx.FunctionLinearOperator
    parameter_map: lx.FunctionLinearOperator
    parameter_operator: lx.FunctionLinearOperator


@eqx.filter_jit
def _apply(linear: Any, x: Array) -> Array:
    return linear(x)


@eqx.filter_jit
def _transpose(linear: Any, example: Array, y: Array) -> Array:
    return jax.linear_transpose(linear, example)(y)[0]
