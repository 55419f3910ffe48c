"""The training path in a run folder, of whichever command wrote it."""

import os
from pathlib import Path

import jax.numpy as jnp
import jax.random as jr

from bifbridge._errors import RunFolderError
from bifbridge.studies._task_run import open_task_run
from bifbridge.studies.student_teacher._config import read_config
from bifbridge.studies.student_teacher._folder import RunFolder
from bifbridge.studies.student_teacher._setup import set_up
from bifbridge.training import TrainingPath, join_blocks, read_blocks, start_training
from bifbridge.training.tracking import KernelProbe
from bifbridge.trajectories import uniform_grid


def open_stored_run(folder: str | os.PathLike[str]) -> tuple[TrainingPath, KernelProbe | None]:
    """What `bifbridge train` or `bifbridge student-teacher` has trained so far."""
    place = RunFolder(Path(folder))
    if (place.path / "config.json").exists():
        return open_task_run(folder).path(place.path), None
    if not place.config.exists():
        raise RunFolderError(
            f"{folder} holds no run: there is neither config.json of `bifbridge train` nor "
            "config.toml of `bifbridge student-teacher`."
        )
    experiment = set_up(read_config(place.config))
    theta = experiment.training_loss()[1]
    blocks = read_blocks(
        place.checkpoints, start_training(theta, experiment.optimiser).optimiser_state
    )
    if not blocks:
        raise RunFolderError(f"{folder} holds no checkpoint yet. Run its command again first.")
    probe = KernelProbe(experiment.task.initial_states, experiment.task.grid, experiment.names)
    return join_blocks(blocks, experiment.rebuild), probe


def random_probe(
    n: int,
    trials: int,
    *,
    names: tuple[str, ...] | None = None,
    spread: float = 0.1,
    horizon: float = 20.0,
) -> KernelProbe:
    """Trials without input from small random states, on which collapses at the origin show."""
    states = spread * jr.normal(jr.key(0), (trials, n))
    return KernelProbe(jnp.asarray(states), uniform_grid(horizon, 0.25), names)
