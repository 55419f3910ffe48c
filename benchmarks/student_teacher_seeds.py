"""The main job over many seeds: which claims hold, how often, and how well.

    python benchmarks/student_teacher_seeds.py --out runs/seeds [--seeds 10] [--markdown FILE]

Each seed is a run folder of its own, so that an interrupted benchmark goes on where it stopped.
The table has one row per seed and counts at the end on how many seeds each claim holds.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax

jax.config.update("jax_enable_x64", True)

from bifbridge.studies.student_teacher import read_config, run_student_teacher  # noqa: E402

Summary = dict[str, Any]

CLAIMS: dict[str, Callable[[Summary], bool]] = {
    "effective rank ≤ 2 at the crossing": lambda s: s["effective_rank"]["at_bifurcation"] <= 2,
    "from above 30, at least tenfold within 50 steps": lambda s: (
        s["effective_rank"]["highest_within_50_steps"] > 30 and s["effective_rank"]["fall"] >= 10
    ),
    "direction cosine ≥ 0.99": lambda s: s["prediction"]["parameter_direction_cosine"] >= 0.99,
    "restricted kernel within 15 %": lambda s: s["prediction"]["restricted_kernel_error"] <= 0.15,
    "top eigenvalue within 15 %": lambda s: (
        abs(s["prediction"]["top_eigenvalue_ratio"] - 1) <= 0.15
    ),
    "both falls of the loss matched to their crossings": lambda s: (
        len(s["loss_drops"]) >= 2 and all(drop["matched"] for drop in s["loss_drops"][:2])
    ),
}

COLUMNS: dict[str, Callable[[Summary], str]] = {
    "seed": lambda s: str(s["config"]["seed"]),
    "crossing": lambda s: f"{s['first_bifurcation']['step']:.2f}",
    "kind": lambda s: f"{s['first_bifurcation']['criticality']} {s['first_bifurcation']['kind']}",
    "rank 50 steps around": lambda s: f"{s['effective_rank']['highest_within_50_steps']:.1f}",
    "at crossing": lambda s: f"{s['effective_rank']['at_bifurcation']:.2f}",
    "direction cosine": lambda s: f"{s['prediction']['parameter_direction_cosine']:.4f}",
    "operator cosine": lambda s: f"{s['prediction']['operator_cosine']:.4f}",
    "top eigenvalue ratio": lambda s: f"{s['prediction']['top_eigenvalue_ratio']:.3f}",
    "restricted kernel error": lambda s: f"{s['prediction']['restricted_kernel_error']:.3f}",
    "loss line error": lambda s: f"{s['prediction']['loss_landscape_relative_error']:.4f}",
    "falls of the loss (crossing → onset, factor)": lambda s: "; ".join(
        f"{drop['crossing']:.0f} → {_step(drop['onset'])}, ×{drop['factor']:.2f}"
        + ("" if drop["matched"] else " (not matched)")
        for drop in s["loss_drops"][:2]
    ),
    "final loss": lambda s: f"{s['loss']['final']:.1e}",
}


def _step(onset: float | None) -> str:
    return "none" if onset is None else f"{onset:.0f}"


def table(summaries: list[Summary]) -> str:
    """The results in Markdown."""
    met = [s for s in summaries if s["prediction"] is not None]
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    rows = ["| " + " | ".join(column(s) for column in COLUMNS.values()) + " |" for s in met]
    counts = [
        f"- {claim}: {sum(holds(s) for s in met)} of {len(summaries)} seeds"
        for claim, holds in CLAIMS.items()
    ]
    missing = [
        f"- seed {s['config']['seed']}: no bifurcation was met" for s in summaries if s not in met
    ]
    return "\n".join([*head, *rows, "", *counts, *missing]) + "\n"


def main() -> None:
    """Run every seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    summaries = []
    for seed in range(options.seeds):
        folder = options.out / f"seed-{seed}"
        if (folder / "summary.json").exists():
            summary = json.loads((folder / "summary.json").read_text())
        else:
            summary = run_student_teacher(read_config(options.config, {"seed": seed}), folder)
        summaries.append(summary)
        print(table(summaries), flush=True)
    if options.markdown:
        options.markdown.write_text(table(summaries), encoding="utf-8")


if __name__ == "__main__":
    main()
