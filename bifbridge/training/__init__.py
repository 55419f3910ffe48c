"""Tasks, descent in resumable blocks, and the path it leaves."""

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
from bifbridge.training._task import ParameterLoss as ParameterLoss
from bifbridge.training._task import TrajectoryTask as TrajectoryTask
from bifbridge.training._task import imitation_task as imitation_task
from bifbridge.training._task import spectral_teacher as spectral_teacher
