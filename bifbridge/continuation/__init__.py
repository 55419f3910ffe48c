"""f = 0 in parameters: families, problems, branches and their special points."""

from bifbridge.continuation._bifurcation_point import BifurcationPoint as BifurcationPoint
from bifbridge.continuation._bifurcation_point import bifurcation_point as bifurcation_point
from bifbridge.continuation._codim_two_point import CodimTwoLocation as CodimTwoLocation
from bifbridge.continuation._codim_two_point import codim_two_point as codim_two_point
from bifbridge.continuation._cross_check import CrossCheck as CrossCheck
from bifbridge.continuation._cross_check import cross_check as cross_check
from bifbridge.continuation._diagram import Diagram as Diagram
from bifbridge.continuation._diagram import DiagramBranch as DiagramBranch
from bifbridge.continuation._diagram import bifurcation_diagram as bifurcation_diagram
from bifbridge.continuation._diagram_storage import load_diagram as load_diagram
from bifbridge.continuation._diagram_storage import save_diagram as save_diagram
from bifbridge.continuation._equilibria import Equilibria as Equilibria
from bifbridge.continuation._equilibria import find_equilibria as find_equilibria
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
from bifbridge.continuation._nearest_point import (
    nearest_codim_two_point as nearest_codim_two_point,
)
from bifbridge.continuation._nearest_point import nearest_special_point as nearest_special_point
from bifbridge.continuation._problem import AbstractBranchingEngine as AbstractBranchingEngine
from bifbridge.continuation._problem import AbstractEngine as AbstractEngine
from bifbridge.continuation._problem import ContinuationProblem as ContinuationProblem
from bifbridge.continuation._problem import continuation as continuation
from bifbridge.continuation._results import Balance as Balance
from bifbridge.continuation._results import Branch as Branch
from bifbridge.continuation._results import SpecialPoint as SpecialPoint
from bifbridge.continuation.curves._special_table import (
    special_points_to_dataframe as special_points_to_dataframe,
)
from bifbridge.continuation.curves import Status as Status
from bifbridge.continuation._storage import branch_from_xarray as branch_from_xarray
from bifbridge.continuation._storage import branch_to_dataframe as branch_to_dataframe
from bifbridge.continuation._storage import branch_to_xarray as branch_to_xarray
from bifbridge.continuation._storage import load_branch as load_branch
from bifbridge.continuation._storage import save_branch as save_branch
from bifbridge.continuation.bifurcationkit import BifurcationKit as BifurcationKit
from bifbridge.continuation.bifurcationkit import julia_available as julia_available
from bifbridge.continuation.jax_engine import JaxEngine as JaxEngine
from bifbridge.continuation.jax_engine import KrylovEngine as KrylovEngine
from bifbridge.continuation.jax_engine import continuation_ensemble as continuation_ensemble
from bifbridge.continuation.jax_engine.cycle_curves import (
    CycleBifurcationCurve as CycleBifurcationCurve,
)
from bifbridge.continuation.jax_engine.cycle_curves import CycleCodimTwoPoint as CycleCodimTwoPoint
from bifbridge.continuation.jax_engine.cycle_curves import (
    cycle_bifurcation_curve as cycle_bifurcation_curve,
)
from bifbridge.continuation.jax_engine.cycle_curves import load_cycle_curve as load_cycle_curve
from bifbridge.continuation.jax_engine.cycle_curves import resume_cycle_curve as resume_cycle_curve
from bifbridge.continuation.jax_engine.cycle_curves import save_cycle_curve as save_cycle_curve
from bifbridge.continuation.jax_engine.cycles import Cycle as Cycle
from bifbridge.continuation.jax_engine.cycles import CycleBranch as CycleBranch
from bifbridge.continuation.jax_engine.cycles import CycleEngine as CycleEngine
from bifbridge.continuation.jax_engine.cycles import CycleNormalForm as CycleNormalForm
from bifbridge.continuation.jax_engine.cycles import CycleSpecialPoint as CycleSpecialPoint
from bifbridge.continuation.jax_engine.cycles import continue_cycles as continue_cycles
from bifbridge.continuation.jax_engine.cycles import load_cycles as load_cycles
from bifbridge.continuation.jax_engine.cycles import resume_cycles as resume_cycles
from bifbridge.continuation.jax_engine.cycles import save_cycles as save_cycles
from bifbridge.continuation.jax_engine.cycles import solve_cycle as solve_cycle
from bifbridge.continuation.jax_engine.cycles import (
    start_from_branch_point as start_from_branch_point,
)
from bifbridge.continuation.jax_engine.cycles import start_from_cycle as start_from_cycle
from bifbridge.continuation.jax_engine.cycles import start_from_hopf as start_from_hopf
from bifbridge.continuation.jax_engine.cycles import start_from_orbit as start_from_orbit
from bifbridge.continuation.jax_engine.cycles import (
    start_from_period_doubling as start_from_period_doubling,
)
from bifbridge.continuation.jax_engine.two_parameter import (
    AbstractTwoParameterFamily as AbstractTwoParameterFamily,
)
from bifbridge.continuation.jax_engine.two_parameter import BifurcationCurve as BifurcationCurve
from bifbridge.continuation.jax_engine.two_parameter import CodimTwoPoint as CodimTwoPoint
from bifbridge.continuation.jax_engine.two_parameter import (
    FunctionTwoParameterFamily as FunctionTwoParameterFamily,
)
from bifbridge.continuation.jax_engine.two_parameter import (
    LeafTwoParameterFamily as LeafTwoParameterFamily,
)
from bifbridge.continuation.jax_engine.two_parameter import (
    PlainTwoParameterFamily as PlainTwoParameterFamily,
)
from bifbridge.continuation.jax_engine.two_parameter import bifurcation_curve as bifurcation_curve
from bifbridge.continuation.jax_engine.two_parameter import load_curve as load_curve
from bifbridge.continuation.jax_engine.two_parameter import resume_curve as resume_curve
from bifbridge.continuation.jax_engine.two_parameter import save_curve as save_curve
