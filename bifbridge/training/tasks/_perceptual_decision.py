"""Perceptual decision: the sign of a noisy input's mean."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge.training.tasks._trials import AbstractTask, Trials
from bifbridge.trajectories import TimeGrid, uniform_grid


class PerceptualDecision(AbstractTask):
    """One stream of evidence; after it ends the output must be the sign of its mean.

    Attributes:
        grid: times, in units of the time constant.
        coherences: possible sizes of the mean; each trial draws one and a sign.
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
        """The evidence."""
        return 1

    @property
    def n_outputs(self) -> int:
        """The choice."""
        return 1

    def trials(self, count: int, *, key: PRNGKeyArray) -> Trials:
        """Draw trials, see `AbstractTask.trials`."""
        mean_key, noise_key = jr.split(key)
        mean = signed_coherence(self.coherences, (count,), key=mean_key)
        inputs = evidence(mean, self.grid, self.end, self.noise, key=noise_key)[..., None]
        targets = jnp.broadcast_to(jnp.sign(mean)[:, None, None], (count, self.grid.times.size, 1))
        counts = self.grid.times >= self.end + self.latency
        return Trials(
            self.grid, inputs, targets, jnp.broadcast_to(counts[None, :, None], targets.shape)
        )


def signed_coherence(
    coherences: tuple[float, ...], shape: tuple[int, ...], *, key: PRNGKeyArray
) -> Float[Array, "..."]:
    """Means of evidence: a size from a list, with a random sign."""
    size_key, sign_key = jr.split(key)
    return jr.choice(size_key, jnp.array(coherences), shape) * jr.rademacher(sign_key, shape, float)


def evidence(
    mean: Float[Array, " N"], grid: TimeGrid, end: float, noise: float, *, key: PRNGKeyArray
) -> Float[Array, "N K1"]:
    """A noisy stream that ends at a given time."""
    stream = mean[:, None] + noise * jr.normal(key, (mean.size, grid.steps.size))
    return jnp.where(grid.steps < end, stream, 0.0)
