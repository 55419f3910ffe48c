"""f = 0 in parameters: families, problems, branches and their special points."""

from bifbridge.continuation._diagram import Diagram as Diagram
from bifbridge.continuation._diagram import DiagramBranch as DiagramBranch
from bifbridge.continuation._diagram import bifurcation_diagram as bifurcation_diagram
from bifbridge.continuation._families import AbstractFamily as AbstractFamily
from bifbridge.continuation._families import DirectionFamily as DirectionFamily
from bifbridge.continuation._families import FunctionFamily as FunctionFamily
from bifbridge.continuation._families import InputFamily as InputFamily
from bifbridge.continuation._families import LeafFamily as LeafFamily
from bifbridge.continuation._families import LineFamily as LineFamily
from bifbridge.continuation._families import PlainFamily as PlainFamily
from bifbridge.continuation._families import as_family as as_family
from bifbridge.continuation._learning_path import LearningEvent as LearningEvent
from bifbridge.continuation._learning_path import LearningPath as LearningPath
from bifbridge.continuation._learning_path import TrackedEquilibrium as TrackedEquilibrium
from bifbridge.continuation._learning_path import continue_between as continue_between
from bifbridge.continuation._learning_path import path_engine as path_engine
from bifbridge.continuation._learning_path import track_equilibria as track_equilibria
from bifbridge.continuation._problem import AbstractEngine as AbstractEngine
from bifbridge.continuation._problem import ContinuationProblem as ContinuationProblem
from bifbridge.continuation._problem import continuation as continuation
from bifbridge.continuation._results import Balance as Balance
from bifbridge.continuation._results import Branch as Branch
from bifbridge.continuation._results import SpecialPoint as SpecialPoint
from bifbridge.continuation._status import Status as Status
from bifbridge.continuation.jax_engine import JaxEngine as JaxEngine
