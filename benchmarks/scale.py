"""What a study costs per task and a kernel per trial: three sizes each, and the line through them.

    python benchmarks/scale.py --json scale.json [--markdown docs/scale.md] [--quick]

Tasks: hashing, claim, netCDF and rename around a function that does nothing with a checkpoint of
64 units, in this process; then the same in two spawned workers. Trials: the linearisation of a
network of 32 units over 100 steps, one product with S and one with S*, with the stages kept and
with `checkpoint=True`; and the Gram matrix of 1024 parameters written out. Times are those of the
processor, which other work on the machine does not stretch as it does those of the clock; a call
is the best of three, but a study is run once. `--quick` is a smoke test at a hundredth of the
sizes.
"""

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp  # noqa: E402
import jax.random as jr  # noqa: E402
import numpy as np  # noqa: E402
from _sections import write_section  # noqa: E402

import bifbridge as bb  # noqa: E402
from bifbridge.sntk import gram_matrix  # noqa: E402
from bifbridge.studies import Study, collect, run_study, study_status, task  # noqa: E402

TASKS, TRIALS = (300, 1000, 3000), (100, 300, 1000)
CHECKPOINTED, GRAM = (1000, 3000, 10000), (25, 50, 100)
#: What the lines are extended to.
MANY_TASKS, MANY_TRIALS = 10**5, 10**6


@task(version=1, files=("model",))
def nothing(model: str, x: int) -> dict[str, int]:
    """A task that costs nothing, so that what is left is the study's own."""
    return {"y": x}


def tasks(count: int, workers: int) -> dict[str, float]:
    """Seconds and bytes of a study of `count` tasks."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "model.eqx")
        bb.save_field(model, bb.random_ctrnn(64, key=jr.key(0)))
        study = Study.product(
            "scale",
            "scale:nothing",
            {"x": list(range(count))},
            {"model": str(model)},
            search_path=Path(__file__).parent,
        )
        before, batch = workers_seconds(), max(count // 20, 1)
        status, seconds = timed(lambda: run_study(study, folder, workers=workers, batch=batch))
        assert status.complete, status
        measured = {"tasks": count, "run": seconds}
        if workers > 1:
            measured |= {"in the workers": workers_seconds() - before}
        else:
            measured["run again"] = timed(lambda: run_study(study, folder))[1]
            measured["status"] = timed(lambda: study_status(study, folder))[1]
            measured["collect"] = timed(lambda: collect(study, folder))[1]
            files = list(Path(folder, "results").iterdir())
            measured["bytes"] = sum(path.stat().st_size for path in files)
    return measured


def trials(count: int, checkpoint: bool) -> dict[str, float]:
    """Seconds and bytes of a linearisation and of its two products, compiled before."""
    field, starts, grid = problem(count)

    def once() -> Any:
        made = bb.linearise(field, starts, grid, names=["weights"], checkpoint=checkpoint)
        return jax.block_until_ready(made)

    sensitivity = once()
    direction, error = jnp.ones_like(sensitivity.theta), sensitivity.trajectories
    size = sum(leaf.nbytes for leaf in jax.tree.leaves(sensitivity) if hasattr(leaf, "nbytes"))
    return {
        "trials": count,
        "linearise": best(once),
        "product with S": best(lambda: sensitivity.push(direction).block_until_ready()),
        "product with S*": best(lambda: sensitivity.pull(error).block_until_ready()),
        "bytes": size,
    }


def gram(count: int) -> dict[str, float]:
    """Seconds of G of a batch, from its trials on; G of more trials is the mean over batches."""
    field, starts, grid = problem(count)

    def once() -> Any:
        sensitivity = bb.linearise(field, starts, grid, names=["weights"])
        return gram_matrix(bb.StateSpaceNTK(sensitivity)).block_until_ready()

    return {"trials": count, "linearise and write out G": best(once, 1)}


def problem(count: int) -> tuple[Any, Any, Any]:
    """A network of 32 units, its initial states, and 100 steps of which 21 states are saved."""
    field = bb.random_ctrnn(32, key=jr.key(0), radius=0.9)
    starts = 0.3 * jr.normal(jr.key(1), (count, 32))
    return field, starts, bb.uniform_grid(10.0, 0.1, save_every=5)


def timed(function: Callable[[], Any]) -> tuple[Any, float]:
    """A result and the processor's seconds for it, over all threads."""
    started = time.process_time()
    return function(), time.process_time() - started


def workers_seconds() -> float:
    """The processor's seconds of all processes that this one has started and seen end."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def best(function: Callable[[], Any], repeats: int = 3) -> float:
    """Seconds of the quickest call but the first."""
    function()
    return min(timed(function)[1] for _ in range(repeats))


def table(rows: list[dict[str, float]], unit: str, many: int) -> str:
    """Three sizes, the cost per unit from the line through them, and the line at `many`."""
    columns = [name for name in rows[0] if name != unit]
    lines = [f"| {unit} | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for row in rows:
        cells = [shown(row[name], name) for name in columns]
        lines.append(f"| {int(row[unit])} | {' | '.join(cells)} |")
    sizes = np.array([row[unit] for row in rows])
    # Relative errors are what timing has, so each size weighs by its own value.
    fits = [np.polyfit(sizes, [r[c] for r in rows], 1, w=[1 / r[c] for r in rows]) for c in columns]
    each = [shown(slope, c) for (slope, _), c in zip(fits, columns, strict=True)]
    total = [
        shown(slope * many + start, c) for (slope, start), c in zip(fits, columns, strict=True)
    ]
    lines.append(f"| each further | {' | '.join(each)} |")
    lines.append(f"| *{many:.0e}, extrapolated* | {' | '.join(f'*{cell}*' for cell in total)} |")
    return "\n".join(lines).replace("e+0", "e")


def shown(value: float, column: str) -> str:
    """A time or a size with a unit that suits it."""
    if column == "bytes":
        names, step = ("B", "kB", "MB", "GB", "TB"), 1000
        k = min(int(np.log10(max(value, 1)) // 3), len(names) - 1)
        return f"{value / step**k:.3g} {names[k]}"
    if value >= 7200:
        return f"{value / 3600:.3g} h"
    return f"{value:.3g} s" if value >= 1 else f"{1e3 * value:.3g} ms"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    few = 100 if options.quick else 1
    tasks(1, 1)  # everything is imported before the clock runs
    report = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, JAX {jax.__version__}",
        "tasks in one process": [tasks(count // few, 1) for count in TASKS],
        "tasks in two workers": [tasks(max(count // few, 20), 2) for count in TASKS],
        "trials, stages kept": [trials(max(count // few, 2), False) for count in TRIALS],
        "trials, checkpoint=True": [trials(count // few, True) for count in CHECKPOINTED],
        "trials, Gram matrix": [gram(max(count // few, 1)) for count in GRAM],
    }
    sections = {
        name: table(rows, *(("tasks", MANY_TASKS) if "tasks" in name else ("trials", MANY_TRIALS)))
        for name, rows in report.items()
        if isinstance(rows, list)
    }
    for name, text in sections.items():
        print(f"\n{name}\n{text}")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if options.markdown:
        for name, text in sections.items():
            write_section(options.markdown, f"Measured: {name}", f"{text}\n\n{report['machine']}.")


if __name__ == "__main__":
    main()
