"""Refuse a run of the main job that does not show what it must."""

import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
summary = json.loads((folder / "summary.json").read_text())
rank, event, prediction = (
    summary[name] for name in ("effective_rank", "first_bifurcation", "prediction")
)
claims = {
    "the first bifurcation is a converged pitchfork": event["kind"] == "pitchfork"
    and event["converged"],
    "the effective rank is above 30 near the crossing": rank["highest_within_50_steps"] > 30,
    "the effective rank is at most 2 at the crossing": rank["at_bifurcation"] <= 2,
    "the effective rank falls at least tenfold": rank["fall"] >= 10,
    "the direction is predicted": prediction["parameter_direction_cosine"] >= 0.99,
    "the top eigenvalue is predicted": abs(prediction["top_eigenvalue_ratio"] - 1) <= 0.15,
    "the restricted kernel is predicted": prediction["restricted_kernel_error"] <= 0.15,
    "the loss falls": summary["loss"]["final"] < summary["loss"]["initial"] / 10,
    "the page is there": (folder / "report.html").stat().st_size > 10_000,
    "the figures are there": len(list((folder / "figures").glob("*.pdf"))) >= 8,
}
for claim, holds in claims.items():
    print("ok  " if holds else "FAIL", claim)
sys.exit(0 if all(claims.values()) else 1)
