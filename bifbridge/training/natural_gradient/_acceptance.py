"""Levenberg–Marquardt control: a step that makes the loss rise is taken back."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool

from bifbridge._custom_types import Scalar
from bifbridge._short_repr import short_repr


class GainRatio(eqx.Module):
    """Adapts η by the ratio of the loss's true fall to the one that the model predicted.

    The verdict on a step is spoken at the next one, whose loss is computed anyway: accepted steps
    cost nothing more, a rejected one costs its gradient.

    Attributes:
        shrink: factor of η when a step is rejected, or barely worth it.
        grow: factor of η after a step that the model predicted well.
        poor: ratio below which η shrinks.
        good: ratio above which η grows.
        smallest: lower bound of η, as a multiple of the initial one.
        largest: upper bound of η, as a multiple of the initial one.

    Example:
        >>> import bifbridge as bb
        >>> from bifbridge.training import GainRatio
        >>> loss = bb.training.GaussNewton(lambda x: x)
        >>> careful = bb.low_rank_natural_gradient(0.1, loss, acceptance=GainRatio())
    """

    shrink: float = 0.25
    grow: float = 1.5
    poor: float = 0.25
    good: float = 0.75
    smallest: float = 1e-8
    largest: float = 1e4

    def rises(self, before: Scalar, after: Scalar) -> Bool[Array, ""]:
        """Whether a step has to be taken back.

        Args:
            before: the loss before the step.
            after: the loss after it; not finite counts as a rise.

        Returns:
            A boolean.
        """
        # Two losses that agree to rounding are no rise: at a minimum every step would be one.
        room = 4 * jnp.finfo(before.dtype).eps * jnp.abs(before)
        return ~(after <= before + room)

    def factor(self, before: Scalar, after: Scalar, predicted: Scalar) -> Scalar:
        """By what η is multiplied.

        Args:
            before: the loss before the step.
            after: the loss after it.
            predicted: the fall that the model predicted.

        Returns:
            A factor.
        """
        ratio = (before - after) / jnp.maximum(predicted, jnp.finfo(before.dtype).tiny)
        kept = jnp.where(ratio < self.poor, self.shrink, jnp.where(ratio > self.good, self.grow, 1))
        return jnp.where(self.rises(before, after), self.shrink, kept).astype(before.dtype)

    __repr__ = short_repr
