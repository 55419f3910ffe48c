"""Checking a state before it is compiled into anything."""

from typing import Any

import jax.numpy as jnp

from bifbridge._custom_types import State


def state_vector(what: str, state: Any) -> State:
    """The state as a vector of 64-bit floats.

    Args:
        what: the caller, for the message.
        state: anything array-like.

    Returns:
        z, shape (n,).

    Raises:
        ValueError: if it is not a vector.
    """
    vector = jnp.asarray(state, float)
    if vector.ndim != 1:
        raise ValueError(f"{what}: got a state of shape {vector.shape}, expected (n,).")
    return vector
