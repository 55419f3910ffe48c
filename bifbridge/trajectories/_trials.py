"""What is solved, apart from the field: initial states, times, inputs, solver and mask."""

from collections.abc import Callable
from typing import Any

import diffrax as dfx
import equinox as eqx
from jaxtyping import Array, Bool

from bifbridge._custom_types import InitialStates
from bifbridge._short_repr import short_repr
from bifbridge.trajectories._grid import TimeGrid
from bifbridge.trajectories._solve import Inputs


class Trials(eqx.Module):
    """A batch of trials, for `StateSpaceNTK(field, trials)`.

    Attributes:
        initial_states: shape (N, n), or a function of the field where they are learned.
        grid: step times and saved times.
        inputs: u(t) for all trials, t ↦ (N, m), or None.
        solver: a Diffrax solver; `Tsit5` if None.
        mask: whether trial i is observed at saved time t, shape (N, T), or None for all; see
            `length_mask`.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> grid = bb.uniform_grid(10.0, 0.5)
        >>> lengths = jnp.array([4.0, 10.0])
        >>> trials = bb.trajectories.Trials(
        ...     jnp.zeros((2, 3)), grid, mask=bb.trajectories.length_mask(grid.times, lengths)
        ... )
        >>> trials.mask.sum(axis=1)
        Array([ 9, 21], dtype=int64)
    """

    initial_states: InitialStates | Callable[[Any], InitialStates]
    grid: TimeGrid
    inputs: Inputs | None = None
    solver: dfx.AbstractSolver | None = None
    mask: Bool[Array, "N T"] | None = None

    __repr__ = short_repr
