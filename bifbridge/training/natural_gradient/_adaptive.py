"""Plain descent while the kernel is broad, the low-rank step while one direction rules it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Bool, Int

from bifbridge._custom_types import Scalar
from bifbridge.training.natural_gradient._curvature import GaussNewton
from bifbridge.training.natural_gradient._full import rate_at, require_parameters
from bifbridge.training.natural_gradient._model import LowRankModel, implicit_step
from bifbridge.training.natural_gradient._subspaces import AbstractSubspace, BlockIteration


class AdaptiveState(NamedTuple):
    """The state of `adaptive_natural_gradient`.

    Attributes:
        count: number of updates.
        model: of the curvature, as of the last look at it.
        age: updates since then.
        active: whether the low-rank step is in use.
        plain: state of the plain optimiser, which is kept up to date throughout.
        switches: how often the mode changed.
    """

    count: Int[Array, ""]
    model: LowRankModel
    age: Int[Array, ""]
    active: Bool[Array, ""]
    plain: Any
    switches: Int[Array, ""]


def top_gap(model: LowRankModel) -> Scalar:
    """1 − λ₂/λ₁: near one where the Gauss–Newton matrix is of rank one."""
    first, second = model.curvatures[0], model.curvatures[1]
    return jnp.where(first > 0, 1 - second / jnp.where(first > 0, first, 1), 0)


def adaptive_natural_gradient(
    plain: optax.GradientTransformation,
    learning_rate: float | Callable[[Any], Any],
    curvature: GaussNewton,
    *,
    subspace: AbstractSubspace | None = None,
    look_every: int = 20,
    refresh_every: int = 5,
    switch_on: float = 0.8,
    switch_off: float = 0.5,
    dominance: Callable[[LowRankModel], Scalar] = top_gap,
) -> optax.GradientTransformationExtraArgs:
    """Switch between a plain optimiser and the low-rank step by the dominance of one direction.

    Args:
        plain: the optimiser while the curvature is broad, such as `optax.adam(1e-3)`.
        learning_rate: η of the low-rank step, or a schedule of it.
        curvature: the loss and its Gauss–Newton matrix.
        subspace: how directions are chosen; `BlockIteration()` with four of them by default.
        look_every: updates between looks at the curvature in plain mode.
        refresh_every: the same in low-rank mode.
        switch_on: dominance from which the low-rank step is taken.
        switch_off: dominance below which the plain optimiser takes over again.
        dominance: from the model to a number, `top_gap` by default.

    Returns:
        The transformation; its state says in which mode it is.

    Raises:
        ValueError: if `switch_off` lies above `switch_on`.

    Example:
        >>> import jax, jax.numpy as jnp, optax
        >>> import bifbridge as bb
        >>> loss = bb.training.GaussNewton(
        ...     lambda x: jnp.array([x[0], 10 * x[1]])
        ... )  # one direction rules
        >>> optimiser, x = (
        ...     bb.training.adaptive_natural_gradient(optax.sgd(1e-3), 1.0, loss),
        ...     jnp.ones(2),
        ... )
        >>> state = optimiser.init(x)
        >>> for _ in range(3):
        ...     step, state = optimiser.update(jax.grad(loss)(x), state, x)
        ...     x = optax.apply_updates(x, step)
        >>> bool(state.active), bool(loss(x) < 1)
        (True, True)
    """
    if not switch_off <= switch_on:
        raise ValueError(
            f"adaptive_natural_gradient: got switch_on={switch_on}, switch_off={switch_off}, "
            "expected switch_off ≤ switch_on."
        )
    chosen = BlockIteration() if subspace is None else subspace
    plain = optax.with_extra_args_support(plain)

    def init(params: Any) -> Any:
        theta, _ = ravel_pytree(params)
        basis = chosen.start(theta.size, theta.dtype)[:, : theta.size]
        rank = basis.shape[1]
        zero = jnp.zeros((), jnp.int32)
        model = LowRankModel(basis, jnp.zeros(rank, theta.dtype), jnp.zeros((), theta.dtype))
        return AdaptiveState(zero, model, zero, jnp.zeros((), bool), plain.init(params), zero)

    def update(
        updates: Any, state: Any, params: Any = None, *,
        curvature: GaussNewton = curvature, **extra: Any,
    ) -> tuple[Any, Any]:  # fmt: skip
        theta, unravel = ravel_pytree(require_parameters(params, "adaptive_natural_gradient"))
        gradient, rebuild = ravel_pytree(updates)
        due = (state.count == 0) | (state.age >= jnp.where(state.active, refresh_every, look_every))

        def look() -> LowRankModel:
            linearised = curvature.at(theta, unravel)
            return chosen.refresh(linearised, state.model.basis, params, gradient)

        model = jax.lax.cond(due, look, lambda: state.model)
        rules = dominance(model)
        active = jnp.where(state.active, rules >= switch_off, rules >= switch_on)
        moved, inner = plain.update(updates, state.plain, params, **extra)
        rate = rate_at(learning_rate, state.count, theta.dtype)
        step = rebuild(implicit_step(model, gradient, rate))
        chosen_step = jax.tree.map(lambda a, b: jnp.where(active, a, b), step, moved)
        following = AdaptiveState(
            state.count + 1,
            model,
            jnp.where(due, 1, state.age + 1),
            active,
            inner,
            state.switches + (active != state.active),
        )
        return chosen_step, following

    return optax.GradientTransformationExtraArgs(init, update)
