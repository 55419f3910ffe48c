"""Low-rank natural gradient as an Optax transformation."""

from collections.abc import Callable
from typing import Any, Literal

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree

from bifbridge.training.natural_gradient._acceptance import GainRatio
from bifbridge.training.natural_gradient._curvature import GaussNewton
from bifbridge.training.natural_gradient._full import rate_at, require_parameters
from bifbridge.training.natural_gradient._model import LowRankModel, implicit_step
from bifbridge.training.natural_gradient._subspaces import AbstractSubspace, BlockIteration
from bifbridge.training.natural_gradient._verdict import (
    LastStep,
    LowRankState,
    judge,
    refresh_due,
)

#: Rounds of the subspace at the first update.
_FIRST_ROUNDS = 3


def low_rank_natural_gradient(
    learning_rate: float | Callable[[Any], Any],
    curvature: GaussNewton,
    *,
    subspace: AbstractSubspace | None = None,
    refresh_every: int = 60,
    surprise: float | Literal["auto"] | None = "auto",
    acceptance: GainRatio | None = None,
    rest: optax.GradientTransformation | None = None,
) -> optax.GradientTransformationExtraArgs:
    r"""Natural gradient on k directions, descent off them.

    δθ = −(G̃ + 1/η)⁻¹g with G̃ = UΛUᵀ + τ(1 − UUᵀ) in place of the Gauss–Newton matrix G of the
    loss: a linearly implicit step of the gradient flow on the span of U, which is stable there at
    any η, and descent at rate η/(1 + ητ) elsewhere, τ being the curvature that `subspace` says is
    left. Near a bifurcation G collapses to rank one, so few directions suffice where plain
    descent becomes unstable.

    A refresh costs about k gradients with `BlockIteration`, and a fraction of one with a single
    fixed direction; between refreshes a step costs what a step of plain descent does. A curvature
    on a part of the trials makes refreshes cheaper still. With `acceptance` a model that has grown
    old is found out by the step that it spoils, which is taken back: refreshes can be rare.

    Args:
        learning_rate: η, or a schedule of it.
        curvature: the loss and its Gauss–Newton matrix.
        subspace: how directions are chosen; `BlockIteration()` with four of them by default.
        refresh_every: updates between refreshes of the model, at least 1.
        surprise: refresh at once where the gradient on the subspace differs from the model's
            expectation, or has grown off the subspace, by more than this part of its size one
            update before; None never does. "auto" is 2, and None with `acceptance`, where a
            step that was taken back has the same effect.
        acceptance: take back steps that make the loss rise and adapt η; `update` then needs
            `value=`, the loss at the parameters.
        rest: the optimiser off the subspace, such as `optax.adam(1e-3)`; None for plain descent
            at η.

    Returns:
        The transformation, whose updates are steps (no further scaling by a rate). `update`
        takes `curvature=`, to replace the one given here by that of the batch at hand.

    Raises:
        ValueError: for a `refresh_every` below 1, or if both `acceptance` and `rest` are given.

    Example:
        >>> import jax, jax.numpy as jnp, optax
        >>> from bifbridge.training import GaussNewton, low_rank_natural_gradient
        >>> loss = GaussNewton(lambda x: jnp.array([x[0], 100 * x[1]]))  # curvatures 1 and 10⁴
        >>> optimiser = low_rank_natural_gradient(0.5, loss)
        >>> x = jnp.ones(2)
        >>> state = optimiser.init(x)
        >>> for _ in range(30):  # plain descent is unstable above a rate of 2e-4
        ...     updates, state = optimiser.update(jax.grad(loss)(x), state, x)
        ...     x = optax.apply_updates(x, updates)
        >>> bool(loss(x) < 1e-8)
        True
    """
    if refresh_every < 1:
        raise ValueError(
            f"low_rank_natural_gradient: got refresh_every={refresh_every}, expected at least 1."
        )
    if acceptance is not None and rest is not None:
        raise ValueError(
            "low_rank_natural_gradient: an acceptance rule needs the model's step everywhere; "
            "give either acceptance= or rest=."
        )
    chosen = BlockIteration() if subspace is None else subspace
    if surprise == "auto":
        surprise = 2.0 if acceptance is None else None
    who = "low_rank_natural_gradient"

    def init(params: Any) -> Any:
        theta, _ = ravel_pytree(params)
        zero = jnp.zeros((), theta.dtype)
        basis = chosen.start(theta.size, theta.dtype)[:, : theta.size]
        rank = basis.shape[1]
        return LowRankState(
            count=jnp.zeros((), jnp.int32),
            model=LowRankModel(basis, jnp.zeros(rank, theta.dtype), zero),
            age=jnp.zeros((), jnp.int32),
            expected=jnp.zeros(rank, theta.dtype),
            damping=zero + 1,
            last=LastStep(zero, jnp.zeros_like(theta), jnp.zeros_like(theta), zero),
            rest=None if rest is None else rest.init(params),
            refreshes=jnp.zeros((), jnp.int32),
            rejected=jnp.zeros((), jnp.int32),
        )

    def update(
        updates: Any, state: Any, params: Any = None, *,
        value: Any = None, curvature: GaussNewton = curvature, **extra: Any,
    ) -> tuple[Any, Any]:  # fmt: skip
        theta, unravel = ravel_pytree(require_parameters(params, who))
        gradient, rebuild = ravel_pytree(updates)
        verdict = judge(acceptance, state, value, gradient, who)
        position = theta - verdict.taken_back

        def refreshed() -> LowRankModel:
            linearised, parameters = curvature.at(position, unravel), unravel(position)

            def once(_: Any, model: LowRankModel) -> LowRankModel:
                return chosen.refresh(linearised, model.basis, parameters, verdict.gradient)

            # Random directions need a few rounds before they hold the steepest ones.
            rounds = jnp.where(state.count == 0, _FIRST_ROUNDS, 1)
            return jax.lax.fori_loop(0, rounds, once, state.model)

        due = refresh_due(state, verdict, refresh_every, surprise)
        model = jax.lax.cond(due, refreshed, lambda: state.model)
        rate = rate_at(learning_rate, state.count, theta.dtype) * verdict.damping
        step = implicit_step(model, verdict.gradient, rate)
        inner = state.rest
        if rest is not None:
            outside = rebuild(verdict.gradient - model.within(verdict.gradient))
            moved, inner = optax.with_extra_args_support(rest).update(
                outside, state.rest, params, **extra
            )
            away = ravel_pytree(moved)[0]
            step = model.within(step) + away - model.within(away)
        following = LowRankState(
            count=state.count + 1,
            model=model,
            age=jnp.where(due, 1, state.age + 1),
            expected=model.components(verdict.gradient) / (1 + rate * model.curvatures),
            damping=verdict.damping,
            last=LastStep(
                verdict.value, verdict.gradient, step, model.decrease(verdict.gradient, step)
            ),
            rest=inner,
            refreshes=state.refreshes + due,
            rejected=state.rejected + verdict.rejected,
        )
        return rebuild(step - verdict.taken_back), following

    return optax.GradientTransformationExtraArgs(init, update)
