"""The Gauss–Newton matrix of a loss, as products with it."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector, Scalar
from bifbridge._short_repr import short_repr

Outputs = Float[Array, "..."]
Directions = Float[Array, "p k"]


def half_square(outputs: Outputs) -> Scalar:
    """½|r|², the loss of outputs that are weighted residuals.

    Args:
        outputs: r, any shape.

    Returns:
        A scalar.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.training import half_square
        >>> half_square(jnp.array([3.0, 4.0]))
        Array(12.5, dtype=float64)
    """
    return 0.5 * jnp.sum(outputs**2)


class GaussNewton(eqx.Module):
    """A loss L(θ) = ℓ(r(θ)) and its Gauss–Newton matrix G = JᵀMJ, J = ∂r/∂θ, M = ∇²ℓ.

    With ℓ = `half_square`, M is the identity. For other losses ℓ must be convex, so that G has no
    negative eigenvalue.

    Attributes:
        outputs: θ ↦ r(θ), θ of any pytree; must allow forward mode: `march` does, and so does
            `diffrax.diffeqsolve` with `adjoint=diffrax.ForwardMode()` or `DirectAdjoint()`.
        loss: r ↦ ℓ(r).

    Example:
        >>> import jax, jax.numpy as jnp
        >>> import bifbridge as bb
        >>> loss = bb.training.GaussNewton(
        ...     lambda x: jnp.array([x[0], 10 * x[1]])
        ... )  # ½(x₀² + 100 x₁²)
        >>> float(loss(jnp.ones(2)))
        50.5
        >>> loss.at(jnp.ones(2), lambda x: x).product(jnp.eye(2))
        Array([[  1.,   0.],
               [  0., 100.]], dtype=float64)
    """

    outputs: Callable[[Any], Outputs]
    loss: Callable[[Outputs], Scalar] = half_square

    def __call__(self, parameters: Any) -> Scalar:
        """L(θ)."""
        return self.loss(self.outputs(parameters))

    def at(
        self, theta: ParameterVector, unravel: Callable[[ParameterVector], Any]
    ) -> "LinearisedLoss":
        """Linearise r at one θ, so that every product spares the solve itself.

        Args:
            theta: the flat parameter vector, shape (p,).
            unravel: from θ to the pytree that `outputs` takes.

        Returns:
            The products with J and G there.
        """
        values, linear = jax.linearize(lambda vector: self.outputs(unravel(vector)), theta)
        return LinearisedLoss(theta, values, linear, self.loss)

    __repr__ = short_repr


class LinearisedLoss(eqx.Module):
    """J and G at one θ.

    Attributes:
        theta: θ, shape (p,).
        outputs: r(θ).
        linear: v ↦ Jv.
        loss: r ↦ ℓ(r).
    """

    theta: ParameterVector
    outputs: Outputs
    linear: Callable[[ParameterVector], Outputs]
    loss: Callable[[Outputs], Scalar]

    def weigh(self, tangent: Outputs) -> Outputs:
        """M y for a tangent y of the outputs."""
        if self.loss is half_square:
            return tangent
        return jax.jvp(jax.grad(self.loss), (self.outputs,), (tangent,))[1]

    def curvature_within(self, basis: Directions) -> Float[Array, "k k"]:
        """VᵀGV by forward products alone."""
        pushed = jax.vmap(self.linear, in_axes=1)(basis)
        weighted = jax.vmap(self.weigh)(pushed)
        flat = (x.reshape(basis.shape[1], -1) for x in (pushed, weighted))
        first, second = flat
        return first @ second.T

    def product(self, vectors: Directions) -> Directions:
        """G V."""
        pull = jax.linear_transpose(self.linear, self.theta)

        def single(vector: ParameterVector) -> ParameterVector:
            return pull(self.weigh(self.linear(vector)))[0]

        return jax.vmap(single, in_axes=1, out_axes=1)(vectors)
