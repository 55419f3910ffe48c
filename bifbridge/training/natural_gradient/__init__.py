"""Natural gradient on a few directions: the step that stays stable through a bifurcation."""

from bifbridge.training.natural_gradient._acceptance import GainRatio as GainRatio
from bifbridge.training.natural_gradient._adaptive import (
    adaptive_natural_gradient as adaptive_natural_gradient,
)
from bifbridge.training.natural_gradient._curvature import GaussNewton as GaussNewton
from bifbridge.training.natural_gradient._curvature import half_square as half_square
from bifbridge.training.natural_gradient._full import natural_gradient as natural_gradient
from bifbridge.training.natural_gradient._low_rank import (
    low_rank_natural_gradient as low_rank_natural_gradient,
)
from bifbridge.training.natural_gradient._model import LowRankModel as LowRankModel
from bifbridge.training.natural_gradient._model import implicit_step as implicit_step
from bifbridge.training.natural_gradient._subspaces import AbstractSubspace as AbstractSubspace
from bifbridge.training.natural_gradient._subspaces import BlockIteration as BlockIteration
from bifbridge.training.natural_gradient._subspaces import FixedDirections as FixedDirections
from bifbridge.training.natural_gradient._subspaces import (
    GradientLanczos as GradientLanczos,
)
