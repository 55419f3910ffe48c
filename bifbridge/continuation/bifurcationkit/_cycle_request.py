"""What is asked for a branch of cycles, as plain data."""

from typing import Any

from bifbridge.continuation.bifurcationkit._options import Collocation, Shooting
from bifbridge.continuation.curves._basis import basis


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
