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
#: Blocks after which a block of plain descent is timed, on the same machine at the same time.
TIMED = (1, 3, 5, 7)
#: Steps from a crossing within which a rise of the loss counts as being at it.
NEAR = 20


def _transformation(optimiser: str, rate: Any, made: Problem) -> Any:
    chosen = CONTESTANTS[optimiser].make(rate, made.loss)
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
        return (optax.apply_updates(theta, updates), state), (value, theta)

    return jax.lax.scan(step, (theta, state), length=BLOCK)


def _timed(made: Problem, rate: float, theta: Any, state: Any, optimiser: str) -> Any:
    start = time.perf_counter()
    found = jax.block_until_ready(_block(made, jnp.asarray(rate), theta, state, optimiser))
    return found, time.perf_counter() - start


def losses_of(name: str, optimiser: str, rate: float, seed: int, steps: int) -> dict[str, Any]:
    """Train once.

    Args:
        name: of the problem.
        optimiser: one of `CONTESTANTS`.
        rate: η.
        seed: of the problem.
        steps: how many.

    Returns:
        Losses before each step, which end where they stop being finite; the time of a step over
        one of SGD, both timed in turns; and for students of a teacher the steps at which an
        eigenvalue of their weights passes 1, where the origin bifurcates.
    """
    made = problem(name, seed)
    theta, state = made.theta, _transformation(optimiser, rate, made).init(made.theta)
    still = _transformation("SGD", 0.0, made).init(theta)
    _timed(made, 0.0, theta, still, "SGD")  # compiles
    losses, above = [], []
    spent, plain = [], []
    for k in range(steps // BLOCK):
        ((theta, state), (values, thetas)), took = _timed(made, rate, theta, state, optimiser)
        losses += [float(x) for x in values]
        if not np.isfinite(losses[-1]) or losses[-1] > 100 * losses[0]:
            break
        if k in TIMED:
            spent.append(took)
            plain.append(_timed(made, 0.0, theta, still, "SGD")[1])
        if "pitchfork" in name:
            above += [unstable(t) for t in np.asarray(thetas)]
    finite = next((k for k, x in enumerate(losses) if not np.isfinite(x)), len(losses))
    return {
        "losses": losses[:finite],
        "diverged": bool(finite < steps),
        "cost": sum(spent) / sum(plain) if spent else float("nan"),
        "seconds_per_step": min(plain, default=float("nan")) / BLOCK,
        "crossings": [k + 1 for k in range(len(above) - 1) if above[k + 1] != above[k]],
        "parameters": int(jnp.size(theta)),
    }


def unstable(weights: np.ndarray) -> int:
    """How many unstable directions the origin of −z + tanh(Wz) has."""
    n = int(np.sqrt(weights.size))
    return int(np.sum(np.linalg.eigvals(weights.reshape(n, n)).real > 1))


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
        Loss relative to the first after all steps, and after the time that SGD takes for all of
        its own; number, size and place of rises by more than 1 %; steps to the target, and the
        same time in steps of SGD (infinite where it was not reached).
    """
    losses, cost = np.asarray(found["losses"]), float(found["cost"])
    ratios = losses[1:] / losses[:-1]
    rises = np.flatnonzero(ratios > 1.01) + 1
    crossings = np.asarray(found["crossings"])
    near = [bool(np.any(np.abs(crossings - k) <= NEAR)) for k in rises] if crossings.size else []
    below = np.flatnonzero(losses <= target * losses[0])
    reached = float(below[0]) if below.size and not found["diverged"] else float("inf")
    affordable = 0 if np.isnan(cost) else min(len(losses) - 1, int(steps / cost))
    failed = found["diverged"]
    return {
        "final": float("inf") if failed else float(losses[-1] / losses[0]),
        "final_equal_time": float("inf") if failed else float(losses[affordable] / losses[0]),
        "rises": float(rises.size),
        "rises_near_crossings": float(sum(near)),
        "largest_rise": float(ratios.max(initial=1.0)),
        "steps_to_target": reached,
        "time_to_target": reached * cost if np.isfinite(reached) else float("inf"),
        "seconds_to_target": reached * cost * found["seconds_per_step"],
        "cost": cost,
        "diverged": float(failed),
    }
