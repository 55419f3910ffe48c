"""A batch of trials, and what every task offers."""

import abc
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from bifbridge._custom_types import InitialStates
from bifbridge._short_repr import short_repr
from bifbridge.trajectories import TimeGrid


class Trials(eqx.Module):
    """Inputs and targets of N trials on one grid of times.

    Attributes:
        grid: steps of every solve.
        inputs: u at every step time, linear in between, shape (N, K + 1, m).
        targets: y at the saved times, shape (N, T, o).
        mask: where the targets count, shape (N, T, o).
        initial_states: shape (N, n), or None where the network brings its own.

    Example:
        See `FlipFlop`, which is asked for trials in the same way.
    """

    grid: TimeGrid
    inputs: Float[Array, "N K1 m"]
    targets: Float[Array, "N T o"]
    mask: Bool[Array, "N T o"]
    initial_states: InitialStates | None = None

    def input_at(self, t: Any) -> Float[Array, "N m"]:
        """u(t) of all trials, as `solve` takes it.

        Args:
            t: time, within the grid.

        Returns:
            Shape (N, m).
        """
        steps = self.grid.steps
        left = jnp.clip(jnp.searchsorted(steps, t, side="right") - 1, 0, self.grid.n_steps - 1)
        part = (t - steps[left]) / (steps[left + 1] - steps[left])
        return (1 - part) * self.inputs[:, left] + part * self.inputs[:, left + 1]

    def first(self, count: int) -> "Trials":
        """The first trials alone.

        Args:
            count: how many.

        Returns:
            The smaller batch.
        """
        start = self.initial_states
        return Trials(
            self.grid,
            self.inputs[:count],
            self.targets[:count],
            self.mask[:count],
            None if start is None else start[:count],
        )

    def weights(self) -> Float[Array, "N T o"]:
        """Weights of the squared errors: trapezoid in time where the mask is on, of sum one.

        Returns:
            Shape (N, T, o).
        """
        raw = self.mask * self.grid.weights[None, :, None]
        return raw / jnp.sum(raw)

    __repr__ = short_repr


class AbstractTask(eqx.Module):
    """A distribution of trials.

    Example:
        See `FlipFlop`, which is asked for trials in the same way.
    """

    grid: eqx.AbstractVar[TimeGrid]

    @property
    @abc.abstractmethod
    def n_inputs(self) -> int:
        """Number of input channels m."""

    @property
    @abc.abstractmethod
    def n_outputs(self) -> int:
        """Number of read-outs o."""

    @abc.abstractmethod
    def trials(self, count: int, *, key: PRNGKeyArray) -> Trials:
        """Draw trials.

        Args:
            count: N.
            key: source of randomness; the same key gives the same trials.

        Returns:
            The trials.
        """

    __repr__ = short_repr


def everywhere(targets: Float[Array, "N T o"]) -> Bool[Array, "N T o"]:
    """The mask that counts every target."""
    return jnp.ones(targets.shape, bool)
