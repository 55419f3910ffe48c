"""Continuation: time, completeness and error on problems with known answers.

    OPENBLAS_NUM_THREADS=1 python benchmarks/continuation.py [--quick] [--json FILE]

Cold is the first call of a fresh structure in this process, compilation included; warm is the
smallest of several repetitions, in turns with the floor, both in milliseconds of CPU. The floor
is what LAPACK takes here for the factorisations and eigenvalues of the branch alone: one LU with
solve per Newton iteration and tangent, one set of eigenvalues per point, and two more of each per
located point. Errors are against closed forms or values computed to forty digits.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

from bifbridge.continuation import (  # noqa: E402
    Branch,
    ContinuationProblem,
    JaxEngine,
    LeafFamily,
    continuation,
    continuation_ensemble,
)
from bifbridge.fields import CTRNN  # noqa: E402

BRATU_FOLDS = {100: 3.513651506259, 500: 3.513823435897}
WILSON_COWAN = (-0.0277656300, 3.1112688660, 3.1176307906, 3.0955971806)


class Case(NamedTuple):
    """A problem with the parameters at which its special points lie."""

    name: str
    problem: ContinuationProblem
    engine: JaxEngine
    expected: np.ndarray | None
    cubics: np.ndarray | None = None


def logistic(x):
    """The logistic function."""
    return 1 / (1 + jnp.exp(-x))


def pitchfork(z, p):
    """One state."""
    return p * z - z**3


def brusselator(z, b):
    """A = 1.5."""
    x, y = z
    return jnp.stack([1.5 - (b + 1) * x + x * x * y, b * x - x * x * y])


def wilson_cowan(z, p):
    """Two Hopf points and two folds, three of them within 0.022."""
    e, i = z
    return jnp.stack([-e + logistic(12 * e - 10 * i - 2 + p), -i + logistic(10 * e - 2 * i - 3.5)])


def bratu(u, lam):
    """The two-point problem u'' + λ eᵘ = 0 on n interior points."""
    left, right = jnp.append(0.0, u[:-1]), jnp.append(u[1:], 0.0)
    return (u.size + 1) ** 2 * (left - 2 * u + right) + lam * jnp.exp(u)


def symmetric_field(n: int, seed: int) -> CTRNN:
    """A network whose weights are symmetric with leading eigenvalue one."""
    draw = np.random.default_rng(seed).normal(size=(n, n))
    values, vectors = np.linalg.eigh((draw + draw.T) / 2)
    weights = (vectors * (values / values[-1])) @ vectors.T
    return CTRNN(jnp.asarray((weights + weights.T) / 2))


def network(n: int, seed: int = 1) -> Case:
    """Pitchforks of the origin at g = 1/λ with c₃ = −Σv⁴/3."""
    field = symmetric_field(n, seed)
    values, vectors = np.linalg.eigh(np.asarray(field.weights))
    crossing = np.flatnonzero(values > 0.5)[::-1]
    cubics = -np.sum(vectors[:, crossing] ** 4, axis=0) / 3
    problem = ContinuationProblem(LeafFamily(field, "gain"), np.zeros(n), span=(0.0, 2.0))
    return Case(f"network n={n}", problem, JaxEngine(), 1 / values[crossing], cubics)


def random_network(n: int, seed: int = 0) -> Case:
    """A dense network without symmetry, whose answers are not known in closed form."""
    rng = np.random.default_rng(seed)
    field = CTRNN(
        jnp.asarray(rng.normal(size=(n, n)) / np.sqrt(n)),
        bias=jnp.asarray(0.1 * rng.normal(size=n)),
    )
    problem = ContinuationProblem(LeafFamily(field, "gain"), np.zeros(n), span=(0.0, 1.5))
    return Case(f"random n={n}", problem, JaxEngine(), None)


def cases(quick: bool) -> list[Case]:
    """All problems."""
    plain = JaxEngine(step=0.02, max_step=0.05)
    found = [
        Case("pitchfork", ContinuationProblem(pitchfork, [0.0], span=(-1, 1)), plain, np.zeros(1)),
        Case(
            "Brusselator",
            ContinuationProblem(brusselator, [1.5, 2 / 1.5], span=(2, 4)),
            plain,
            np.array([3.25]),
        ),
        Case(
            "Wilson-Cowan",
            ContinuationProblem(wilson_cowan, [0.05, 0.05], span=(-1, 4)),
            plain,
            np.array(WILSON_COWAN),
        ),
        network(32),
        network(64),
    ]
    sizes = [100] if quick else [100, 500]
    for n in sizes:
        problem = ContinuationProblem(bratu, np.zeros(n), span=(0.5, 4.0))
        found.append(Case(f"Bratu n={n}", problem, JaxEngine(), np.array([BRATU_FOLDS[n]])))
    if not quick:
        found += [network(128), network(256), network(512), random_network(64)]
        found += [random_network(256)]
    return found


def best(repetitions: int, *functions: Callable[[], Any]) -> list[float]:
    """Smallest CPU time of several calls of each function, in turns, in milliseconds."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(repetitions):
        for taken, function in zip(times, functions, strict=True):
            start = time.process_time()
            function()
            taken.append(time.process_time() - start)
    return [1e3 * min(taken) for taken in times]


def jacobian(case: Case, branch: Branch) -> np.ndarray:
    """F_z somewhere on the branch."""
    velocity = case.problem.family.velocity(float(branch.parameters[1]))
    return np.asarray(jax.jacfwd(velocity)(jnp.asarray(branch.states[1])))


def floor(case: Case, branch: Branch) -> Callable[[], None]:
    """What LAPACK alone has to do for this branch."""
    matrix = jacobian(case, branch)
    symmetric = np.allclose(matrix, matrix.T, rtol=0, atol=1e-14 * np.max(np.abs(matrix)))
    solver = np.linalg.eigvalsh if symmetric else np.linalg.eigvals
    extra = 2 * len(branch.special_points)
    factorisations = int(np.sum(branch.iterations + 1)) + extra

    def work() -> None:
        for _ in range(len(branch) + extra):
            solver(matrix)
        for _ in range(factorisations):
            np.linalg.solve(matrix, matrix[0])

    return work


def row(case: Case, repetitions: int) -> dict[str, Any]:
    """Measure one problem."""
    start = time.process_time()
    branch = continuation(case.problem, case.engine)
    cold = time.process_time() - start
    found = np.array([point.parameter for point in branch.special_points])
    expected = case.expected if case.expected is not None else found
    complete = found.size == expected.size and branch.balance.complete
    error = float(np.max(np.abs(found - expected))) if complete else float("nan")
    cubic = None
    if case.cubics is not None and complete:
        forms = [point.normal_form for point in branch.special_points]
        values = np.array([float(form.cubic) for form in forms if form is not None])
        cubic = float(np.max(np.abs(values - case.cubics)))
    big = case.problem.state.size >= 200
    warm, least = best(
        2 if big else repetitions,
        lambda: continuation(case.problem, case.engine),
        floor(case, branch),
    )
    return {
        "problem": case.name,
        "points": len(branch),
        "found": f"{found.size}/{expected.size}" if case.expected is not None else f"{found.size}",
        "error": error if case.expected is not None else float("nan"),
        "balanced": branch.balance.complete,
        "c3_error": cubic,
        "cold_s": cold,
        "warm_ms": warm,
        "floor_ms": least,
        "ratio": warm / least,
    }


def ensemble(members: int, n: int) -> dict[str, Any]:
    """Many networks at once, against as many single runs."""
    problems = [
        ContinuationProblem(LeafFamily(symmetric_field(n, seed), "gain"), np.zeros(n), span=(0, 2))
        for seed in range(members)
    ]
    branches = continuation_ensemble(problems)
    matrices = np.concatenate([
        p * np.asarray(problem.family.field.weights) - np.eye(n)  # pyright: ignore[reportAttributeAccessIssue]
        for problem, branch in zip(problems, branches, strict=True)
        for p in branch.parameters
    ]).reshape(-1, n, n)
    few = problems[: min(members, 64)]
    continuation(problems[0])
    together, alone, least = best(
        3,
        lambda: continuation_ensemble(problems),
        lambda: [continuation(problem) for problem in few],
        lambda: np.linalg.eigvalsh(matrices),
    )
    return {
        "members": members,
        "n": n,
        "single_ms": alone / len(few),
        "ensemble_ms": together / members,
        "eigenvalues_ms": least / members,
        "ratio": together / members / (alone / len(few)),
        "complete": all(branch.balance.complete for branch in branches),
    }


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="leave the large sizes out")
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--only", help="problems whose name holds this, and no ensembles")
    parser.add_argument("--json", help="write the numbers to this file")
    options = parser.parse_args()
    rows = []
    print("problem          points  found   error    c3 error  cold s  warm ms  floor ms  ratio")
    for case in cases(options.quick):
        if options.only and options.only not in case.name:
            continue
        measured = row(case, options.repetitions)
        rows.append(measured)
        cubic = "-" if measured["c3_error"] is None else f"{measured['c3_error']:.0e}"
        print(
            f"{measured['problem']:16} {measured['points']:6d}  {measured['found']:6}  "
            f"{measured['error']:.0e}    {cubic:8}  {measured['cold_s']:6.2f}  "
            f"{measured['warm_ms']:7.1f}  {measured['floor_ms']:8.2f}  {measured['ratio']:5.1f}",
            flush=True,
        )
    ensembles = []
    sizes = [] if options.only else [(32, 8)] if options.quick else [(256, 2), (256, 8), (64, 32)]
    for members, n in sizes:
        together = ensemble(members, n)
        ensembles.append(together)
        print(
            f"ensemble of {members}, n = {n}: {together['ensemble_ms']:.2f} ms per branch, single "
            f"{together['single_ms']:.2f} ms (ratio {together['ratio']:.2f}), of which eigenvalues "
            f"{together['eigenvalues_ms']:.2f} ms",
            flush=True,
        )
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"problems": rows, "ensembles": ensembles}, file, indent=1)


if __name__ == "__main__":
    main()
