"""What a study costs per task, and a kernel product per trial: three sizes each, as JSON.

Tasks: hashing, claim, netCDF and rename around a function that does nothing, in one process.
Trials: linearisation, and one product with S and one with S*, of a network of 32 units.

    python benchmarks/scale.py scale.json
"""

import json
import platform
import sys
import tempfile
import time
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp  # noqa: E402
import jax.random as jr  # noqa: E402

import bifbridge as bb  # noqa: E402
from bifbridge.studies import Study, collect, run_study, study_status  # noqa: E402

TASKS, TRIALS = (100, 300, 1000), (100, 300, 1000)


def nothing(x):
    """A task that costs nothing, so that what is left is the study's own."""
    return {"y": x}


def tasks(count):
    """Seconds and bytes per task of a study of `count` tasks."""
    study = Study.product(
        "scale", "scale:nothing", {"x": list(range(count))}, search_path=Path(__file__).parent
    )
    with tempfile.TemporaryDirectory() as folder:
        seconds = {}
        started = time.perf_counter()
        assert run_study(study, folder).complete
        seconds["run"] = time.perf_counter() - started
        started = time.perf_counter()
        assert study_status(study, folder).complete
        seconds["status"] = time.perf_counter() - started
        started = time.perf_counter()
        collect(study, folder)
        seconds["collect"] = time.perf_counter() - started
        size = sum(path.stat().st_size for path in Path(folder, "results").iterdir())
    return {"tasks": count, "bytes_per_task": size / count} | {
        f"{name}_seconds_per_task": value / count for name, value in seconds.items()
    }


def trials(count):
    """Seconds per trial of a linearisation and of its two products, compiled before."""
    field = bb.random_ctrnn(32, key=jr.key(0), radius=0.9)
    starts = 0.3 * jr.normal(jr.key(1), (count, 32))
    grid = bb.uniform_grid(10.0, 0.1, save_every=5)

    def once():
        return jax.block_until_ready(bb.linearise(field, starts, grid))

    sensitivity = once()
    direction, error = jnp.ones_like(sensitivity.theta), sensitivity.trajectories
    measured = {
        "linearise": _best(once),
        "push": _best(lambda: sensitivity.push(direction).block_until_ready()),
        "pull": _best(lambda: sensitivity.pull(error).block_until_ready()),
    }
    size = sum(leaf.nbytes for leaf in jax.tree.leaves(sensitivity) if hasattr(leaf, "nbytes"))
    return {"trials": count, "bytes_per_trial": size / count} | {
        f"{name}_seconds_per_trial": value / count for name, value in measured.items()
    }


def _best(function, repeats=3):
    function()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    report = {
        "machine": f"{platform.machine()}, {len(jax.devices())} {jax.devices()[0].platform}",
        "trials": [trials(count) for count in TRIALS],
        "tasks": [tasks(count) for count in TASKS],
    }
    text = json.dumps(report, indent=1)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")
    print(text)
