"""Successive bifurcations: teachers with one and with two unstable modes."""

from pathlib import Path

import numpy as np

import bifbridge as bb
from claims._claim import Claim, Criterion, Measured, Quantity, at_least, at_most
from claims._numbers import kernel_numbers
from claims._runs import Run, finished_run

#: A teacher with one mode above 1 instead of two.
ONE_MODE = {"teacher_eigenvalues": (1.5, 0.6, 0.4), "steps": 1500}


def measure(seed: int, quick: bool, folder: Path) -> Measured:
    """Numbers of both runs."""
    two = finished_run(folder.parent / "student_teacher" / f"seed-{seed}", seed)
    one = finished_run(folder / f"one-mode-{seed}", seed, **ONE_MODE)
    result = {
        "one count": float(_unstable(one)),
        "two count": float(_unstable(two)),
        **_numbers("one first", one, 0),
        **_numbers("two first", two, 0),
        **_numbers("two second", two, 1),
    }
    drops = two.summary["loss_drops"]
    if len(drops) > 1:
        result |= {"second onset": drops[1]["offset"], "second factor": drops[1]["factor"]}
        result["second matched"] = float(drops[1]["matched"])
    return result


def _unstable(run: Run) -> int:
    """Eigenvalues of the final network's origin on the unstable side."""
    weights = np.asarray(run.path.field(run.path.n_steps).weights)
    return int(np.sum(np.linalg.eigvals(weights).real > 1))


def _numbers(name: str, run: Run, index: int) -> dict[str, float]:
    if index >= len(run.crossings):
        return {}
    step = run.crossings[index]
    before = bb.spectrum(run.kernel_at(max(step - 50, 0.0))).participation_ratio
    found = kernel_numbers(run.pair_at(step))
    return {
        f"{name} step": step,
        f"{name} before": before,
        f"{name} at": found["rank"],
        f"{name} cosine": found["cosine"],
        f"{name} error": found["error"],
        f"{name} restricted": found["restricted"],
    }


def _rows(name: str, label: str) -> list[Quantity]:
    return [
        Quantity(f"{name} before", f"{label}: effective rank 50 steps before"),
        Quantity(f"{name} at", f"{label}: effective rank at it", at_most(2)),
        Quantity(f"{name} cosine", f"{label}: cosine of ∇θμ and top direction", at_least(0.99)),
        Quantity(f"{name} error", f"{label}: error of the predicted kernel", at_most(0.15)),
        Quantity(f"{name} restricted", f"{label}: error of the kernel of wᵀz", at_most(0.15)),
    ]


CLAIM = Claim(
    name="successive",
    title="Successive bifurcations: teachers with one and with two unstable modes",
    statement=(
        "Teacher eigenvalues 1.5, 0.6, 0.4 (one mode, 1500 steps) and 1.5, 1.3, 0.5 (two modes, "
        "the runs above). At every crossing of the student's origin the prediction is made from "
        "the normal form of the origin there. At the second crossing most trials have left the "
        "origin along the first mode, so that the prediction's premise, trials near the critical "
        "equilibrium, does not hold; its rows say what becomes of it."
    ),
    quantities=(
        Quantity(
            "one count",
            "one mode: unstable modes learned",
            Criterion("1", lambda x: x == 1),
            "1",
        ),
        *_rows("one first", "one mode, crossing"),
        Quantity(
            "two count",
            "two modes: unstable modes learned",
            Criterion("2", lambda x: x == 2),
            "2",
        ),
        *_rows("two first", "two modes, first crossing"),
        *_rows("two second", "two modes, second crossing"),
        Quantity(
            "second matched",
            "two modes: a fall of the loss belongs to the second crossing (1 = yes)",
            Criterion("yes", lambda x: x == 1),
            "yes",
        ),
        Quantity("second onset", "its onset, steps from the second crossing"),
        Quantity("second factor", "its factor within 200 steps", at_least(1.25)),
    ),
    measure=measure,
)
