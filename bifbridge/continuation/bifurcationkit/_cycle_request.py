"""What is asked for a branch of cycles, as plain data."""

from typing import Any

import numpy as np

from bifbridge.continuation._results import SpecialPoint
from bifbridge.continuation.bifurcationkit._options import Collocation, Shooting
from bifbridge.continuation.jax_engine.cycles._basis import basis
from bifbridge.continuation.jax_engine.two_parameter import CodimTwoPoint


def plain_method(
    method: Collocation | Shooting, delta_p: float, max_period: float
) -> dict[str, Any]:
    """A discretisation of cycles as the Julia package wants it."""
    shooting = isinstance(method, Shooting)
    return {
        "name": "Shooting" if shooting else "Collocation",
        "ntst": method.ntst,
        "m": method.m,
        "meshadapt": False if shooting else method.meshadapt,
        "max_period": float(max_period),
        "delta_p": float(delta_p),
        "nodes": basis(method.m).nodes,
        "segments": method.segments if shooting else 1,
        "abstol": method.abstol if shooting else 0.0,
        "reltol": method.reltol if shooting else 0.0,
    }


def frequency_of(point: SpecialPoint | CodimTwoPoint, frequency: float | None = None) -> float:
    """ω of the pair that crosses at a Hopf point."""
    if frequency is not None:
        return float(frequency)
    if isinstance(point, CodimTwoPoint):
        return float(point.frequencies[0]) if point.frequencies.size else 0.0
    if point.frequency is not None:
        return float(point.frequency)
    turning = point.eigenvalues[np.abs(np.imag(point.eigenvalues)) > 1e-9]
    return float(abs(np.imag(turning[np.argmin(np.abs(np.real(turning)))])))
