"""The exact natural gradient, for parameter vectors small enough for a dense matrix."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Int

from bifbridge._custom_types import Scalar
from bifbridge._memory import require_room
from bifbridge.training.natural_gradient._curvature import GaussNewton


class CountState(NamedTuple):
    """How many steps have been taken.

    Attributes:
        count: number of steps.
    """

    count: Int[Array, ""]


def natural_gradient(
    learning_rate: float | Callable[[Any], Any], curvature: GaussNewton
) -> optax.GradientTransformationExtraArgs:
    """δθ = −(G + 1/η)⁻¹∇L with the whole Gauss–Newton matrix.

    A step costs p forward products and the solution of p equations. It is the reference for
    `low_rank_natural_gradient`, which equals it at rank p.

    Args:
        learning_rate: η, or a schedule of it.
        curvature: the loss and its Gauss–Newton matrix.

    Returns:
        The transformation; `update` takes `curvature=` to replace the one given here.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> import bifbridge as bb
        >>> loss = bb.training.GaussNewton(lambda x: jnp.array([x[0], 10 * x[1]]))
        >>> optimiser, x = bb.training.natural_gradient(1.0, loss), jnp.ones(2)
        >>> step, _ = optimiser.update(jax.grad(loss)(x), optimiser.init(x), x)
        >>> step.round(3)  # −λ/(λ + 1/η) of the way in each direction
        Array([-0.5 , -0.99], dtype=float64)
    """

    def init(params: Any) -> Any:
        del params
        return CountState(jnp.zeros((), jnp.int32))

    def update(
        updates: Any, state: Any, params: Any = None, *, curvature: GaussNewton = curvature,
        **extra: Any,
    ) -> tuple[Any, Any]:  # fmt: skip
        del extra
        theta, unravel = ravel_pytree(require_parameters(params, "natural_gradient"))
        require_room(
            16 * theta.size**2,
            f"natural_gradient with {theta.size} parameters",
            "Use low_rank_natural_gradient, which never forms the matrix.",
        )
        gradient, rebuild = ravel_pytree(updates)
        rate = rate_at(learning_rate, state.count, theta.dtype)
        matrix = curvature.at(theta, unravel).curvature_within(
            jnp.eye(theta.size, dtype=theta.dtype)
        )
        damped = matrix + jnp.eye(theta.size, dtype=theta.dtype) / rate
        step = -jax.scipy.linalg.solve(damped, gradient, assume_a="pos")
        return rebuild(step), CountState(state.count + 1)

    return optax.GradientTransformationExtraArgs(init, update)


def require_parameters(params: Any, who: str) -> Any:
    """The parameters, which Optax lets a caller leave out."""
    if params is None:
        raise ValueError(
            f"{who}: got params=None, expected the parameters, since the curvature is theirs: "
            "call update(gradients, state, params)."
        )
    return params


def rate_at(learning_rate: Any, count: Int[Array, ""], dtype: Any) -> Scalar:
    """η at a step."""
    return jnp.asarray(learning_rate(count) if callable(learning_rate) else learning_rate, dtype)
