"""Branches of equilibria as curves: the residual, and what is observed on the way."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import Scalar, State
from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation.jax_engine._curve import Curve, arclength_weights


class EquilibriumResidual(eqx.Module):
    """(z, p) ↦ dz/dt.

    Attributes:
        family: the family of fields.
    """

    family: AbstractFamily

    def __call__(self, z: State, p: Scalar) -> State:
        """The velocity, zero at an equilibrium."""
        return self.family.velocity(p)(z)


class EquilibriumObserver(eqx.Module):
    """(z, p, A) ↦ events; eigenvalues are computed afterwards, for all points at once.

    Attributes:
        events: named scalar functions of (z, p).
    """

    events: tuple[tuple[str, Callable[[Any, Any], Any]], ...] = ()

    def __call__(self, z: State, p: Scalar, matrix: Float[Array, "n n"]) -> Float[Array, " k"]:
        """The events at one point."""
        values = [jnp.asarray(function(z, p), float).reshape(()) for _, function in self.events]
        return jnp.stack(values) if values else jnp.zeros(0)


def equilibrium_curve(problem: ContinuationProblem, parameter_scale: float) -> Curve:
    """The curve of equilibria of a problem."""
    return Curve(
        EquilibriumResidual(problem.family),
        EquilibriumObserver(problem.events),
        arclength_weights(problem.state.size, parameter_scale),
    )


def sorted_eigenvalues(matrix: Float[Array, "n n"]) -> Complex[Array, " n"]:
    """Eigenvalues by falling real part."""
    # A matrix that is symmetric to rounding goes to the symmetric solver, which is several times
    # quicker and returns real eigenvalues as real.
    gap = jnp.max(jnp.abs(matrix - matrix.T))
    symmetric = gap <= 4 * np.finfo(float).eps * jnp.max(jnp.abs(matrix))
    finite = jnp.all(jnp.isfinite(matrix))
    safe = jnp.where(finite, matrix, 0.0)
    values = jax.lax.cond(
        symmetric,
        lambda a: jnp.linalg.eigvalsh(a).astype(complex),
        jnp.linalg.eigvals,
        safe,
    )
    values = jnp.where(finite, values, jnp.nan)
    return values[jnp.argsort(-values.real, stable=True)]
