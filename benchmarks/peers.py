"""Continuation beside its peers: four problems, one run, errors beside times.

    OPENBLAS_NUM_THREADS=1 python benchmarks/peers.py --json peers.json

Each peer runs in a process of its own, with its own interpreter, because their requirements
exclude each other: make one virtual environment with `pip install jaxcont bifpy` (bifpy compiles
AUTO-07p and needs gfortran and make), and name its Python by `--peer-python` or the environment
variable BIFBRIDGE_PEER_PYTHON. A peer that is missing is named with the reason. With
`--bifurcationkit`, BifurcationKit is run through `bifbridge.BifurcationKit()`.

Cold is the first call in a fresh process, compilation included but not imports; warm is the
median of the later calls. CPU seconds include child processes. Errors are against closed forms
or values computed to forty digits. `--engine` and `--large` take the JSON files that
`continuation.py` and `large.py` write, and `--markdown` writes all of it as a page.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
from typing import Any, NamedTuple

import numpy as np

BRATU_FOLDS = {100: 3.513651506259, 500: 3.513823435897}
WILSON_COWAN = (-0.0277656300, 3.1112688660, 3.1176307906, 3.0955971806)
_HERE = pathlib.Path(__file__).parent


class Problem(NamedTuple):
    """A problem with the parameters of its special points.

    Attributes:
        name: as the runner knows it.
        state: where to start, shape (n,).
        span: of the parameter.
        expected: where special points lie.
        weights: of a network.
        points: most points on the branch.
    """

    name: str
    state: np.ndarray
    span: tuple[float, float]
    expected: np.ndarray
    weights: np.ndarray = np.zeros((0, 0))
    points: int = 400


def network(n: int, seed: int = 1) -> Problem:
    """ż = −z + gW tanh z with W symmetric: pitchforks of the origin at g = 1/λ."""
    draw = np.random.default_rng(seed).normal(size=(n, n))
    values, vectors = np.linalg.eigh((draw + draw.T) / 2)
    weights = (vectors * (values / values[-1])) @ vectors.T
    weights = (weights + weights.T) / 2
    values = np.linalg.eigvalsh(weights)
    expected = np.sort(1 / values[values > 0.5])
    return Problem(f"network n={n}", np.zeros(n), (0.0, 2.0), expected, weights)


def problems(quick: bool) -> list[Problem]:
    """All problems."""
    found = [
        Problem("pitchfork", np.zeros(1), (-1.0, 1.0), np.zeros(1)),
        network(32),
        network(64),
        Problem("Brusselator", np.array([1.5, 2 / 1.5]), (2.0, 4.0), np.array([3.25])),
        Problem("Wilson-Cowan", np.array([0.05, 0.05]), (-1.0, 4.0), np.array(WILSON_COWAN)),
    ]
    for n in [100] if quick else [100, 500]:
        found.append(Problem(f"Bratu n={n}", np.zeros(n), (0.5, 4.0), np.array([BRATU_FOLDS[n]])))
    return found


def run(peer: str, python: str, problem: Problem, repetitions: int) -> dict[str, Any]:
    """One peer on one problem; its answer, or the reason why there is none."""
    size = np.sqrt(problem.state.size) if problem.name.startswith("Bratu") else 1.0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "problem.npz")
        np.savez(
            path,
            name=problem.name,
            state=problem.state,
            span=np.array(problem.span),
            steps=np.array([0.02 * size, 0.05 * size, problem.points]),
            weights=problem.weights,
        )
        command = [python, str(_HERE / "_peer_runner.py"), peer, path, str(repetitions)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=900, check=False, cwd=folder
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return {"reason": type(error).__name__}
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        return {"reason": lines[-1][:120] if lines else f"exit code {done.returncode}"}
    return judged(json.loads(done.stdout.strip().splitlines()[-1]), problem)


def judged(answer: dict[str, Any], problem: Problem) -> dict[str, Any]:
    """How many of the expected points an answer holds, how exactly, and what it holds besides."""
    left = [float(p) for _, p in answer["found"]]
    spacing = np.min(np.diff(np.sort(problem.expected))) if problem.expected.size > 1 else 1.0
    errors = []
    for expected in problem.expected:
        nearest = min(left, key=lambda p: abs(p - expected), default=np.inf)
        if abs(nearest - expected) < min(1e-3, 0.3 * spacing):
            errors.append(abs(nearest - expected))
            left.remove(nearest)
    answer["expected"] = int(problem.expected.size)
    answer["matched"] = len(errors)
    answer["besides"] = len(left)
    answer["error"] = max(errors) if errors else None
    return answer


def machine() -> str:
    """Cores, processor and versions, without names or paths."""
    model = platform.machine()
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}, load {load:.1f}"


def page(measured: dict[str, Any], engine: dict[str, Any], large: dict[str, Any]) -> str:
    """The numbers as a page."""
    lines = [
        "# Continuation: time, completeness and error",
        "",
        f"Measured on {measured['machine']} ({measured['date']}). Written by the scripts:",
        "",
        "```sh",
        "export OPENBLAS_NUM_THREADS=1",
        "python benchmarks/continuation.py --json continuation.json",
        "python benchmarks/large.py --json large.json",
        "python benchmarks/peers.py --peer-python PYTHON --json peers.json \\",
        "    --engine continuation.json --large large.json "
        "--markdown docs/benchmarks/continuation.md",
        "```",
        "",
        "## Beside its peers",
        "",
        "Same steps for all (0.02, at most 0.05). Cold is the first call in a fresh process "
        "without imports, warm the median of the later ones; seconds of CPU, children included, "
        "with wall time in brackets. Found is of the special points that exist; others are "
        "entries that are none of them (a miss of more than 1e-3 counts so too).",
        "",
        "| problem | tool | found | others | largest error | points | cold s | warm s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in measured["rows"]:
        lines.append(_peer_line(row))
    lines += ["", *[f"- {peer}: {what}" for peer, what in measured["peers"].items()], ""]
    if engine:
        lines += _engine_lines(engine)
    if large:
        lines += _large_lines(large)
    return "\n".join(lines).rstrip() + "\n"


def _peer_line(row: dict[str, Any]) -> str:
    start = f"| {row['problem']} | {row['peer']} |"
    if "reason" in row:
        return f"{start} not run: {row['reason']} | | | | | |"
    error = "–" if row["error"] is None else f"{row['error']:.0e}"
    warm = "–"
    if row["calls"] > 1:
        warm = f"{row['warm_cpu']:.4f} ({row['warm_wall']:.4f})"
    return (
        f"{start} {row['matched']}/{row['expected']} | {row['besides']} | {error} | "
        f"{row['points']} | {row['cold_cpu']:.2f} ({row['cold_wall']:.2f}) | {warm} |"
    )


def _engine_lines(engine: dict[str, Any]) -> list[str]:
    lines = [
        "## Against the floor",
        "",
        "The floor is what NumPy's LAPACK takes for the eigenvalues of each point and the "
        "factorisations of each Newton step, and two more of each per special point. CPU "
        "milliseconds, the smallest of several repetitions of either, in turns.",
        "",
        "| problem | points | found | error | c₃ error | cold s | warm ms | floor ms | ratio |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in engine["problems"]:
        cubic = "–" if row["c3_error"] is None else f"{row['c3_error']:.0e}"
        lines.append(
            f"| {row['problem']} | {row['points']} | {row['found']} | {row['error']:.0e} | "
            f"{cubic} | {row['cold_s']:.1f} | {row['warm_ms']:.1f} | {row['floor_ms']:.1f} | "
            f"{row['ratio']:.1f} |"
        )
    lines += [
        "",
        "## Ensembles",
        "",
        "| networks | n | single runs, ms each | ensemble, ms each | ratio "
        "| LAPACK's eigenvalues, ms each |",
        "|---|---|---|---|---|---|",
    ]
    for row in engine["ensembles"]:
        lines.append(
            f"| {row['members']} | {row['n']} | {row['single_ms']:.2f} | "
            f"{row['ensemble_ms']:.2f} | {row['ratio']:.2f} | {row['eigenvalues_ms']:.2f} |"
        )
    return [*lines, ""]


def _large_lines(large: dict[str, Any]) -> list[str]:
    lines = [
        "## Many states, without matrices",
        "",
        "A dense random network followed by `KrylovEngine` to its first pitchfork, beside one "
        "full eigenvalue decomposition (`numpy.linalg.eig`) of its Jacobian. Memory is the growth "
        "of the process's peak, which for the decomposition includes its own copies only.",
        "",
        "| n | branch s | memory MB | error of g | points | decomposition s | memory MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in large["rows"]:
        dense = "– | –"
        if row.get("dense_s") is not None:
            dense = f"{row['dense_s']:.1f} | {row['dense_mb']:.0f}"
        lines.append(
            f"| {row['n']} | {row['branch_s']:.2f} | {row['branch_mb']:.0f} | "
            f"{row['error']:.0e} | {row['points']} | {dense} |"
        )
    return [*lines, ""]


def read(path: str | None) -> dict[str, Any]:
    """A JSON file, or nothing."""
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8")) if path else {}


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser()
    default = os.environ.get("BIFBRIDGE_PEER_PYTHON", sys.executable)
    parser.add_argument("--peer-python", default=default, help="interpreter with jaxcont, bifpy")
    parser.add_argument("--bifurcationkit", action="store_true", help="run it too; needs Julia")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="leave Bratu with 500 points out")
    parser.add_argument("--json", help="write the numbers to this file")
    parser.add_argument("--engine", help="JSON of continuation.py, for the page")
    parser.add_argument("--large", help="JSON of large.py, for the page")
    parser.add_argument("--markdown", help="write the page to this file")
    parser.add_argument("--reuse", help="JSON of an earlier run: write the page from it")
    options = parser.parse_args()
    measured = read(options.reuse)
    if not measured:
        measured = measure(options)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(measured, indent=1), encoding="utf-8")
    if options.markdown:
        text = page(measured, read(options.engine), read(options.large))
        pathlib.Path(options.markdown).write_text(text, encoding="utf-8")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run all peers on all problems."""
    interpreters = {
        "bifbridge": sys.executable,
        "bifpy": options.peer_python,
        "jaxcont": options.peer_python,
    }
    if options.bifurcationkit:
        interpreters["bifurcationkit"] = sys.executable
    rows: list[dict[str, Any]] = []
    peers = {peer: "not run" for peer in interpreters}
    missing: dict[str, str] = {}
    for problem in problems(options.quick):
        for peer, python in interpreters.items():
            answer: dict[str, Any] = {"reason": missing[peer]} if peer in missing else {}
            if not answer:
                answer = run(peer, python, problem, options.repetitions)
            if "Error: No module named" in answer.get("reason", ""):
                missing[peer] = answer["reason"]
            rows.append({"problem": problem.name, "peer": peer, **answer})
            if "version" in answer:
                start = f"{answer['import_cpu']:.1f} CPU s"
                peers[peer] = f"version {answer['version']}, import {start}"
            elif peers[peer] == "not run":
                peers[peer] = f"not run: {answer['reason']}"
            print(_peer_line(rows[-1]), flush=True)
    if not options.bifurcationkit:
        peers["BifurcationKit"] = "not asked for (`--bifurcationkit`)"
    date = time.strftime("%Y-%m-%d")
    return {"machine": machine(), "date": date, "rows": rows, "peers": peers}


if __name__ == "__main__":
    main()
