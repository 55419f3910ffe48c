"""The sine generator: a constant input asks for an oscillation of a certain frequency."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import PRNGKeyArray

from bifbridge.training.tasks._trials import AbstractTask, Trials, everywhere
from bifbridge.trajectories import TimeGrid, uniform_grid


class SineGenerator(AbstractTask):
    """y = sin ωt with ω set by the level of a constant input (Sussillo and Barak, 2013).

    A network at rest learns it by a Hopf bifurcation.

    Attributes:
        grid: times, in units of the time constant.
        lowest: smallest ω, in radians per unit of time.
        highest: largest ω; equal to the smallest for a single frequency.
        levels: how many frequencies, evenly spaced; trials take them in turn.

    Example:
        See `FlipFlop`, which is asked for trials in the same way.
    """

    grid: TimeGrid = eqx.field(default_factory=lambda: uniform_grid(25.0, 0.25))
    lowest: float = 0.5
    highest: float = 1.0
    levels: int = eqx.field(static=True, default=4)

    @property
    def n_inputs(self) -> int:
        """The level."""
        return 1

    @property
    def n_outputs(self) -> int:
        """The oscillation."""
        return 1

    def trials(self, count: int, *, key: PRNGKeyArray) -> Trials:
        """Draw trials, see `AbstractTask.trials`."""
        level = jr.permutation(key, jnp.arange(count) % self.levels) / max(self.levels - 1, 1)
        frequency = self.lowest + (self.highest - self.lowest) * level
        times = self.grid.times
        targets = jnp.sin(frequency[:, None] * times)[:, :, None]
        inputs = jnp.broadcast_to((level + 0.25)[:, None, None], (count, self.grid.steps.size, 1))
        return Trials(self.grid, inputs, targets, everywhere(targets))
