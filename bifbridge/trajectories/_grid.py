"""The steps of a solve, fixed before it starts, so that its linearisation is exact."""

from typing import Literal

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from bifbridge._custom_types import Times
from bifbridge._short_repr import short_repr

#: Who chose the steps: equal ones, error control that watched a tangent too, or anyone.
Provenance = Literal["fixed", "tangent", "unknown"]


class TimeGrid(eqx.Module):
    """The times a solver steps through, and which of them are saved.

    Attributes:
        steps: every step time t₀ < t₁ < … < t_K, shape (K + 1,), in units of time.
        saved: positions in `steps` whose states are saved, shape (T,), increasing.
        provenance: who chose the steps (static). `linearise` tests unequal ones of "unknown"
            origin on a tangent.

    Example:
        `uniform_grid` makes equal steps; others are made from their times:

        >>> import jax.numpy as jnp, numpy as np
        >>> import bifbridge as bb
        >>> bb.trajectories.TimeGrid(jnp.array([0.0, 0.1, 0.3, 0.7]), np.array([0, 3])).times
        Array([0. , 0.7], dtype=float64)
    """

    steps: Float[Array, " K1"]
    saved: Int[np.ndarray | Array, " T"]
    provenance: Provenance = eqx.field(static=True, default="unknown")

    @property
    def times(self) -> Times:
        """Saved times, shape (T,)."""
        return self.steps[self.saved]

    @property
    def n_steps(self) -> int:
        """Number of solver steps K."""
        return self.steps.shape[0] - 1

    @property
    def weights(self) -> Times:
        """Trapezoid weights of the saved times, shape (T,): the measure of every inner product."""
        gaps = jnp.diff(self.times)
        zero = jnp.zeros(1, gaps.dtype)
        return (jnp.concatenate([zero, gaps]) + jnp.concatenate([gaps, zero])) / 2

    __repr__ = short_repr


def uniform_grid(
    horizon: float, step: float, *, save_every: int = 1, dtype: type = float
) -> TimeGrid:
    """Equal steps from 0 to `horizon`.

    Args:
        horizon: final time.
        step: wanted step size; shortened so that a whole number of saved intervals fits.
        save_every: steps between saved states; the first and last state are always saved.
        dtype: floating type of the times.

    Returns:
        A `TimeGrid` of steps no longer than `step`.

    Raises:
        ValueError: if a size is not positive.

    Example:
        >>> import bifbridge as bb
        >>> grid = bb.uniform_grid(1.0, 0.1, save_every=5)
        >>> grid.n_steps, grid.times, grid.weights
        (10, Array([0. , 0.5, 1. ], dtype=float64), Array([0.25, 0.5 , 0.25], dtype=float64))
    """
    if not (horizon > 0 and step > 0 and save_every > 0):
        raise ValueError(
            f"uniform_grid: got horizon={horizon}, step={step}, save_every={save_every}; "
            "expected all of them positive."
        )
    intervals = max(1, int(np.ceil(horizon / (step * save_every) - 1e-9)))
    n_steps = intervals * save_every
    saved = np.arange(0, n_steps + 1, save_every)
    return TimeGrid(jnp.linspace(0.0, horizon, n_steps + 1, dtype=dtype), saved, "fixed")
