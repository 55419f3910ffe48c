"""Tasks, descent in resumable blocks, and the path it leaves."""

from bifbridge.training._checkpoints import block_path as block_path
from bifbridge.training._checkpoints import read_block as read_block
from bifbridge.training._checkpoints import read_blocks as read_blocks
from bifbridge.training._checkpoints import write_block as write_block
from bifbridge.training._loop import Block as Block
from bifbridge.training._loop import TrainingState as TrainingState
from bifbridge.training._loop import start_training as start_training
from bifbridge.training._loop import train as train
from bifbridge.training._optimisers import OPTIMISERS as OPTIMISERS
from bifbridge.training._optimisers import make_optimiser as make_optimiser
from bifbridge.training._path import TrainingPath as TrainingPath
from bifbridge.training._path import join_blocks as join_blocks
from bifbridge.training._run import Run as Run
from bifbridge.training._task import ParameterLoss as ParameterLoss
from bifbridge.training._task import ParameterResiduals as ParameterResiduals
from bifbridge.training._task import TrajectoryTask as TrajectoryTask
from bifbridge.training._task import imitation_task as imitation_task
from bifbridge.training._task import spectral_teacher as spectral_teacher
from bifbridge.training.natural_gradient import AbstractSubspace as AbstractSubspace
from bifbridge.training.natural_gradient import BlockIteration as BlockIteration
from bifbridge.training.natural_gradient import FixedDirections as FixedDirections
from bifbridge.training.natural_gradient import GainRatio as GainRatio
from bifbridge.training.natural_gradient import GaussNewton as GaussNewton
from bifbridge.training.natural_gradient import GradientLanczos as GradientLanczos
from bifbridge.training.natural_gradient import (
    adaptive_natural_gradient as adaptive_natural_gradient,
)
from bifbridge.training.natural_gradient import half_square as half_square
from bifbridge.training.natural_gradient import (
    low_rank_natural_gradient as low_rank_natural_gradient,
)
from bifbridge.training.natural_gradient import natural_gradient as natural_gradient
