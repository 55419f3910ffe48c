"""Optimisers on tasks whose solutions lie beyond bifurcations, each at its own best rate.

    python benchmarks/training_through_bifurcations.py sweep --folder FOLDER --json FILE
    python benchmarks/training_through_bifurcations.py overhead --json FILE

`sweep` trains every optimiser at every rate of its grid on two seeds, takes the rate with the
least median final loss, runs it on all seeds and prints a table a task. Finished runs are kept in
the folder and not run again. While a run lasts, blocks of plain descent are timed in turns with
its own: times are given in steps of SGD, which a busy machine does not change. `overhead` measures
the time of a step against one of plain descent, both compiled, side by side.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

from through_bifurcations.optimisers import CONTESTANTS  # noqa: E402
from through_bifurcations.problems import RECIPES  # noqa: E402
from through_bifurcations.runs import run, summary  # noqa: E402

import bifbridge as bb  # noqa: E402
from bifbridge.training import (  # noqa: E402
    BlockIteration,
    FixedDirections,
    GainRatio,
    GaussNewton,
    ParameterLoss,
    ParameterResiduals,
    imitation_task,
    low_rank_natural_gradient,
    spectral_teacher,
)

COLUMNS = (
    "final", "final_equal_time", "rises", "rises_near_crossings", "largest_rise",
    "steps_to_target", "time_to_target", "seconds_to_target", "cost", "diverged",
)  # fmt: skip
SHOWN = {
    "final": "loss after all steps",
    "final_equal_time": "loss at equal time",
    "rises": "rises",
    "largest_rise": "largest rise",
    "steps_to_target": "steps to target",
    "time_to_target": "time to target, in steps of SGD",
    "cost": "step / step of SGD",
}
SWEEP_SEEDS = 2
#: The full natural gradient is asked for by name: a step of it takes p forward products.
SWEPT = [name for name in CONTESTANTS if name != "natural gradient"]


def best_rate(folder: Path, task: str, name: str, steps: int) -> tuple[float, float]:
    """The rate with the least median final loss, and the largest that never diverged."""
    finals, stable = {}, [0.0]
    for rate in CONTESTANTS[name].rates:
        found = [run(folder, task, name, rate, seed, steps) for seed in range(SWEEP_SEEDS)]
        finals[rate] = float(np.median([summary(f, 0.0, steps)["final"] for f in found]))
        if not any(f["diverged"] for f in found):
            stable.append(rate)
    return min(finals, key=lambda rate: finals[rate]), max(stable)


def sweep(options: argparse.Namespace) -> dict[str, Any]:
    """All tasks, optimisers and seeds; tables at the end."""
    options.folder.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {"seeds": options.seeds, "steps": options.steps, "tasks": {}}
    for name in options.optimisers:
        for task in options.tasks:
            start = time.perf_counter()
            row = evaluate(options, task, name)
            result["tasks"].setdefault(task, {})[name] = row
            took = time.perf_counter() - start
            print(f"{task}: {name} {spread(row['final'])} in {took:.0f} s", file=sys.stderr)
    show(result)
    if options.figure is not None:
        from through_bifurcations.figure import draw

        draw(result, options.figure)
    return result


def evaluate(options: argparse.Namespace, task: str, name: str) -> dict[str, Any]:
    """One optimiser on one task, at the best of its rates."""
    rate, stable = best_rate(options.folder, task, name, options.steps)
    runs = [
        summary(
            run(options.folder, task, name, rate, seed, options.steps),
            options.target, options.steps,
        )
        for seed in range(options.seeds)
    ]  # fmt: skip
    row: dict[str, Any] = {"rate": rate, "largest_stable_rate": stable}
    return row | {column: [one[column] for one in runs] for column in COLUMNS}


def show(result: dict[str, Any]) -> None:
    """Print a table a task."""
    for task, rows in result["tasks"].items():
        print(f"\n### {task}: {result['seeds']} seeds, {result['steps']} steps\n")
        print("| optimiser | rate | largest stable |", " | ".join(SHOWN.values()), "| diverged |")
        print("|---" * (len(SHOWN) + 4) + "|")
        for name, row in rows.items():
            cells = [spread(row[column]) for column in SHOWN]
            count = f"{int(sum(row['diverged']))}/{len(row['diverged'])}"
            line = [name, f"{row['rate']:g}", f"{row['largest_stable_rate']:g}", *cells, count]
            print("|", " | ".join(line), "|", flush=True)


def spread(values: list[float]) -> str:
    """Median and range."""
    known = [x for x in values if not np.isnan(x)]
    if not known:
        return "–"
    texts = [f"{x:.3g}".replace("inf", "∞") for x in (np.median(known), min(known), max(known))]
    return texts[0] if len(set(texts)) == 1 else f"{texts[0]} ({texts[1]} … {texts[2]})"


def overhead(options: argparse.Namespace) -> dict[str, Any]:
    """Time of a step over one of plain descent, amortised over the refreshes."""
    rows = []
    print("| n | trials | p | optimiser | refresh every | step / step of SGD |")
    print("|---|---|---|---|---|---|")
    for units in options.sizes:
        teacher, readout = spectral_teacher(units, (1.5, 0.5), key=jax.random.key(0))
        grid = bb.uniform_grid(10.0, 0.1)
        starts = jax.random.normal(jax.random.key(1), (options.trials, units))
        task = imitation_task(teacher, readout, starts, grid)
        student = bb.random_ctrnn(units, key=jax.random.key(2))
        names = ("weights",)
        theta, _ = bb.fields.flatten_parameters(student, names)
        loss = ParameterLoss(task, student, names)
        whole = GaussNewton(ParameterResiduals(task, student, names))
        quarter = task.first_trials(max(1, options.trials // 4))
        fewer = GaussNewton(ParameterResiduals(quarter, student, names))
        direction = FixedDirections(theta[:, None] + 1.0)

        def low(curvature: Any, subspace: Any, every: int, judge: Any = None) -> Any:
            return low_rank_natural_gradient(
                1e-3, curvature, subspace=subspace, refresh_every=every, surprise=None,
                acceptance=judge,
            )  # fmt: skip

        contestants = {
            ("k = 1, known direction", 10): low(whole, direction, 10),
            ("k = 1", 40): low(whole, BlockIteration(1), 40),
            ("k = 4", 10): low(whole, BlockIteration(4), 10),
            ("k = 4", 40): low(whole, BlockIteration(4), 40),
            ("k = 8", 40): low(whole, BlockIteration(8), 40),
            ("k = 4, ¼ of trials", 40): low(fewer, BlockIteration(4), 40),
            ("LM, k = 4, ¼ of trials", 40): low(fewer, BlockIteration(4), 40, GainRatio()),
        }
        timers = {key: Timer(loss, theta, value) for key, value in contestants.items()}
        plain = Timer(loss, theta, optax.sgd(1e-3))
        ratios: dict[Any, list[float]] = {key: [] for key in timers}
        for _ in range(options.repeats):
            for key, timer in timers.items():
                before, own, after = plain.go(), timer.go(), plain.go()
                ratios[key].append(2 * own / (before + after))
        for (name, every), found in ratios.items():
            ratio = float(np.median(found))
            rows.append({
                "units": units, "trials": options.trials, "parameters": theta.size,
                "optimiser": name, "refresh_every": every, "ratio": ratio,
                "least": min(found), "largest": max(found),
            })  # fmt: skip
            print(
                f"| {units} | {options.trials} | {theta.size} | {name} | {every} "
                f"| {ratio:.3f} ({min(found):.3f} … {max(found):.3f}) |",
                flush=True,
            )
    return {"rows": rows}


class Timer:
    """Forty compiled steps, one refresh of forty among them, timed again and again."""

    steps = 40

    def __init__(self, loss: Any, theta: Any, optimiser: Any):
        optimiser = optax.with_extra_args_support(optimiser)

        def step(carry: Any, _: None) -> Any:
            theta, state = carry
            value, slope = jax.value_and_grad(loss)(theta)
            updates, state = optimiser.update(slope, state, theta, value=value)
            return (optax.apply_updates(theta, updates), state), None

        def block(theta: Any, state: Any) -> Any:
            return jax.lax.scan(step, (theta, state), length=self.steps)[0]

        self.block = jax.jit(block)
        # One block first: it compiles, and it makes the refreshes of the first update.
        self.carry = jax.block_until_ready(self.block(theta, optimiser.init(theta)))

    def go(self) -> float:
        """Processor time of one block, which other programs on the machine do not lengthen."""
        start = time.process_time()
        self.carry = jax.block_until_ready(self.block(*self.carry))
        return time.process_time() - start


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True)
    sweeping = commands.add_parser("sweep")
    sweeping.set_defaults(command=sweep)
    sweeping.add_argument("--folder", type=Path, required=True)
    sweeping.add_argument("--tasks", nargs="+", default=list(RECIPES), choices=list(RECIPES))
    sweeping.add_argument("--optimisers", nargs="+", default=SWEPT)
    sweeping.add_argument("--seeds", type=int, default=10)
    sweeping.add_argument("--steps", type=int, default=300)
    sweeping.add_argument("--target", type=float, default=0.05)
    sweeping.add_argument("--figure", type=Path)
    measuring = commands.add_parser("overhead")
    measuring.set_defaults(command=overhead)
    measuring.add_argument("--sizes", type=int, nargs="+", default=[16, 64])
    measuring.add_argument("--trials", type=int, default=64)
    measuring.add_argument("--repeats", type=int, default=5)
    for each in (sweeping, measuring):
        each.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = options.command(options)
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
