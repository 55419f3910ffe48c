"""Training with checkpoints: started, interrupted and resumed with the same numbers."""

import jax.numpy as jnp
import numpy as np

from bifbridge._errors import RunFolderError
from bifbridge._progress import progress
from bifbridge.fields import CTRNN
from bifbridge.studies.student_teacher._folder import RunFolder
from bifbridge.studies.student_teacher._kernel_series import KnownSpectra, kernel_spectrum
from bifbridge.studies.student_teacher._setup import Experiment
from bifbridge.training import (
    Block,
    TrainingPath,
    join_blocks,
    read_blocks,
    start_training,
    train,
    write_block,
)


def descend(experiment: Experiment, folder: RunFolder) -> tuple[TrainingPath, KnownSpectra]:
    """Train the student, or what is left of its training."""
    config, optimiser = experiment.config, experiment.optimiser
    loss, theta = experiment.training_loss()
    state = start_training(theta, optimiser)
    blocks = _known_blocks(folder, state.optimiser_state, config.steps)
    done = blocks[-1].end.step if blocks else 0
    spectra: KnownSpectra = {}
    with progress("training", "steps", config.steps, done) as told:
        for block in train(
            loss,
            blocks[-1].end if blocks else state,
            optimiser,
            steps=config.steps,
            block_size=config.checkpoint_every,
            first_loss=float(blocks[0].losses[0]) if blocks else None,
        ):
            write_block(folder.checkpoints, block)
            blocks.append(block)
            field = experiment.rebuild(jnp.asarray(block.thetas[0], float))
            spectra[block.start] = kernel_spectrum(experiment, field)
            told(
                block.start + len(block.losses),
                loss=float(block.losses[0]),
                rank=spectra[block.start].participation_ratio,
                leading_eigenvalue=leading_eigenvalue(field),
            )
    return join_blocks(blocks, experiment.rebuild), spectra


def _known_blocks(folder: RunFolder, optimiser_state, steps: int) -> list[Block]:
    """Whole blocks of an earlier process; one that stopped at a divergence is computed again."""
    blocks = read_blocks(folder.checkpoints, optimiser_state)
    if blocks and blocks[-1].end.optimiser_state is None and blocks[-1].end.step < steps:
        blocks.pop()
    if blocks and blocks[-1].end.step > steps:
        raise RunFolderError(
            f"{folder.checkpoints} reaches step {blocks[-1].end.step}, beyond steps = {steps}."
        )
    return blocks


def leading_eigenvalue(field: CTRNN) -> float:
    """Largest real part of the eigenvalues of g W."""
    return float(np.linalg.eigvals(np.asarray(field.gain * field.weights)).real.max())
