"""Student and teacher: reproduce a teacher's read-outs from shared initial states."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge.training.tasks._trials import AbstractTask, Trials, everywhere
from bifbridge.trajectories import TimeGrid, solve, uniform_grid


class Imitation(AbstractTask):
    """Targets are the read-outs of another field, from Gaussian initial states.

    Attributes:
        teacher: the field to imitate.
        readout: C, shape (o, n).
        grid: times, in units of the time constant.
        spread: standard deviation of the initial states.

    Example:
        See `FlipFlop`, which is asked for trials in the same way.
    """

    teacher: Any
    readout: Float[Array, "o n"]
    grid: TimeGrid = eqx.field(default_factory=lambda: uniform_grid(20.0, 0.25))
    spread: float = 1.0

    @property
    def n_inputs(self) -> int:
        """None."""
        return 0

    @property
    def n_outputs(self) -> int:
        """The teacher's read-outs."""
        return self.readout.shape[0]

    def trials(self, count: int, *, key: PRNGKeyArray) -> Trials:
        """Draw trials, see `AbstractTask.trials`."""
        states = self.spread * jr.normal(key, (count, self.readout.shape[1]))
        targets = solve(self.teacher, states, self.grid) @ self.readout.T
        inputs = jnp.zeros((count, self.grid.steps.size, 0))
        return Trials(self.grid, inputs, targets, everywhere(targets), states)
