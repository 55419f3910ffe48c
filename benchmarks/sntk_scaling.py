"""Kernel products: against one loss gradient, and their cost up to a million parameters.

    python benchmarks/sntk_scaling.py [--quick] [--largest] [--markdown FILE] [--json FILE]

Every size runs in a process of its own, whose peak of resident memory is read when it ends; the
smallest of several times counts. A product is 𝒦x = S S* x; the gradient is that of the mean square
of the states, by `solve`, on the same network, trials and steps. The first table compares the two,
the next ones fit the power of the cost in the number of trials, steps and parameters, and
`--largest` runs 1024 units and 1024 trials: 1 048 576 parameters.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax

jax.config.update("jax_enable_x64", True)

import equinox as eqx  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import jax.random as jr  # noqa: E402
import numpy as np  # noqa: E402
from _sections import write_section  # noqa: E402

import bifbridge as bb  # noqa: E402

STEP = 0.1
SAVED = 10


class Size(NamedTuple):
    """One configuration.

    Attributes:
        units: n; there are n² parameters.
        trials: N.
        steps: of the solver (Tsit5).
        checkpoint: whether the linearisation keeps only the states between steps.
        gradient: whether a loss gradient is timed as well.
    """

    units: int
    trials: int
    steps: int
    checkpoint: bool = False
    gradient: bool = False


#: What each axis of the cost is measured on; the other sizes stay fixed.
AXES: dict[str, tuple[list[Size], Callable[[Size], int]]] = {
    "trials": ([Size(64, n, 50) for n in (64, 256, 512, 1024)], lambda s: s.trials),
    "steps": ([Size(64, 64, n) for n in (50, 100, 200, 400)], lambda s: s.steps),
    "parameters": ([Size(n, 64, 20) for n in (128, 256, 512, 1024)], lambda s: s.units**2),
}
QUICK: dict[str, tuple[list[Size], Callable[[Size], int]]] = {
    "trials": ([Size(8, n, 10) for n in (4, 16)], lambda s: s.trials),
}
PRODUCTS = [Size(64, 64, 200, gradient=True), Size(128, 64, 100, gradient=True)]
LARGEST = Size(1024, 1024, 20, checkpoint=True, gradient=True)
PRECISION = [Size(64, 64, 100), Size(256, 64, 50)]
#: The same in both ways, small enough for both.
MEMORY = [Size(256, 256, 100, checkpoint) for checkpoint in (False, True)]


def timed(function: Callable[[], Any]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    jax.block_until_ready(function())
    return time.perf_counter() - start


def measure(size: Size, repetitions: int) -> dict[str, float]:
    """Times and peak memory of one size, in this process."""
    field = bb.random_ctrnn(size.units, radius=0.9, key=jr.key(0))
    states = 0.3 * jr.normal(jr.key(1), (size.trials, size.units))
    grid = bb.uniform_grid(size.steps * STEP, STEP, save_every=max(1, size.steps // SAVED))
    arguments = {"names": ["weights"], "checkpoint": size.checkpoint}
    kernel = bb.StateSpaceNTK(bb.linearise(field, states, grid, **arguments))
    x = kernel.sensitivity.trajectories
    calls = {"product": lambda: kernel.kernel(x)}
    if size.gradient:
        theta, rebuild = bb.fields.flatten_parameters(field, ["weights"])

        @eqx.filter_jit
        @jax.grad
        def gradient(vector):
            return jnp.mean(bb.solve(rebuild(vector), states, grid) ** 2)

        calls["gradient"] = lambda: gradient(theta)
    cold = {f"{name}_first": timed(call) for name, call in calls.items()}
    peak = {"gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(repetitions):
        for name, call in calls.items():
            best[name] = min(best[name], timed(call))
    if not size.gradient or size.units < 1024:
        best["linearisation"] = timed(
            lambda: bb.linearise(field, states, grid, **arguments).trajectories
        )
    return best | cold | peak


def in_process(size: Size, repetitions: int) -> dict[str, float]:
    """The same in a fresh process."""
    command = [sys.executable, __file__, "--child", json.dumps(size), str(repetitions)]
    print(f"{size}", file=sys.stderr, flush=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{size} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def power(x: Sequence[float], y: Sequence[float]) -> float:
    """Exponent between the larger half of the sizes, where overheads no longer count."""
    half = (len(x) - 1) // 2
    return float(np.polyfit(np.log(x[half:]), np.log(y[half:]), 1)[0])


def product_table(repetitions: int, sizes: Sequence[Size]) -> tuple[str, list[dict[str, Any]]]:
    """One product against one gradient."""
    lines = [
        "| n | trials | steps | gradient, ms | product, ms | product/gradient |",
        "|---|---|---|---|---|---|",
    ]
    rows = []
    for size in sizes:
        found = in_process(size, repetitions)
        rows.append(size._asdict() | found)
        ratio = found["product"] / found["gradient"]
        lines.append(
            f"| {size.units} | {size.trials} | {size.steps} | {1e3 * found['gradient']:.0f} | "
            f"{1e3 * found['product']:.0f} | {ratio:.2f} |"
        )
    return "\n".join(lines), rows


def axis_table(
    name: str, sizes: Sequence[Size], along: Callable[[Size], int], repetitions: int
) -> tuple[str, list[dict[str, Any]]]:
    """Cost along one axis, with its fitted power."""
    rows = [size._asdict() | in_process(size, repetitions) for size in sizes]
    first, x = sizes[0], [along(size) for size in sizes]
    fixed = [f"{key} = {value}" for key, value in first._asdict().items() if _is_fixed(key, sizes)]
    times = [row["product"] for row in rows]
    lines = [
        f"**{name}** ({', '.join(fixed)}): cost ∝ {name}^{power(x, times):.2f} over the larger "
        "half.",
        "",
        f"| {name} | product, ms | per unit, µs | peak memory, GiB |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {value} | {1e3 * row['product']:.1f} | {1e6 * row['product'] / value:.3g} | "
        f"{row['gigabytes']:.2f} |"
        for value, row in zip(x, rows, strict=True)
    ]
    return "\n".join(lines), rows


def _is_fixed(key: str, sizes: Sequence[Size]) -> bool:
    counted = key in {"units", "trials", "steps"}
    return counted and len({getattr(size, key) for size in sizes}) == 1


def memory_table(repetitions: int, sizes: Sequence[Size]) -> tuple[str, list[dict[str, Any]]]:
    """What `checkpoint=True` saves and costs."""
    rows = [size._asdict() | in_process(size, repetitions) for size in sizes]
    first = sizes[0]
    lines = [
        f"n = {first.units}, {first.trials} trials, {first.steps} steps, {SAVED} saved times.",
        "",
        "| `linearise(…, checkpoint=…)` | product, s | peak memory, GiB |",
        "|---|---|---|",
    ]
    lines += [
        f"| {row['checkpoint']} | {row['product']:.2f} | {row['gigabytes']:.2f} |" for row in rows
    ]
    return "\n".join(lines), rows


def largest_table(repetitions: int, size: Size) -> tuple[str, list[dict[str, Any]]]:
    """The largest size."""
    found = in_process(size, repetitions)
    text = (
        f"n = {size.units}, {size.units**2} parameters, {size.trials} trials, {size.steps} steps, "
        f"`checkpoint={size.checkpoint}`: product {found['product']:.1f} s, loss gradient "
        f"{found['gradient']:.1f} s (ratio {found['product'] / found['gradient']:.2f}), peak "
        f"memory {found['gigabytes']:.2f} GiB (goal 8)."
    )
    return text, [size._asdict() | found]


def precision_table(repetitions: int, sizes: Sequence[Size]) -> tuple[str, list[dict[str, Any]]]:
    """What single-precision products save, and by how much they err."""
    rows = [size._asdict() | precision(size, repetitions) for size in sizes]
    lines = [
        "| n | trials | steps | float64, ms | float32, ms | error of 𝒦x | error of λ₁ |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['units']} | {row['trials']} | {row['steps']} | {1e3 * row['double']:.1f} | "
        f"{1e3 * row['single']:.1f} | {row['product_error']:.0e} | {row['top_error']:.0e} |"
        for row in rows
    ]
    return "\n".join(lines), rows


def precision(size: Size, repetitions: int) -> dict[str, float]:
    """Times in turns, and relative errors of the product and of the largest eigenvalue."""
    field = bb.random_ctrnn(size.units, radius=0.9, key=jr.key(0))
    states = 0.3 * jr.normal(jr.key(1), (size.trials, size.units))
    grid = bb.uniform_grid(size.steps * STEP, STEP, save_every=max(1, size.steps // SAVED))
    double, single = (
        bb.StateSpaceNTK(bb.linearise(field, states, grid, names=["weights"], matvec_dtype=dtype))
        for dtype in (None, "float32")
    )
    x = double.sensitivity.trajectories
    exact, rough = double.kernel(x), single.kernel(x)
    best = [float("inf")] * 2
    for _ in range(repetitions):
        for k, kernel in enumerate((double, single)):
            best[k] = min(best[k], timed(lambda kernel=kernel: kernel.kernel(x)))
    tops = [bb.spectrum(k, 1, method="matrix_free").eigenvalues[0] for k in (double, single)]
    return {
        "double": best[0],
        "single": best[1],
        "product_error": float(jnp.linalg.norm(rough - exact) / jnp.linalg.norm(exact)),
        "top_error": float(abs(tops[1] / tops[0] - 1)),
    }


def main() -> None:
    """Run what is asked for and write its sections."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes, for a smoke test")
    parser.add_argument("--largest", action="store_true", help="only 1024 units and trials")
    parser.add_argument("--precision", action="store_true", help="only single precision")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: dict[str, list[dict[str, Any]]] = {}
    for title, compute in _sections(options):
        text, rows[title] = compute()
        machine = f"{os.cpu_count()} cores, float64, JAX {jax.__version__}, Tsit5."
        print(f"\n{title}\n{text}", flush=True)
        if options.markdown:
            write_section(options.markdown, title, f"{text}\n\n{machine}")
        if options.json:
            options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _sections(options: argparse.Namespace) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Title and measurement of each section asked for, written as soon as it is measured."""
    repetitions = options.repetitions
    if options.largest:
        yield "Largest size", lambda: largest_table(1, LARGEST)
        return
    if options.precision or options.quick:
        sizes = [Size(8, 4, 20)] if options.quick else PRECISION
        yield "Single precision", lambda: precision_table(repetitions, sizes)
        if options.precision:
            return
    products = [Size(8, 4, 20, gradient=True)] if options.quick else PRODUCTS
    yield "Against one loss gradient", lambda: product_table(repetitions, products)
    memory = [Size(16, 8, 20, c) for c in (False, True)] if options.quick else MEMORY
    for name, (sizes, along) in (QUICK if options.quick else AXES).items():
        title = f"Cost in the number of {name}"
        yield title, partial(axis_table, name, sizes, along, repetitions)
    yield "Memory", lambda: memory_table(repetitions, memory)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(measure(Size(*json.loads(sys.argv[2])), int(sys.argv[3]))))
    else:
        main()
