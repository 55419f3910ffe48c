"""Optimisers by name, so that a configuration can choose one."""

import optax

OPTIMISERS = {
    "sgd": lambda rate, momentum: optax.sgd(rate, momentum or None),
    "rmsprop": lambda rate, momentum: optax.rmsprop(rate, momentum=momentum or None),
    "adam": lambda rate, momentum: optax.adam(rate, b1=momentum),
    "adamw": lambda rate, momentum: optax.adamw(rate, b1=momentum),
}


def make_optimiser(
    name: str, learning_rate: float, *, momentum: float = 0.9, clip_norm: float | None = None
) -> optax.GradientTransformation:
    """An Optax optimiser behind a bound on the norm of the gradient.

    Args:
        name: one of `OPTIMISERS`.
        learning_rate: step size.
        momentum: weight of the past in the running mean of gradients, between 0 and 1; plain
            descent is "sgd" with 0.
        clip_norm: largest norm of the gradient that enters the optimiser; None for no bound.

    Returns:
        The gradient transformation.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.training import make_optimiser
        >>> optimiser = make_optimiser("sgd", 0.1, clip_norm=1.0)
        >>> updates, _ = optimiser.update(jnp.array([3.0, 4.0]), optimiser.init(jnp.zeros(2)))
        >>> updates
        Array([-0.06, -0.08], dtype=float64)
    """
    if name not in OPTIMISERS:
        raise ValueError(f"Got optimizer {name!r}, expected one of {', '.join(OPTIMISERS)}.")
    optimiser = OPTIMISERS[name](learning_rate, momentum)
    if clip_norm is None:
        return optimiser
    return optax.chain(optax.clip_by_global_norm(clip_norm), optimiser)
