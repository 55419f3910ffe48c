"""What watching for bifurcations costs while a network is trained.

    python benchmarks/online_tracking.py [--steps 3000] [--units 16] [--json FILE]

A student of a teacher is trained in blocks, each followed by a call of `OnlineTracker`. Processor
time of the calls over that of the whole run, with and without the two that compile.
"""

import argparse
import json
import time
from pathlib import Path

import jax
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

import bifbridge as bb  # noqa: E402
from bifbridge.tracking import OnlineTracker  # noqa: E402
from bifbridge.training import (  # noqa: E402
    ParameterLoss,
    imitation_task,
    spectral_teacher,
    start_training,
    train,
)


def main() -> None:
    """Train, watch and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--units", type=int, default=16)
    parser.add_argument("--block", type=int, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    n = options.units
    teacher, readout = spectral_teacher(n, (1.5, 1.3, 0.5), key=jax.random.key(0))
    starts = 0.3 * jax.random.normal(jax.random.key(1), (24, n))
    task = imitation_task(teacher, readout, starts, bb.uniform_grid(20.0, 0.25))
    student = bb.random_ctrnn(n, radius=0.5, key=jax.random.key(2))
    theta, rebuild = bb.fields.flatten_parameters(student, ("weights",))
    optimiser = optax.sgd(0.05)
    tracker = OnlineTracker(np.zeros(n), names=("weights",))
    calls = []
    began = time.process_time()
    for block in train(
        ParameterLoss(task, student, ("weights",)), start_training(theta, optimiser), optimiser,
        steps=options.steps, block_size=options.block,
    ):  # fmt: skip
        before = time.process_time()
        tracker(block.end.step, rebuild(block.end.theta))
        calls.append(time.process_time() - before)
    whole, spent = time.process_time() - began, sum(calls)
    first = sum(sorted(calls)[-2:])  # the first Newton iteration and the first look
    told = len(tracker.events)
    tracker.finish()
    result = {
        "units": n, "steps": options.steps, "looks": tracker.looks, "seconds": whole,
        "share": spent / whole, "share_once_compiled": (spent - first) / (whole - first),
        "compiling_calls": first, "told_in_time": told,
        "events": [[e.kind, e.step] for e in tracker.events],
    }  # fmt: skip
    print(json.dumps(result))
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
