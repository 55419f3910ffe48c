"""The weights of the trajectory inner product, also for trials of unequal length."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from bifbridge._custom_types import Times, Weights


def trajectory_measure(weights: Weights, trials: int) -> Float[Array, "#N T 1"]:
    """Weights over trials, times and states: wₜ/N, or wᵢₜ/N where each trial has its own.

    ⟨x, y⟩ = (1/N) Σᵢ Σₜ wᵢₜ xᵢ(t)·yᵢ(t): the mean over all N trials, however long each one is.

    Args:
        weights: shape (T,), or (N, T).
        trials: N.

    Returns:
        An array that multiplies trajectories of shape (N, T, n).

    Example:
        >>> import bifbridge as bb
        >>> from bifbridge.trajectories import trajectory_measure
        >>> trajectory_measure(bb.uniform_grid(2.0, 1.0).weights, 4).squeeze()  # wₜ/N
        Array([0.125, 0.25 , 0.125], dtype=float64)
    """
    rows = weights if weights.ndim == 2 else weights[None]
    return rows[..., None] / trials


def masked_weights(times: Times, mask: Bool[Array, "N T"]) -> Float[Array, "N T"]:
    """Trapezoid weights of each trial over the intervals both of whose ends it observes."""
    halves = jnp.diff(times) / 2 * (mask[:, 1:] & mask[:, :-1])
    none = jnp.zeros((mask.shape[0], 1), halves.dtype)
    return jnp.concatenate([none, halves], 1) + jnp.concatenate([halves, none], 1)


def length_mask(times: Times, lengths: Float[Array, " N"]) -> Bool[Array, "N T"]:
    """Observed up to a length of its own in each trial.

    Args:
        times: saved times, shape (T,).
        lengths: durations of the trials, in units of time, shape (N,).

    Returns:
        The mask for `Trials` and `linearise`.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> bb.trajectories.length_mask(jnp.array([0.0, 1.0, 2.0]), jnp.array([1.5, 2.0]))
        Array([[ True,  True, False],
               [ True,  True,  True]], dtype=bool)
    """
    slack = 1e-9 * (times[-1] - times[0])
    return times[None, :] - times[0] <= lengths[:, None] + slack
