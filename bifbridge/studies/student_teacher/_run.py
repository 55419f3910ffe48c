"""The main job: train, find the bifurcation, predict, measure, write."""

import os
import time
from typing import Any

import numpy as np
import xarray as xr

from bifbridge._precision import require_x64
from bifbridge.fields import flatten_parameters, save_field
from bifbridge.landscape import distance_study
from bifbridge.studies.student_teacher._config import StudentTeacherConfig
from bifbridge.studies.student_teacher._crossing import Crossing, analyse_crossing
from bifbridge.studies.student_teacher._descent import descend
from bifbridge.studies.student_teacher._diagram import diagram_dataset
from bifbridge.studies.student_teacher._events import event_dataset
from bifbridge.studies.student_teacher._folder import RunFolder, open_run_folder
from bifbridge.studies.student_teacher._kernel_series import (
    KnownSpectra,
    kernel_series,
    sampled_steps,
)
from bifbridge.studies.student_teacher._setup import Experiment, set_up
from bifbridge.studies.student_teacher._store import training_dataset, write_run, write_summary
from bifbridge.studies.student_teacher._summary import summarise
from bifbridge.studies.student_teacher._tracking import Tracked, equilibrium_dataset, track
from bifbridge.training import TrainingPath

#: Distances |μ| of the controlled study: so near that terms of the next order, which can cancel
#: the leading one farther away, no longer bend the lines. The steps keep the longest of its
#: trials, of length 3/|μ|, at one and a half time constants a step.
DISTANCES = (0.01, 0.005, 0.0025, 0.00125)
DISTANCE_STEPS = 1600


def run_student_teacher(
    config: StudentTeacherConfig, out: str | os.PathLike[str]
) -> dict[str, Any]:
    """Train a student on a teacher and hold theory against what happens.

    A run that was interrupted goes on where it stopped and ends with the same numbers.

    Args:
        config: the settings.
        out: the run folder, new or of the same run.

    Returns:
        The summary, as written to `summary.json`.

    Raises:
        PrecisionError: in a 32-bit session.
        RunFolderError: if the folder belongs to another run or cannot be written.
        DivergenceError: if training diverges; what came before is kept.
    """  # noqa: DOC502 (the stages raise)
    require_x64("A student-teacher run")
    experiment = set_up(config)
    folder = open_run_folder(out, config)
    save_field(folder.teacher, experiment.teacher)
    started = time.perf_counter()
    path, spectra = descend(experiment, folder)
    save_field(folder.student, path.field(path.n_steps))
    trained = time.perf_counter()
    summary = _analyse(experiment, path, spectra, folder)
    finished = time.perf_counter()
    summary["seconds"] = {"training": trained - started, "analysis": finished - trained}
    write_summary(folder.summary, summary)
    return summary


def _analyse(
    experiment: Experiment, path: TrainingPath, spectra: KnownSpectra, folder: RunFolder
) -> dict[str, Any]:
    tracked = track(experiment, path)
    event = tracked.first
    steps = sampled_steps(
        path.n_steps, experiment.config.checkpoint_every, event.step if event else None
    )
    kernel = kernel_series(experiment, path, steps, spectra)
    crossing = analyse_crossing(experiment, path, event) if event else None
    events = event_dataset(tracked, path.losses)
    distance = _distance_study(experiment, path, tracked)
    summary = summarise(
        experiment.config,
        path.losses,
        _final_loss(experiment, path),
        kernel,
        tracked,
        events,
        crossing.agreement if crossing else None,
        crossing.landscape if crossing else None,
        distance,
    )
    groups = _groups(path, tracked, kernel, events, crossing, distance)
    write_run(folder.data, groups, summary)
    return summary


def _groups(
    path: TrainingPath,
    tracked: Tracked,
    kernel: xr.Dataset,
    events: xr.Dataset,
    crossing: Crossing | None,
    distance: xr.Dataset | None,
) -> dict[str, xr.Dataset | None]:
    return {
        "training": training_dataset(path),
        "kernel": kernel,
        "equilibrium": equilibrium_dataset(tracked),
        "diagram": diagram_dataset(path, tracked),
        "events": events,
        "crossing": crossing.data if crossing else None,
        "landscape": crossing.landscape if crossing else None,
        "distance": distance,
    }


def _final_loss(experiment: Experiment, path: TrainingPath) -> float:
    theta, _ = flatten_parameters(path.field(path.n_steps), experiment.names)
    return float(experiment.loss(theta))


def _distance_study(
    experiment: Experiment, path: TrainingPath, tracked: Tracked
) -> xr.Dataset | None:
    """The same network at distances μ from its first pitchfork."""
    event = tracked.first
    if event is None or event.kind != "pitchfork" or event.normal_form is None:
        return None
    study = distance_study(
        path.field(event.step),
        event.normal_form,
        names=experiment.names,
        distances=DISTANCES,
        steps=DISTANCE_STEPS,
    )
    return by_quantity(study)


def by_quantity(study: xr.Dataset) -> xr.Dataset:
    """One variable per error, its fitted and its expected order beside it."""
    variables = {}
    for name in study["quantity"].values:
        row = study.sel(quantity=name)
        orders = {
            "slope": float(row["slope"]),
            "final_slope": float(row["final_slope"]),
            "expected_order": float(row["theoretical_order"]),
        }
        variables[_error_name(str(name))] = ("distance", row["error"].values, orders)
    return xr.Dataset(variables, coords={"mu": ("distance", np.abs(study["distance"].values))})


def _error_name(quantity: str) -> str:
    """Every name ends in "_error", deficits of cosines included."""
    return quantity if quantity.endswith("_error") else f"{quantity}_error"
