"""The main numbers of a run, under names that other programs may rely on."""

import math
from typing import Any

import numpy as np
import xarray as xr

from bifbridge._netcdf import versions
from bifbridge.landscape import Agreement
from bifbridge.studies.student_teacher._config import StudentTeacherConfig
from bifbridge.studies.student_teacher._loss_falls import distinct_crossings
from bifbridge.studies.student_teacher._tracking import Tracked

#: Half-width in steps of the window in which the fall of the effective rank is stated.
FALL_WINDOW = 50

#: When a fall of the loss counts as belonging to a crossing, see `matched_drops`.
MATCH_REACH, MATCH_FACTOR, MATCH_PERCENTILE = 100.0, 1.25, 0.75


def summarise(
    config: StudentTeacherConfig,
    losses: np.ndarray,
    final_loss: float,
    kernel: xr.Dataset,
    tracked: Tracked,
    events: xr.Dataset,
    agreement: Agreement | None,
    landscape: xr.Dataset | None,
    distance: xr.Dataset | None,
) -> dict[str, Any]:
    """Collect the numbers of a finished run."""
    summary = {
        "config": config.as_dict(),
        "versions": versions(),
        "status": "complete",
        "loss": {"initial": float(losses[0]), "final": final_loss},
        "effective_rank": effective_rank(kernel, tracked.first.step if tracked.first else None),
        "first_bifurcation": first_bifurcation(tracked, events),
        "prediction": None if agreement is None else _prediction(agreement, landscape),
        "equilibrium": tracked.fate,
        "events": event_list(events),
        "loss_drops": matched_drops(events),
        "distance_study": None if distance is None else _slopes(distance),
    }
    return _plain(summary)


def effective_rank(kernel: xr.Dataset, crossing: float | None) -> dict[str, Any]:
    """Participation ratios: at the start, the least, at the crossing, and how far it fell."""
    steps, ranks = kernel["step"].values, kernel["participation_ratio"].values
    lowest = int(np.argmin(ranks))
    numbers = {
        "initial": ranks[0],
        "minimum": ranks[lowest],
        "step_of_minimum": steps[lowest],
        "at_bifurcation": None,
        "highest_within_50_steps": None,
        "fall": None,
    }
    if crossing is not None:
        near = np.abs(steps - crossing) <= FALL_WINDOW
        numbers["at_bifurcation"] = ranks[np.argmin(np.abs(steps - crossing))]
        numbers["highest_within_50_steps"] = ranks[near].max()
        numbers["fall"] = ranks[near].max() / numbers["at_bifurcation"]
    return numbers


def first_bifurcation(tracked: Tracked, events: xr.Dataset) -> dict[str, Any] | None:
    """The first bifurcation of the followed equilibrium."""
    if tracked.first is None:
        return None
    row = {name: events[name].values[0] for name in events.data_vars if name != "state"}
    return {
        "step": row["step"],
        "kind": str(row["kind"]),
        "criticality": str(row["criticality"]) or None,
        "state": [float(x) for x in tracked.first.state],
        "eigenvalue": row["eigenvalue"],
        "normal_form": {
            name: row[name]
            for name in ("mu_gradient_norm", "quadratic", "cubic", "cubic_imaginary", "frequency")
        },
        "converged": bool(row["converged"]),
        "multiplicity": int(row["multiplicity"]),
    }


def event_list(events: xr.Dataset) -> list[dict[str, Any]]:
    """Every bifurcation with the fall of the loss beside it."""
    found = []
    for k in range(events.sizes["event"]):
        row = {name: events[name].values[k] for name in events.data_vars if name != "state"}
        step, drop = float(row["step"]), float(row["loss_drop_step"])
        found.append({
            "step": step,
            "kind": str(row["kind"]),
            "criticality": str(row["criticality"]) or None,
            "eigenvalue": row["eigenvalue"],
            "cubic": row["cubic"],
            "unstable_change": int(row["unstable_change"]),
            "converged": bool(row["converged"]),
            "loss_drop_step": drop,
            "loss_drop_offset": drop - step,
            "loss_factor": row["loss_factor"],
        })
    return found


def matched_drops(events: xr.Dataset) -> list[dict[str, Any]]:
    """The fall of the loss at each distinct crossing of the followed equilibrium."""
    found = []
    for k in distinct_crossings(events["step"].values):
        step, onset = float(events["step"].values[k]), float(events["loss_drop_step"].values[k])
        factor = float(events["loss_factor"].values[k])
        percentile = float(events["loss_drop_percentile"].values[k])
        near = abs(onset - step) <= MATCH_REACH
        found.append({
            "crossing": step,
            "onset": onset,
            "offset": onset - step,
            "factor": factor,
            "percentile": percentile,
            "matched": near and factor >= MATCH_FACTOR and percentile >= MATCH_PERCENTILE,
        })
    return found


def _prediction(agreement: Agreement, landscape: xr.Dataset | None) -> dict[str, Any]:
    numbers = {name: x for name, x in vars(agreement).items() if isinstance(x, float)}
    if landscape is not None:
        numbers["loss_landscape_relative_error"] = float(landscape["relative_error"])
        numbers["loss_landscape_relative_error_of_variation"] = float(
            landscape["relative_error_of_variation"]
        )
    return numbers


def _slopes(distance: xr.Dataset) -> dict[str, Any]:
    errors = [name for name in distance.data_vars if "slope" in distance[name].attrs]
    return {
        "slopes": {name: distance[name].attrs["slope"] for name in errors},
        "expected": {name: distance[name].attrs["expected_order"] for name in errors},
    }


def _plain(value: Any) -> Any:
    """Numbers as Python's own; what is not finite as None, because JSON has no word for it."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
