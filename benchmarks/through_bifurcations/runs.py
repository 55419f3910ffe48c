"""Single runs, kept on disk so that a sweep that is cut short goes on where it stopped."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from through_bifurcations.optimisers import CONTESTANTS
from through_bifurcations.problems import Problem, problem

BLOCK = 50


def _transformation(optimiser: str, rate: Any, made: Problem) -> Any:
    chosen = CONTESTANTS[optimiser].make(rate, made.curvature)
    return optax.with_extra_args_support(chosen)


@eqx.filter_jit
def _block(made: Problem, rate: Any, theta: Any, state: Any, optimiser: str) -> Any:
    # Problem and rate are arguments: seeds and rates of one optimiser share the compiled block.
    transformation = _transformation(optimiser, rate, made)

    def step(carry: Any, _: None) -> Any:
        theta, state = carry
        value, slope = jax.value_and_grad(made.loss)(theta)
        updates, state = transformation.update(
            slope, state, theta, value=value, grad=slope, value_fn=made.loss
        )
        return (optax.apply_updates(theta, updates), state), value

    return jax.lax.scan(step, (theta, state), length=BLOCK)


def losses_of(name: str, optimiser: str, rate: float, seed: int, steps: int) -> dict[str, Any]:
    """Train once.

    Args:
        name: of the problem.
        optimiser: one of `CONTESTANTS`.
        rate: η.
        seed: of the problem.
        steps: how many.

    Returns:
        Losses before each step and seconds per step once compiled; the losses end where they
        stop being finite.
    """
    made = problem(name, seed)
    theta, state = made.theta, _transformation(optimiser, rate, made).init(made.theta)
    losses, seconds = [], []
    for _ in range(steps // BLOCK):
        start = time.perf_counter()
        found = _block(made, jnp.asarray(rate), theta, state, optimiser)
        (theta, state), values = jax.block_until_ready(found)
        seconds.append(time.perf_counter() - start)
        losses += [float(x) for x in values]
        if not np.isfinite(losses[-1]) or losses[-1] > 100 * losses[0]:
            break
    finite = next((k for k, x in enumerate(losses) if not np.isfinite(x)), len(losses))
    return {
        "losses": losses[:finite],
        "diverged": bool(finite < steps),
        "seconds_per_step": float(np.median(seconds[1:] or seconds)) / BLOCK,
        "parameters": int(jnp.size(theta)),
    }


def run(
    folder: Path, name: str, optimiser: str, rate: float, seed: int, steps: int
) -> dict[str, Any]:
    """The same, from the folder if it is there already.

    Args:
        folder: of finished runs.
        name: of the problem.
        optimiser: one of `CONTESTANTS`.
        rate: η.
        seed: of the problem.
        steps: how many.

    Returns:
        As `losses_of`.
    """
    key = json.dumps([name, optimiser, rate, seed, steps])
    path = folder / f"{hashlib.sha256(key.encode()).hexdigest()[:20]}.json"
    if path.exists():
        return json.loads(path.read_text())
    found = losses_of(name, optimiser, rate, seed, steps) | {"key": key}
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(found))
    temporary.rename(path)
    return found


def summary(found: dict[str, Any], target: float, steps: int) -> dict[str, float]:
    """The numbers of one run.

    Args:
        found: from `run`.
        target: loss relative to the first one that counts as learned.
        steps: that were asked for.

    Returns:
        Final loss relative to the first, number and largest size of rises by more than 1 %,
        steps and seconds to the target (infinite where it was not reached).
    """
    losses = np.asarray(found["losses"])
    ratios = losses[1:] / losses[:-1]
    below = np.flatnonzero(losses <= target * losses[0])
    reached = float(below[0]) if below.size and not found["diverged"] else float("inf")
    return {
        "final": float("inf") if found["diverged"] else float(losses[-1] / losses[0]),
        "best": float(losses.min() / losses[0]),
        "rises": float(np.sum(ratios > 1.01)),
        "largest_rise": float(ratios.max(initial=1.0)),
        "steps_to_target": reached,
        "seconds_to_target": reached * found["seconds_per_step"],
        "seconds_per_step": found["seconds_per_step"],
        "diverged": float(found["diverged"]),
        "steps": float(steps),
    }
