"""Student-teacher runs, trained once per seed and read again from their folders."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import xarray as xr

import bifbridge as bb
from bifbridge.landscape import predict_kernel
from bifbridge.sntk import StateSpaceNTK
from bifbridge.studies.student_teacher import open_run_folder, read_config, run_student_teacher
from bifbridge.studies.student_teacher._descent import descend
from bifbridge.studies.student_teacher._loss_falls import distinct_crossings
from bifbridge.studies.student_teacher._setup import Experiment, set_up
from bifbridge.studies.student_teacher._tracking import track
from bifbridge.training import TrainingPath
from claims._systems import Pair


@dataclasses.dataclass(frozen=True)
class Run:
    """A trained student.

    Attributes:
        experiment: teacher, student, trials.
        path: θ at every step.
        crossings: steps of the distinct bifurcations of the followed equilibrium.
    """

    experiment: Experiment
    path: TrainingPath
    crossings: list[float]

    def kernel_at(self, step: float) -> StateSpaceNTK:
        """The measured kernel of the states at a step."""
        field = self.path.field(step)
        return StateSpaceNTK(self.experiment.sensitivity(field)).materialise()

    def form_at(self, step: float) -> bb.normal_forms.ScalarNormalForm:
        """The normal form of the origin at a crossing."""
        field, units = self.path.field(step), self.experiment.config.units
        form = bb.normal_form(field, jnp.zeros(units), names=self.experiment.names)
        assert isinstance(form, bb.normal_forms.ScalarNormalForm)
        return form

    def pair_at(self, step: float) -> Pair:
        """Predicted and measured kernel at a crossing."""
        measured = self.kernel_at(step)
        states, weights = self.experiment.task.initial_states, measured.sensitivity.weights
        return Pair(predict_kernel(self.form_at(step), states, measured.times, weights), measured)


@dataclasses.dataclass(frozen=True)
class Analysed:
    """A finished run of the main job.

    Attributes:
        run: the trained student.
        summary: its main numbers.
        kernel: spectra along training.
    """

    run: Run
    summary: dict[str, Any]
    kernel: xr.Dataset

    def ranks(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps at which the effective rank was measured, and the ranks."""
        return self.kernel["step"].values, self.kernel["participation_ratio"].values


def analysed_run(folder: Path, seed: int) -> Analysed:
    """A run of the main job from its folder, made where it is not finished.

    Args:
        folder: of the run.
        seed: of the run.

    Returns:
        The run.
    """
    config = read_config(None, {"seed": seed})
    if not (folder / "summary.json").exists():
        run_student_teacher(config, folder)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    experiment = set_up(config)
    path, _ = descend(experiment, open_run_folder(folder, config))
    with xr.open_dataset(folder / "run.nc", group="kernel", engine="h5netcdf") as file:
        kernel = file.load()
    steps = [event["step"] for event in summary["events"]]
    return Analysed(Run(experiment, path, _distinct(steps)), summary, kernel)


def trained_run(folder: Path, seed: int, **settings: Any) -> Run:
    """A run that is only trained and followed, without the analysis of its kernel.

    Args:
        folder: for its checkpoints.
        seed: of the run.
        settings: that differ from the main job's.

    Returns:
        The run.
    """
    config = read_config(None, {"seed": seed} | settings)
    experiment = set_up(config)
    path, _ = descend(experiment, open_run_folder(folder, config))
    events = track(experiment, path).events
    return Run(experiment, path, _distinct([event.step for event in events]))


def _distinct(steps: list[float]) -> list[float]:
    return [steps[k] for k in distinct_crossings(np.asarray(steps, float))]
