"""The linearisation S of a discrete-time cell, in the same clothes as that of a solve."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from bifbridge._custom_types import InitialStates, ParameterVector, Trajectories
from bifbridge._precision import require_x64
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories import Sensitivity


def linearise_map(
    cell: Any,
    initial_states: InitialStates,
    n_steps: int,
    *,
    names: Sequence[str] | None = None,
    lengths: Int[Array, " N"] | None = None,
) -> Sensitivity:
    """Iterate z⁺ = cell(z) and linearise the orbit in the parameters, once.

    Args:
        cell: an Equinox module, z ↦ z⁺ for one state of shape (n,).
        initial_states: shape (N, n).
        n_steps: number of steps; states 0 … n_steps are kept.
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        lengths: number of steps of each trial, shape (N,), where they differ: it stands still
            after them, without weight.

    Returns:
        The sensitivity, with the step number for time and weight one for each step.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if an orbit is not finite.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (require_x64 raises)
    require_x64("The linearisation of an orbit")
    chosen = None if names is None else tuple(names)
    result = _linearise(cell, initial_states, n_steps, chosen, lengths)
    if not bool(jnp.isfinite(result.trajectories).all()):
        raise ValueError(
            "linearise_map: an orbit is not finite; take fewer steps, or end it with lengths=."
        )
    return result


@eqx.filter_jit
def _linearise(
    cell: Any,
    initial_states: InitialStates,
    n_steps: int,
    names: tuple[str, ...] | None,
    lengths: Int[Array, " N"] | None,
) -> Sensitivity:
    theta, rebuild = flatten_parameters(cell, names)

    def orbits(vector: ParameterVector) -> Trajectories:
        moved = jax.vmap(rebuild(vector))

        def advance(states: InitialStates, k: Array) -> tuple[InitialStates, InitialStates]:
            after = moved(states)
            if lengths is not None:
                after = jnp.where((k < lengths)[:, None], after, states)
            return after, after

        _, rest = jax.lax.scan(advance, initial_states, jnp.arange(n_steps))
        return jnp.swapaxes(jnp.concatenate([initial_states[None], rest]), 0, 1)

    states, linear = jax.linearize(orbits, theta)
    times = jnp.arange(n_steps + 1.0)
    weights = jnp.ones_like(times)
    if lengths is not None:
        weights = (times[None, :] <= lengths[:, None]).astype(times.dtype)
    return Sensitivity(theta, states, times, weights, linear)
