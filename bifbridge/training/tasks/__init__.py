"""Tasks that unfold in time: trials by key, with inputs, targets and masks."""

from bifbridge.training.tasks._context_integration import (
    ContextIntegration as ContextIntegration,
)
from bifbridge.training.tasks._flip_flop import FlipFlop as FlipFlop
from bifbridge.training.tasks._imitation import Imitation as Imitation
from bifbridge.training.tasks._memory_pro import MemoryPro as MemoryPro
from bifbridge.training.tasks._network import ReadoutNetwork as ReadoutNetwork
from bifbridge.training.tasks._network import TrialResiduals as TrialResiduals
from bifbridge.training.tasks._network import random_network as random_network
from bifbridge.training.tasks._perceptual_decision import (
    PerceptualDecision as PerceptualDecision,
)
from bifbridge.training.tasks._sine_generator import SineGenerator as SineGenerator
from bifbridge.training.tasks._trials import AbstractTask as AbstractTask
from bifbridge.training.tasks._trials import Trials as Trials
