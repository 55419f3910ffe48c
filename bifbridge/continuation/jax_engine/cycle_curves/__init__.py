"""Curves of cycle folds, period doublings and Neimark–Sacker points in two parameters."""

from bifbridge.continuation.jax_engine.cycle_curves._curve import (
    cycle_bifurcation_curve as cycle_bifurcation_curve,
)
from bifbridge.continuation.jax_engine.cycle_curves._curve import (
    resume_cycle_curve as resume_cycle_curve,
)
from bifbridge.continuation.jax_engine.cycle_curves._results import (
    CycleBifurcationCurve as CycleBifurcationCurve,
)
from bifbridge.continuation.jax_engine.cycle_curves._results import (
    CycleCodimTwoPoint as CycleCodimTwoPoint,
)
from bifbridge.continuation.jax_engine.cycle_curves._storage import (
    cycle_curve_from_xarray as cycle_curve_from_xarray,
)
from bifbridge.continuation.jax_engine.cycle_curves._storage import (
    cycle_curve_to_xarray as cycle_curve_to_xarray,
)
from bifbridge.continuation.jax_engine.cycle_curves._storage import (
    load_cycle_curve as load_cycle_curve,
)
from bifbridge.continuation.jax_engine.cycle_curves._storage import (
    save_cycle_curve as save_cycle_curve,
)
