"""A low-rank model of the curvature, and the linearly implicit step with it."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector, Scalar


class LowRankModel(eqx.Module):
    """G ≈ U Λ Uᵀ.

    Attributes:
        basis: U, orthonormal columns or zero ones, shape (p, k).
        curvatures: the diagonal of Λ, none negative, by falling size, shape (k,).
    """

    basis: Float[Array, "p k"]
    curvatures: Float[Array, " k"]

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
        """By how much the quadratic model of the loss falls, −g·δ − ½δᵀUΛUᵀδ.

        Args:
            gradient: g, shape (p,).
            step: δ, shape (p,).

        Returns:
            Positive for a descent step within the model's reach.
        """
        return -gradient @ step - 0.5 * jnp.sum(self.curvatures * self.components(step) ** 2)


def implicit_step(
    model: LowRankModel, gradient: ParameterVector, rate: Scalar | float
) -> ParameterVector:
    """−(UΛUᵀ + 1/η)⁻¹ g = −η[g − ηU(1 + ηΛ)⁻¹ΛUᵀg].

    One backward-Euler step of the gradient flow on the span of U, linearised; plain descent off
    it. It is stable on the span at any η, with damping 1/η and no further parameter.

    Args:
        model: the curvature.
        gradient: g, shape (p,).
        rate: η.

    Returns:
        δθ, shape (p,).
    """
    shrink = rate * model.curvatures / (1 + rate * model.curvatures)
    return -rate * (gradient - model.basis @ (shrink * model.components(gradient)))
