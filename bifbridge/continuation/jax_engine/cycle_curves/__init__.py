"""Curves of cycle folds, period doublings and Neimark–Sacker points in two parameters."""

from bifbridge.continuation.jax_engine.cycle_curves._curve import (
    cycle_bifurcation_curve as cycle_bifurcation_curve,
)
from bifbridge.continuation.jax_engine.cycle_curves._curve import (
    resume_cycle_curve as resume_cycle_curve,
)
