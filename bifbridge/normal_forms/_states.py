"""Checking a state before it is compiled into anything."""

from typing import Any

import jax.numpy as jnp

from bifbridge._custom_types import State


def state_vector(what: str, state: Any) -> State:
    """The state as a vector of 64-bit floats."""
    vector = jnp.asarray(state, float)
    if vector.ndim != 1:
        raise ValueError(f"{what}: got a state of shape {vector.shape}, expected (n,).")
    return vector
