"""The flip-flop: every output keeps the sign of its input's last pulse."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import PRNGKeyArray

from bifbridge.training.tasks._trials import AbstractTask, Trials
from bifbridge.trajectories import TimeGrid, uniform_grid


class FlipFlop(AbstractTask):
    """B bits (Sussillo and Barak, Neural Computation 2013): 2ᴮ states must become stable.

    Each bit's first pulse comes at the start. An output counts from `latency` after its bit's
    last pulse began, so that the network has time to turn.

    Attributes:
        bits: B, inputs and outputs.
        grid: times, in units of the time constant.
        rate: pulses per bit and unit of time, after the first.
        width: duration of a pulse.
        latency: time from the onset of a pulse to the moment when its target counts.

    Example:
        >>> import jax.random as jr
        >>> import bifbridge as bb
        >>> from bifbridge.training.tasks import FlipFlop
        >>> trials = FlipFlop(bits=2, grid=bb.uniform_grid(5.0, 0.5)).trials(3, key=jr.key(0))
        >>> trials.inputs.shape, trials.targets.shape
        ((3, 11, 2), (3, 11, 2))
    """

    bits: int = eqx.field(static=True, default=3)
    grid: TimeGrid = eqx.field(default_factory=lambda: uniform_grid(30.0, 0.5))
    rate: float = 0.1
    width: float = 1.0
    latency: float = 3.0

    @property
    def n_inputs(self) -> int:
        """One per bit."""
        return self.bits

    @property
    def n_outputs(self) -> int:
        """One per bit."""
        return self.bits

    def trials(self, count: int, *, key: PRNGKeyArray) -> Trials:
        """Draw trials, see `AbstractTask.trials`."""
        onset_key, sign_key = jr.split(key)
        steps = self.grid.steps
        shape = (count, steps.size, self.bits)
        chance = self.rate * jnp.append(0.0, jnp.diff(steps))[None, :, None]
        onsets = (jr.uniform(onset_key, shape) < chance).at[:, 0].set(True)
        signs = jr.rademacher(sign_key, shape, float)
        # Time and sign of the last onset at or before each step.
        index = jnp.where(onsets, jnp.arange(steps.size)[None, :, None], 0)
        last = jax.lax.cummax(index, axis=1)
        held = jnp.take_along_axis(signs, last, axis=1)
        elapsed = steps[None, :, None] - steps[last]
        inputs = jnp.where(elapsed < self.width, held, 0.0)
        saved = self.grid.saved
        return Trials(self.grid, inputs, held[:, saved], (elapsed >= self.latency)[:, saved])
