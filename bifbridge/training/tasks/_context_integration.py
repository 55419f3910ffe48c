"""Context-dependent integration: which of two noisy streams decides depends on a cue."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import PRNGKeyArray

from bifbridge.training.tasks._perceptual_decision import evidence, signed_coherence
from bifbridge.training.tasks._trials import AbstractTask, Trials
from bifbridge.trajectories import TimeGrid, uniform_grid


class ContextIntegration(AbstractTask):
    """Two streams and a cue; the output is the sign of the cued stream's mean (Mante et al. 2013).

    Inputs: stream 0, stream 1, and two channels of which one is on throughout.

    Attributes:
        grid: times, in units of the time constant.
        coherences: possible sizes of the means; each stream draws one and a sign.
        noise: standard deviation of the evidence at each step.
        end: when the evidence ends; the response counts from `latency` later.
        latency: time to respond.

    Example:
        See `FlipFlop`, which is asked for trials in the same way.
    """

    grid: TimeGrid = eqx.field(default_factory=lambda: uniform_grid(20.0, 0.5))
    coherences: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)
    noise: float = 0.3
    end: float = 12.0
    latency: float = 2.0

    @property
    def n_inputs(self) -> int:
        """Two streams, two cues."""
        return 4

    @property
    def n_outputs(self) -> int:
        """The choice."""
        return 1

    def trials(self, count: int, *, key: PRNGKeyArray) -> Trials:
        """Draw trials, see `AbstractTask.trials`."""
        mean_key, cue_key, first_key, second_key = jr.split(key, 4)
        means = signed_coherence(self.coherences, (count, 2), key=mean_key)
        cue = jr.randint(cue_key, (count,), 0, 2)
        streams = [
            evidence(means[:, i], self.grid, self.end, self.noise, key=k)
            for i, k in enumerate((first_key, second_key))
        ]
        cues = jnp.broadcast_to(jax.nn.one_hot(cue, 2)[:, None], (count, self.grid.steps.size, 2))
        inputs = jnp.concatenate([jnp.stack(streams, axis=2), cues], axis=2)
        choice = jnp.sign(jnp.take_along_axis(means, cue[:, None], axis=1))
        targets = jnp.broadcast_to(choice[:, None], (count, self.grid.times.size, 1))
        counts = self.grid.times >= self.end + self.latency
        return Trials(
            self.grid, inputs, targets, jnp.broadcast_to(counts[None, :, None], targets.shape)
        )
