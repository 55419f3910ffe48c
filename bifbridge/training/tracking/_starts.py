"""States from which the equilibria of a run are searched."""

from typing import Any

import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float


def start_cloud(
    field: Any, count: int, *, spread: float = 1.0, seed: int = 0
) -> Float[Array, "k n"]:
    """The origin and Gaussian states.

    Args:
        field: a field with `weights` of shape (n, n) or a number `n_states`.
        count: of Gaussian states.
        spread: their standard deviation.
        seed: of the states.

    Returns:
        Shape (count + 1, n).

    Raises:
        ValueError: if the number of states cannot be told from the field.
    """
    weights = getattr(field, "weights", None)
    n = getattr(field, "n_states", None) if weights is None else weights.shape[0]
    if n is None:
        raise ValueError(
            f"Cannot tell the number of states of {type(field).__name__}; give it an attribute "
            "`n_states`."
        )
    cloud = spread * jr.normal(jr.key(seed), (count, int(n)))
    return jnp.concatenate([jnp.zeros((1, int(n))), cloud])
