"""Cycles: collocation and shooting, their bifurcations, and branch switching."""

from bifbridge.continuation._status import Status as Status
from bifbridge.continuation.jax_engine.cycles._branch import (
    CYCLE_BIFURCATIONS as CYCLE_BIFURCATIONS,
)
from bifbridge.continuation.jax_engine.cycles._branch import CycleBranch as CycleBranch
from bifbridge.continuation.jax_engine.cycles._branch import CycleSpecialPoint as CycleSpecialPoint
from bifbridge.continuation.jax_engine.cycles._cycle import Cycle as Cycle
from bifbridge.continuation.jax_engine.cycles._engine import CycleEngine as CycleEngine
from bifbridge.continuation.jax_engine.cycles._engine import continue_cycles as continue_cycles
from bifbridge.continuation.jax_engine.cycles._engine import solve_cycle as solve_cycle
from bifbridge.continuation.jax_engine.cycles._homoclinic import (
    HomoclinicApproach as HomoclinicApproach,
)
from bifbridge.continuation.jax_engine.cycles._normal_form_types import (
    CycleNormalForm as CycleNormalForm,
)
from bifbridge.continuation.jax_engine.cycles._resume import resume_cycles as resume_cycles
from bifbridge.continuation.jax_engine.cycles._shooting import ShotCycle as ShotCycle
from bifbridge.continuation.jax_engine.cycles._shooting import shoot as shoot
from bifbridge.continuation.jax_engine.cycles._start import CycleStart as CycleStart
from bifbridge.continuation.jax_engine.cycles._start import start_from_cycle as start_from_cycle
from bifbridge.continuation.jax_engine.cycles._start import start_from_hopf as start_from_hopf
from bifbridge.continuation.jax_engine.cycles._start import start_from_orbit as start_from_orbit
from bifbridge.continuation.jax_engine.cycles._storage import (
    cycles_from_xarray as cycles_from_xarray,
)
from bifbridge.continuation.jax_engine.cycles._storage import cycles_to_xarray as cycles_to_xarray
from bifbridge.continuation.jax_engine.cycles._storage import load_cycles as load_cycles
from bifbridge.continuation.jax_engine.cycles._storage import save_cycles as save_cycles
from bifbridge.continuation.jax_engine.cycles._switch import (
    start_from_branch_point as start_from_branch_point,
)
from bifbridge.continuation.jax_engine.cycles._switch import (
    start_from_period_doubling as start_from_period_doubling,
)

#: Branches of equilibria, of cycles, and curves of both end for the reasons of one list.
CycleStatus = Status
