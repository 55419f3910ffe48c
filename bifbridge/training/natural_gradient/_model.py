"""A low-rank model of the curvature, and the linearly implicit step with it."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector, Scalar
from bifbridge._short_repr import short_repr


class LowRankModel(eqx.Module):
    """G ≈ U Λ Uᵀ + τ(1 − UUᵀ).

    Attributes:
        basis: U, orthonormal columns or zero ones, shape (p, k).
        curvatures: the diagonal of Λ, none negative, by falling size, shape (k,).
        tail: τ, the curvature to reckon with off the span of U; 0 for plain descent there.
    """

    basis: Float[Array, "p k"]
    curvatures: Float[Array, " k"]
    tail: Scalar

    def components(self, vector: ParameterVector) -> Float[Array, " k"]:
        """Uᵀ v.

        Args:
            vector: v, shape (p,).

        Returns:
            Shape (k,).
        """
        return self.basis.T @ vector

    def within(self, vector: ParameterVector) -> ParameterVector:
        """U Uᵀ v.

        Args:
            vector: v, shape (p,).

        Returns:
            Its part in the span of U, shape (p,).
        """
        return self.basis @ self.components(vector)

    def decrease(self, gradient: ParameterVector, step: ParameterVector) -> Scalar:
        """By how much the quadratic model of the loss falls, −g·δ − ½δᵀ[UΛUᵀ + τ(1 − UUᵀ)]δ.

        Args:
            gradient: g, shape (p,).
            step: δ, shape (p,).

        Returns:
            Positive for a descent step within the model's reach.
        """
        along = self.components(step)
        bend = jnp.sum((self.curvatures - self.tail) * along**2) + self.tail * step @ step
        return -gradient @ step - 0.5 * bend

    __repr__ = short_repr


def implicit_step(
    model: LowRankModel, gradient: ParameterVector, rate: Scalar | float
) -> ParameterVector:
    """−(UΛUᵀ + τ(1 − UUᵀ) + 1/η)⁻¹ g; for τ = 0 that is −η[g − ηU(1 + ηΛ)⁻¹ΛUᵀg].

    One backward-Euler step of the gradient flow, linearised, with damping 1/η and no further
    parameter. It is stable on the span of U at any η. Off it the step is one of plain descent at
    rate η/(1 + ητ), stable at any η too where τ bounds half the curvature there. A Nyström
    preconditioner treats its tail in the same way (Frangella, Tropp and Udell, 2023).

    Args:
        model: the curvature.
        gradient: g, shape (p,).
        rate: η.

    Returns:
        δθ, shape (p,).
    """
    outside = rate / (1 + rate * model.tail)
    inside = rate / (1 + rate * model.curvatures)
    return -outside * gradient - model.basis @ ((inside - outside) * model.components(gradient))
