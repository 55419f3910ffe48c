"""Cost of gradients and kernel products against a hand-written Runge-Kutta scan.

    python benchmarks/gradient.py [--units 64] [--trials 64] [--steps 200] [--json FILE]

All rows run in one process, interleaved, and the smallest of several repetitions counts. The scan
is the classical fourth-order method with as many evaluations of the field as the solve: it takes
3/2 as many steps as Tsit5, whose steps cost six evaluations.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr

jax.config.update("jax_enable_x64", True)

from bifbridge.fields import flatten_parameters, random_ctrnn  # noqa: E402
from bifbridge.trajectories import linearise, solve, uniform_grid  # noqa: E402

HORIZON = 10.0


def scan_runge_kutta(weights, states, steps):
    """The classical Runge-Kutta method by hand, with no library."""
    h = HORIZON / steps

    def velocity(z):
        return -z + jnp.tanh(z) @ weights.T

    def step(z, _):
        k1 = velocity(z)
        k2 = velocity(z + h / 2 * k1)
        k3 = velocity(z + h / 2 * k2)
        k4 = velocity(z + h * k3)
        z = z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return z, z

    return jax.lax.scan(step, states, length=steps)[1]


def plain_diffrax(field, states, grid):
    """Diffrax as it comes: trials in one state, its own stage loop and adjoint."""
    return dfx.diffeqsolve(
        dfx.ODETerm(lambda t, y, f: jax.vmap(lambda z: f(t, z, None))(y)),
        dfx.Tsit5(),
        0.0,
        HORIZON,
        None,
        states,
        args=field,
        saveat=dfx.SaveAt(t0=True, steps=True),
        stepsize_controller=dfx.StepTo(grid.steps),
        max_steps=grid.n_steps,
    ).ys


def rows(units: int, trials: int, steps: int) -> dict[str, Callable[[], Any]]:
    """The computations to time, each as a call without arguments."""
    field = random_ctrnn(units, radius=1.2, key=jr.key(0))
    states = jr.normal(jr.key(1), (trials, units))
    grid = uniform_grid(HORIZON, HORIZON / steps)
    theta, rebuild = flatten_parameters(field, ["weights"])

    def energy(y):
        return jnp.mean(y**2)

    @eqx.filter_jit
    @jax.grad
    def by_hand(vector):
        return energy(scan_runge_kutta(vector.reshape(units, units), states, 3 * steps // 2))

    @eqx.filter_jit
    @jax.grad
    def ours(vector):
        return energy(solve(rebuild(vector), states, grid))

    @eqx.filter_jit
    @jax.grad
    def diffrax(vector):
        return energy(plain_diffrax(rebuild(vector), states, grid))

    sensitivity = linearise(field, states, grid, names=["weights"])
    x = sensitivity.trajectories
    return {
        "gradient, scan by hand": lambda: by_hand(theta),
        "gradient, bifbridge": lambda: ours(theta),
        "gradient, Diffrax as it comes": lambda: diffrax(theta),
        "kernel product S S* x": lambda: sensitivity.push(sensitivity.pull(x)),
        "linearisation": lambda: linearise(field, states, grid, names=["weights"]).trajectories,
    }


def best_times(calls: dict[str, Callable[[], Any]], repetitions: int) -> dict[str, float]:
    """Smallest time of each call in seconds, the calls interleaved."""
    for call in calls.values():
        jax.block_until_ready(call())
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(repetitions):
        for name, call in calls.items():
            start = time.perf_counter()
            jax.block_until_ready(call())
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def main() -> None:
    """Print the table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--trials", type=int, default=64)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--json")
    options = parser.parse_args()
    best = best_times(rows(options.units, options.trials, options.steps), options.repetitions)
    scan, gradient = best["gradient, scan by hand"], best["gradient, bifbridge"]
    print(f"n = {options.units}, {options.trials} trials, {options.steps} steps of Tsit5, float64")
    for name, seconds in best.items():
        print(f"  {name:32s} {1e3 * seconds:8.1f} ms  {seconds / scan:5.2f} x scan")
    product = best["kernel product S S* x"] / gradient
    print(f"  one kernel product / one loss gradient: {product:.2f}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"options": vars(options), "seconds": best}, file, indent=1)


if __name__ == "__main__":
    main()
