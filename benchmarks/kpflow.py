"""Top-10 spectrum and effective rank against KPFlow's PyTorch operators, errors beside times.

    python benchmarks/kpflow.py --kpflow CHECKOUT --python INTERPRETER [--markdown FILE]

CHECKOUT is a copy of github.com/meeree/kpflow, INTERPRETER a Python that has PyTorch, NumPy, SciPy
and matplotlib. Without them the benchmark says so and measures nothing. Both programs get the same
weights and initial states of h⁺ = h + r(−h + W tanh h) and compute the kernel of the hidden states
with respect to W. KPFlow sums over trials and steps where bifbridge takes the mean over trials
(`linearise_map`), so its eigenvalues are N times as large: they are divided by N before they are
compared. The reference is a dense eigenproblem in double precision.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax

jax.config.update("jax_enable_x64", True)

import equinox as eqx  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from _sections import write_section  # noqa: E402
from jaxtyping import Array, Float  # noqa: E402

import bifbridge as bb  # noqa: E402
from bifbridge.sntk import linearise_map  # noqa: E402

TOP = 10
ROUTES = ("full kernel, float64", "full kernel, float32", "P K P*, float32")


class LeakyCell(eqx.Module):
    """h⁺ = h + r(−h + W tanh h)."""

    weights: Float[Array, "n n"]
    rate: float = eqx.field(static=True)

    def __call__(self, h):
        """The next state."""
        return h + self.rate * (self.weights @ jnp.tanh(h) - h)


def timed(function: Callable[[], Any]) -> tuple[Any, float]:
    """A result and its seconds."""
    start = time.perf_counter()
    result = jax.block_until_ready(function())
    return result, time.perf_counter() - start


def ours(cell: LeakyCell, states: Array, steps: int, repetitions: int) -> dict[str, Any]:
    """Linearisation, top eigenvalues and effective rank, first and best later call."""

    def compute() -> bb.Spectrum:
        kernel = bb.StateSpaceNTK(linearise_map(cell, states, steps))
        return bb.spectrum(kernel, TOP, method="matrix_free")

    result, cold = timed(compute)
    warm = min(timed(compute)[1] for _ in range(repetitions))
    kernel = bb.StateSpaceNTK(linearise_map(cell, states, steps))
    product = _best_product(kernel, repetitions)
    return {
        "eigenvalues": [float(x) for x in result.eigenvalues[:TOP]],
        "effective_rank": result.participation_ratio,
        "effective_rank_error": result.participation_ratio_error,
        "cold": cold,
        "warm": warm,
        "product": product,
    }


def _best_product(kernel: bb.StateSpaceNTK, repetitions: int) -> float:
    x = kernel.sensitivity.trajectories
    jax.block_until_ready(kernel.kernel(x))
    return min(timed(lambda: kernel.kernel(x))[1] for _ in range(repetitions))


def reference(cell: LeakyCell, states: Array, steps: int) -> dict[str, Any]:
    """The exact spectrum, from S written out."""
    kernel = bb.StateSpaceNTK(linearise_map(cell, states, steps))
    result, seconds = timed(lambda: bb.spectrum(kernel, TOP, method="dense"))
    return {
        "eigenvalues": [float(x) for x in result.eigenvalues[:TOP]],
        "effective_rank": result.participation_ratio,
        "seconds": seconds,
    }


def theirs(options: argparse.Namespace, cell: LeakyCell, states: Array) -> dict[str, Any]:
    """The same from KPFlow, in a process of its own."""
    script = Path(__file__).parent / "peers" / "kpflow_process.py"
    with tempfile.TemporaryDirectory() as folder:
        problem, answer = Path(folder) / "problem.npz", Path(folder) / "answer.json"
        np.savez(
            problem,
            weights=np.asarray(cell.weights),
            states=np.asarray(states),
            rate=cell.rate,
            steps=options.steps,
            k=TOP,
            samples=options.samples,
            threads=os.cpu_count() or 1,
        )
        environment = {**os.environ, "PYTHONPATH": str(options.kpflow / "src")}
        command = [options.python, script, problem, answer, *options.routes]
        subprocess.run([str(part) for part in command], env=environment, check=True)
        return json.loads(answer.read_text(encoding="utf-8"))


def compared(result: dict[str, Any], exact: dict[str, Any], scale: float) -> dict[str, float]:
    """Largest relative error of the eigenvalues, and that of the effective rank."""
    values = np.array(result["eigenvalues"]) / scale
    return {
        "eigenvalue_error": float(np.max(np.abs(values / np.array(exact["eigenvalues"]) - 1))),
        "rank_error": result["effective_rank"] / exact["effective_rank"] - 1,
    }


def rows_of(mine: dict[str, Any], answer: dict[str, Any], exact: dict[str, Any], trials: int):
    """One row per program and route."""
    rows = [
        {"name": "bifbridge, warm", "seconds": mine["warm"], "product": mine["product"]}
        | compared(mine, exact, 1.0),
        {"name": "bifbridge, first call with compilation", "seconds": mine["cold"]}
        | compared(mine, exact, 1.0),
    ]
    for name, route in answer["routes"].items():
        if "failure" in route:
            rows.append({"name": f"KPFlow, {name}", "failure": route["failure"]})
            continue
        parts = route["seconds"]
        seconds = parts["building"] + parts["eigenvalues"] + parts["effective rank"]
        rows.append(
            {"name": f"KPFlow, {name}", "seconds": seconds, "product": parts["one product"]}
            | compared(route, exact, trials)
        )
    return rows


def table(rows: list[dict[str, Any]], options: argparse.Namespace) -> str:
    """The result in Markdown."""
    best = rows[0]["seconds"]
    lines = [
        f"n = {options.units}, {options.steps} steps, {options.trials} trials, p = "
        f"{options.units**2}, {os.cpu_count()} cores; top {TOP} eigenvalues and the effective rank "
        "(participation ratio). Errors are relative, against a dense eigenproblem; KPFlow's "
        f"effective rank is its `effdim` with {options.samples} samples, both programs' is random.",
        "",
        "| program | seconds | over bifbridge | one product, ms | eigenvalue error | rank error |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        if "failure" in row:
            lines.append(f"| {row['name']} | failed: {row['failure']} | – | – | – | – |")
            continue
        product = f"{1e3 * row['product']:.0f}" if "product" in row else "–"
        lines.append(
            f"| {row['name']} | {row['seconds']:.2f} | {row['seconds'] / best:.1f} | {product} | "
            f"{row['eigenvalue_error']:.0e} | {row['rank_error']:+.1e} |"
        )
    return "\n".join(lines) + "\n"


def missing(options: argparse.Namespace) -> str | None:
    """What KPFlow's side lacks, or None."""
    if options.kpflow is None or options.python is None:
        return "give --kpflow CHECKOUT and --python INTERPRETER"
    if not (options.kpflow / "src" / "kpflow").is_dir():
        return f"{options.kpflow} has no src/kpflow"
    check = [str(options.python), "-c", "import torch, scipy, matplotlib"]
    found = subprocess.run(check, capture_output=True, text=True, check=False)
    return None if found.returncode == 0 else f"{options.python}: {found.stderr.strip()[-200:]}"


def main() -> None:
    """Measure both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kpflow", type=Path)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--trials", type=int, default=64)
    parser.add_argument("--samples", type=int, default=21, help="of KPFlow's effective rank")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--routes", nargs="+", choices=ROUTES, default=ROUTES)
    parser.add_argument("--markdown", type=Path, help="section of this file to write")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    reason = missing(options)
    if reason is not None:
        sys.exit(f"SKIPPED, nothing was measured: KPFlow cannot be run ({reason}).")
    draw = np.random.default_rng(0)
    weights = 0.9 * draw.normal(size=(options.units, options.units)) / np.sqrt(options.units)
    cell = LeakyCell(jnp.asarray(weights), 0.2)
    states = jnp.asarray(0.3 * draw.normal(size=(options.trials, options.units)))
    mine = ours(cell, states, options.steps, options.repetitions)
    answer = theirs(options, cell, states)
    exact = reference(cell, states, options.steps)
    rows = rows_of(mine, answer, exact, options.trials)
    text = table(rows, options)
    print(text)
    if options.markdown:
        write_section(options.markdown, "Against KPFlow", text)
    if options.json:
        content = {"rows": rows, "reference": exact, "ours": mine, "theirs": answer}
        options.json.write_text(json.dumps(content, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
