"""The path of a training run through parameter space."""

from collections.abc import Callable, Sequence
from typing import Any, SupportsFloat

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from bifbridge._short_repr import short_repr
from bifbridge.training._loop import Block


class TrainingPath(eqx.Module):
    """θ, loss and gradient norm at every step of a run; straight lines between the steps.

    Attributes:
        thetas: θ at steps 0…K, shape (K + 1, p).
        losses: L(θ) before each step, shape (K,).
        gradient_norms: |∇L(θ)| before each step and before clipping, shape (K,).
        rebuild: from θ to the field.

    Example:
        See [Training through bifurcations](../training.md): `join_blocks`.
    """

    thetas: Float[np.ndarray, "K1 p"]
    losses: Float[np.ndarray, " K"]
    gradient_norms: Float[np.ndarray, " K"]
    rebuild: Callable[[Any], Any]

    @property
    def n_steps(self) -> int:
        """Number of steps K."""
        return len(self.thetas) - 1

    def theta(self, step: SupportsFloat) -> Float[np.ndarray, " p"]:
        """θ at a step, which may be fractional.

        Args:
            step: between 0 and K.

        Returns:
            θ, shape (p,).

        Raises:
            ValueError: if the step lies outside the run.
        """
        step = float(step)
        if not 0 <= step <= self.n_steps:
            raise ValueError(f"Got step {step:g}, expected a step between 0 and {self.n_steps}.")
        low = min(int(step), max(self.n_steps - 1, 0))
        part = step - low
        return (1 - part) * self.thetas[low] + part * self.thetas[min(low + 1, self.n_steps)]

    def field(self, step: SupportsFloat) -> Any:
        """The field at a step, which may be fractional.

        Args:
            step: between 0 and K.

        Returns:
            The field.
        """
        return self.rebuild(jnp.asarray(self.theta(step)))

    __repr__ = short_repr


def join_blocks(blocks: Sequence[Block], rebuild: Callable[[Any], Any]) -> TrainingPath:
    """The path through consecutive blocks, in double precision.

    Args:
        blocks: in order, without a gap.
        rebuild: from θ to the field.

    Returns:
        The path.

    Example:
        See [Training through bifurcations](../training.md).
    """
    thetas = [np.asarray(block.thetas, float) for block in blocks]
    end = np.asarray(blocks[-1].end.theta, float)[None]
    return TrainingPath(
        np.concatenate([*thetas, end]),
        np.concatenate([np.asarray(block.losses, float) for block in blocks]),
        np.concatenate([np.asarray(block.gradient_norms, float) for block in blocks]),
        rebuild,
    )
