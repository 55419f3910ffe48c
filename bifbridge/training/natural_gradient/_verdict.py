"""How a step is judged after it was taken, and what is remembered for that."""

from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from bifbridge._custom_types import ParameterVector, Scalar
from bifbridge.training.natural_gradient._acceptance import GainRatio
from bifbridge.training.natural_gradient._model import LowRankModel


class LastStep(NamedTuple):
    """What is needed to judge a step, and to take it back.

    Attributes:
        value: the loss before it.
        gradient: ∇L before it, shape (p,).
        step: δθ, shape (p,).
        decrease: the fall of the loss that the model predicted.
    """

    value: Scalar
    gradient: ParameterVector
    step: ParameterVector
    decrease: Scalar


class LowRankState(NamedTuple):
    """The state of `low_rank_natural_gradient`.

    Attributes:
        count: number of updates.
        model: of the curvature, as of the last refresh.
        age: updates since then.
        expected: Uᵀ∇L that the model expects at the next update, shape (k,).
        damping: factor on η, 1 unless an acceptance rule changes it.
        last: the last step.
        rest: state of the optimiser off the subspace.
        refreshes: how often the model was refreshed.
        rejected: how many steps were taken back.
    """

    count: Int[Array, ""]
    model: LowRankModel
    age: Int[Array, ""]
    expected: Float[Array, " k"]
    damping: Scalar
    last: LastStep
    rest: Any
    refreshes: Int[Array, ""]
    rejected: Int[Array, ""]


class Verdict(NamedTuple):
    """From where the next step goes: the present point, or the one before a rejected step."""

    rejected: Bool[Array, ""]
    value: Scalar
    gradient: ParameterVector
    taken_back: ParameterVector
    damping: Scalar


def judge(
    acceptance: GainRatio | None,
    state: LowRankState,
    value: Any,
    gradient: ParameterVector,
    who: str,
) -> Verdict:
    if acceptance is None:
        never = jnp.zeros((), bool)
        return Verdict(never, state.last.value, gradient, jnp.zeros_like(gradient), state.damping)
    if value is None:
        raise ValueError(
            f"{who}: got no value=, expected the loss at the parameters, which the acceptance "
            "rule compares: call update(gradients, state, params, value=loss)."
        )
    last, now = state.last, jnp.asarray(value, gradient.dtype)
    first = state.count == 0
    rejected = ~first & acceptance.rises(last.value, now)
    factor = jnp.where(first, 1, acceptance.factor(last.value, now, last.decrease))
    return Verdict(
        rejected,
        jnp.where(rejected, last.value, now),
        jnp.where(rejected, last.gradient, gradient),
        jnp.where(rejected, last.step, 0),
        jnp.clip(state.damping * factor, acceptance.smallest, acceptance.largest),
    )


def refresh_due(
    state: LowRankState, verdict: Verdict, every: int, surprise: float | None
) -> Bool[Array, ""]:
    # A rejected step was bad either because it was long or because the model is old.
    due = (state.count == 0) | (state.age >= every) | (verdict.rejected & (state.age > 1))
    if surprise is None:
        return due
    found, before = (state.model.components(g) for g in (verdict.gradient, state.last.gradient))
    gap = jnp.linalg.norm(found - state.expected)
    # Off the subspace descent lets the gradient grow only where a steep direction is missing.
    left, left_before = (
        jnp.linalg.norm(g - state.model.within(g)) for g in (verdict.gradient, state.last.gradient)
    )
    surprised = (gap > surprise * jnp.linalg.norm(before)) | (left > (1 + surprise) * left_before)
    return due | (~verdict.rejected & surprised)
