"""What of a solve is observed, and what is refused before it is linearised."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from bifbridge._custom_types import (
    Trajectories,
    Weights,
)
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories._grid import TimeGrid
from bifbridge.trajectories._measure import masked_weights


def refuse_infinite(name: str, states: Trajectories) -> None:
    """Raise where a trajectory has left the finite numbers."""
    finite = jnp.isfinite(states).all((1, 2))
    if not bool(finite.all()):
        bad = jnp.flatnonzero(~finite)
        raise ValueError(
            f"{name}: {bad.size} of {finite.size} trajectories are not finite (the first is "
            f"trial {int(bad[0])}). Shorten the horizon or the steps, leave these trials out, or "
            "end them earlier with a mask."
        )


def observation(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    mask: Any,
) -> tuple[Weights, Int[Array, " N"] | None]:
    """The weights of the observed times, and the step at which each trial ends."""
    _refuse_shapes(field, initial_states, grid, names, mask)
    if mask is None:
        return grid.weights, None
    observed = jnp.asarray(mask)
    return masked_weights(grid.times, observed), last_steps(grid, observed)


def _refuse_shapes(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    mask: Any,
) -> None:
    theta, _ = flatten_parameters(field, names)
    if theta.size == 0:
        raise ValueError(
            f"linearise: {type(field).__name__} has no floating-point array leaf, so there are no "
            "parameters to differentiate in. Make its numbers jax.numpy arrays."
        )
    if not callable(initial_states) and (
        initial_states.ndim != 2 or not jnp.issubdtype(initial_states.dtype, jnp.floating)
    ):
        raise ValueError(
            f"linearise: got initial states of shape {initial_states.shape} and type "
            f"{initial_states.dtype}, expected floating-point numbers of shape (N, n): one row "
            "per trial. For a single trial write state[None, :]."
        )
    if mask is None:
        return
    times = grid.saved.shape[0]
    trials = mask.shape[0] if callable(initial_states) else initial_states.shape[0]
    if mask.shape != (trials, times):
        raise ValueError(
            f"linearise: got a mask of shape {mask.shape}, expected (N, T) = ({trials}, {times})."
        )
    empty = ~(mask[:, 1:] & mask[:, :-1]).any(1)
    if bool(empty.any()):
        raise ValueError(
            f"linearise: the mask leaves trial {int(jnp.argmax(empty))} without an interval whose "
            "ends are both observed. Leave that trial out."
        )


def last_steps(grid: TimeGrid, mask: Bool[Array, "N T"]) -> Int[Array, " N"]:
    """The number of steps up to the last observed time of each trial."""
    last = mask.shape[1] - 1 - jnp.argmax(mask[:, ::-1], 1)
    return jnp.asarray(grid.saved)[last]
