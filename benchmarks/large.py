"""The matrix-free engine against one full eigenvalue decomposition.

    OPENBLAS_NUM_THREADS=1 python benchmarks/large.py 1024 2048 4096 --json large.json

A dense network with random weights and one strong symmetric direction is followed from the
origin through its first pitchfork, which lies at one over the real eigenvalue that leads; that
eigenvalue is computed apart, to rounding, by power iteration on the weights. Each measurement
runs in a fresh process: seconds are of CPU, and memory is the growth of the process's peak.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np


def weights(n: int) -> np.ndarray:
    """Random weights of spectral radius 0.6 and a rank-one part with eigenvalue near one."""
    rng = np.random.default_rng(7)
    found = 0.6 * rng.normal(size=(n, n)) / np.sqrt(n)
    v = rng.normal(size=n)
    v /= np.linalg.norm(v)
    found += np.outer(v, v)
    return found


def leading(matrix: np.ndarray) -> float:
    """The eigenvalue of largest size, which is real, by power iteration with a left vector."""
    right = left = np.ones(len(matrix))
    for _ in range(200):
        right, left = matrix @ right, left @ matrix
        right, left = right / np.linalg.norm(right), left / np.linalg.norm(left)
    return float(left @ (matrix @ right) / (left @ right))


def peak() -> float:
    """Peak resident memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def branch(n: int) -> dict[str, Any]:
    """Follow the network through its first pitchfork."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    import bifbridge as bb

    matrix = weights(n)
    expected = 1 / leading(matrix)
    problem = bb.ContinuationProblem(
        bb.LeafFamily(bb.CTRNN(jnp.asarray(matrix)), "gain"), np.zeros(n), span=(0.5, 1.5)
    )
    before, start, wall = peak(), time.process_time(), time.perf_counter()
    found = bb.continuation(problem, bb.KrylovEngine(step=0.1, stop_at=1))
    point = found.special_points[0]
    return {
        "n": n,
        "branch_s": time.process_time() - start,
        "branch_wall_s": time.perf_counter() - wall,
        "branch_mb": peak() - before,
        "weights_mb": matrix.nbytes / 1e6,
        "kind": point.kind,
        "error": abs(point.parameter - expected),
        "points": len(found),
        "cubic": float(point.normal_form.cubic),
    }


def dense(n: int) -> dict[str, Any]:
    """One full decomposition of the Jacobian at g = 1."""
    matrix = weights(n) - np.eye(n)
    before, start, wall = peak(), time.process_time(), time.perf_counter()
    np.linalg.eig(matrix)
    return {
        "dense_s": time.process_time() - start,
        "dense_wall_s": time.perf_counter() - wall,
        "dense_mb": peak() - before,
    }


def apart(what: str, n: int) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, __file__, str(n), "--inside", what]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="*", default=[1024, 2048, 4096])
    parser.add_argument("--dense-up-to", type=int, default=2048, help="largest decomposition")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("--json", help="write the numbers to this file")
    options = parser.parse_args()
    if options.inside:
        print(json.dumps({"branch": branch, "dense": dense}[options.inside](options.sizes[0])))
        return
    rows = []
    for n in options.sizes:
        row = apart("branch", n)
        print(row, flush=True)
        if n <= options.dense_up_to:
            row |= apart("dense", n)
            print(row, flush=True)
        rows.append(row)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
