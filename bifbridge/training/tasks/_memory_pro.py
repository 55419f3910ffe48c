"""Memory-pro: report a direction after a delay."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import PRNGKeyArray

from bifbridge.training.tasks._trials import AbstractTask, Trials, everywhere
from bifbridge.trajectories import TimeGrid, uniform_grid


class MemoryPro(AbstractTask):
    """A direction is shown, must be kept through a delay, and is reported when fixation ends.

    Inputs: fixation, cos θ, sin θ. Outputs: the same three, the direction after the go cue
    (delayed response; Yang et al., Nature Neuroscience 2019). The memory is a ring of states.

    Attributes:
        grid: times, in units of the time constant.
        stimulus: onset and end of the stimulus.
        go: earliest and latest end of fixation.
        latency: time after the go cue from which the response counts.

    Example:
        See `FlipFlop`, which is asked for trials in the same way.
    """

    grid: TimeGrid = eqx.field(default_factory=lambda: uniform_grid(30.0, 0.5))
    stimulus: tuple[float, float] = (2.0, 6.0)
    go: tuple[float, float] = (12.0, 22.0)
    latency: float = 2.0

    @property
    def n_inputs(self) -> int:
        """Fixation and the two components of the direction."""
        return 3

    @property
    def n_outputs(self) -> int:
        """Fixation and the two components of the direction."""
        return 3

    def trials(self, count: int, *, key: PRNGKeyArray) -> Trials:
        """Draw trials, see `AbstractTask.trials`."""
        angle_key, go_key = jr.split(key)
        angle = jr.uniform(angle_key, (count, 1), maxval=2 * jnp.pi)
        go = jr.uniform(go_key, (count, 1), minval=self.go[0], maxval=self.go[1])
        direction = jnp.concatenate([jnp.cos(angle), jnp.sin(angle)], axis=1)[:, None]
        steps, times = self.grid.steps[None], self.grid.times[None]
        shown = (steps >= self.stimulus[0]) & (steps < self.stimulus[1])
        shown = jnp.broadcast_to(shown, (count, steps.size))
        inputs = jnp.concatenate(
            [(steps < go)[..., None] * 1.0, shown[..., None] * direction], axis=2
        )
        targets = jnp.concatenate(
            [(times < go)[..., None] * 1.0, (times >= go)[..., None] * direction], axis=2
        )
        turning = (times >= go) & (times < go + self.latency)
        return Trials(self.grid, inputs, targets, everywhere(targets) & ~turning[..., None])
