"""Optimisers by name, so that a configuration can choose one."""

import optax

OPTIMISERS = {"sgd": optax.sgd, "adam": optax.adam, "rmsprop": optax.rmsprop, "adamw": optax.adamw}


def make_optimiser(
    name: str, learning_rate: float, *, clip_norm: float | None = None
) -> optax.GradientTransformation:
    """An Optax optimiser behind a bound on the norm of the gradient.

    Args:
        name: one of `OPTIMISERS`.
        learning_rate: step size.
        clip_norm: largest norm of the gradient that enters the optimiser; None for no bound.

    Returns:
        The gradient transformation.

    Raises:
        ValueError: for an unknown name.
    """
    if name not in OPTIMISERS:
        raise ValueError(f"Got optimizer {name!r}, expected one of {', '.join(OPTIMISERS)}.")
    optimiser = OPTIMISERS[name](learning_rate)
    if clip_norm is None:
        return optimiser
    return optax.chain(optax.clip_by_global_norm(clip_norm), optimiser)
