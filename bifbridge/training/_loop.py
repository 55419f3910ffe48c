"""Gradient descent in blocks of steps, each one compiled call.

A block returns θ at *every* step: bifurcations happen between two steps, and the kernel changes
tenfold within a few, so a path that is only sampled could not be analysed.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector
from bifbridge._errors import DivergenceError
from bifbridge._progress import progress
from bifbridge._short_repr import short_repr
from bifbridge.training._blow_up import first_blow_up

#: L(θ): any function of the flat parameter vector, hashable or an Equinox module.
Loss = Callable[[ParameterVector], Float[Array, ""]]


class TrainingState(eqx.Module):
    """Where training stands between two steps.

    Attributes:
        step: number of steps taken.
        theta: θ, shape (p,).
        optimiser_state: the optimiser's own state.

    Example:
        See [Training through bifurcations](../training.md): `start_training`.
    """

    step: int = eqx.field(static=True)
    theta: ParameterVector
    optimiser_state: Any

    __repr__ = short_repr


class Block(eqx.Module):
    """Consecutive steps of training.

    Attributes:
        start: number of the first step.
        thetas: θ before each step, shape (K, p).
        losses: L(θ) before each step, shape (K,).
        gradient_norms: |∇L(θ)| before each step and before clipping, shape (K,).
        end: the state after the last step.

    Example:
        See [Training through bifurcations](../training.md): `train`.
    """

    start: int = eqx.field(static=True)
    thetas: Float[Array | np.ndarray, "K p"]
    losses: Float[Array | np.ndarray, " K"]
    gradient_norms: Float[Array | np.ndarray, " K"]
    end: TrainingState

    __repr__ = short_repr


def start_training(
    theta: ParameterVector, optimiser: optax.GradientTransformation
) -> TrainingState:
    """The state before the first step.

    Args:
        theta: initial θ, shape (p,).
        optimiser: an Optax gradient transformation.

    Returns:
        A `TrainingState` at step 0.

    Example:
        See [Training through bifurcations](../training.md).
    """
    return TrainingState(0, theta, optimiser.init(theta))


def train(
    loss: Loss,
    state: TrainingState,
    optimiser: optax.GradientTransformation,
    *,
    steps: int,
    block_size: int = 100,
    first_loss: float | None = None,
    blow_up: float = 100.0,
) -> Iterator[Block]:
    """Descend until `steps` steps have been taken, yielding whole blocks.

    Blocks end at multiples of `block_size`, so that a run that is resumed at such a step repeats
    the same compiled calls, and with them the same numbers.

    Args:
        loss: L(θ).
        state: where to start or resume.
        optimiser: an Optax gradient transformation.
        steps: step number at which to stop.
        block_size: steps per block.
        first_loss: the loss at step 0 of the run; by default that of the first step taken.
        blow_up: a loss this many times the first loss counts as divergence.

    Yields:
        Blocks in order; before a divergence is raised, the block up to it.

    Raises:
        DivergenceError: if loss or gradient stop being finite or the loss blows up; it names the
            step, the first quantity to blow up and the last step to resume from.

    Example:
        See [Training through bifurcations](../training.md).
    """
    with progress("training", "steps", steps, state.step, yields=True) as told:
        while state.step < steps:
            length = min(block_size - state.step % block_size, steps - state.step)
            block = _run_block(loss, state, optimiser, length)
            first_loss = float(block.losses[0]) if first_loss is None else first_loss
            bad = _first_bad_step(block, blow_up * abs(first_loss))
            if bad is not None:
                yield _cut(block, bad)
                quantity = first_blow_up(loss, jnp.asarray(block.thetas[bad]))
                message = _describe_divergence(block, bad, first_loss, quantity)
                raise DivergenceError(message, block.start + bad, quantity, block.start)
            told(block.end.step, loss=float(block.losses[-1]))
            yield block
            state = block.end


def _run_block(
    loss: Loss, state: TrainingState, optimiser: optax.GradientTransformation, length: int
) -> Block:
    theta, inner, (thetas, losses, norms) = _scan_steps(
        loss, state.theta, state.optimiser_state, _with_value(optimiser), length
    )
    end = TrainingState(state.step + length, theta, inner)
    return Block(state.step, thetas, losses, norms, end)


@functools.cache
def _with_value(optimiser: optax.GradientTransformation) -> Callable[..., Any]:
    # Cached, because the compiled block is kept under the function's identity.
    return optax.with_extra_args_support(optimiser).update


@eqx.filter_jit
def _scan_steps(loss: Loss, theta: Any, inner: Any, update: Callable[..., Any], length: int):
    def step(carry: Any, _: None) -> Any:
        theta, inner = carry
        value, gradient = jax.value_and_grad(loss)(theta)
        updates, inner = update(gradient, inner, theta, value=value)
        record = theta, value, jnp.linalg.norm(gradient)
        return (optax.apply_updates(theta, updates), inner), record

    (theta, inner), history = jax.lax.scan(step, (theta, inner), length=length)
    return theta, inner, history


def _first_bad_step(block: Block, limit: float) -> int | None:
    losses, norms = np.asarray(block.losses), np.asarray(block.gradient_norms)
    bad = ~np.isfinite(losses) | (losses > limit) | ~np.isfinite(norms)
    return int(np.argmax(bad)) if bad.any() else None


def _cut(block: Block, length: int) -> Block:
    """The block up to a step, whose optimiser state was not kept."""
    last = TrainingState(block.start + length, jnp.asarray(block.thetas[length]), None)
    kept = slice(length)
    return Block(
        block.start, block.thetas[kept], block.losses[kept], block.gradient_norms[kept], last
    )


def _describe_divergence(block: Block, bad: int, first_loss: float, quantity: str) -> str:
    step = block.start + bad
    before = f"{float(block.losses[bad - 1]):.4g}" if bad else "unknown"
    return (
        f"Training diverged at step {step}: the loss became {float(block.losses[bad]):.4g} "
        f"(it was {before} one step before and {first_loss:.4g} at the start; the norm of the "
        f"gradient is {float(block.gradient_norms[bad]):.4g}). First to blow up: {quantity}. "
        f"Everything before step {step} is kept, and the last whole block ends at step "
        f"{block.start}: resume there. Lower the learning rate or the clipping norm."
    )
