"""Cycles: collocation and shooting, their bifurcations, and branch switching."""

from bifbridge.continuation.jax_engine.cycles._engine import CycleEngine as CycleEngine
from bifbridge.continuation.jax_engine.cycles._engine import continue_cycles as continue_cycles
from bifbridge.continuation.jax_engine.cycles._engine import solve_cycle as solve_cycle
from bifbridge.continuation.jax_engine.cycles._resume import resume_cycles as resume_cycles
from bifbridge.continuation.jax_engine.cycles._shooting import ShotCycle as ShotCycle
from bifbridge.continuation.jax_engine.cycles._shooting import shoot as shoot
from bifbridge.continuation.jax_engine.cycles._start import CycleStart as CycleStart
from bifbridge.continuation.jax_engine.cycles._start import start_from_cycle as start_from_cycle
from bifbridge.continuation.jax_engine.cycles._start import start_from_hopf as start_from_hopf
from bifbridge.continuation.jax_engine.cycles._start import start_from_orbit as start_from_orbit
from bifbridge.continuation.jax_engine.cycles._switch import (
    start_from_branch_point as start_from_branch_point,
)
from bifbridge.continuation.jax_engine.cycles._switch import (
    start_from_period_doubling as start_from_period_doubling,
)
