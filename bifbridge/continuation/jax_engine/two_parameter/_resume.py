"""Going on from the last point of a curve of bifurcations, perhaps read from a file."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation.curves import Branch, Status
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._engine import JaxEngine
from bifbridge.continuation.jax_engine.two_parameter._bifurcation_curve import (
    arclength,
    curve_of,
    step_control,
)
from bifbridge.continuation.jax_engine.two_parameter._branch_points import start_residual
from bifbridge.continuation.jax_engine.two_parameter._families import as_two_parameter_family
from bifbridge.continuation.jax_engine.two_parameter._follow import Nothing, Start, follow
from bifbridge.continuation.jax_engine.two_parameter._residuals import state_jacobian
from bifbridge.continuation.jax_engine.two_parameter._spans import Span


def resume_curve(
    curve: Branch, family: Any, spans: tuple[Span, Span] | None, engine: JaxEngine | None
) -> Branch:
    """What follows the last point, see `Branch.resume`."""
    require_x64("the continuation of a curve")
    if len(curve) == 0 or spans is None:
        raise ValueError(
            f"resume: got a curve of {len(curve)} points and spans={spans}, expected a point to "
            "start from, and curve.resume(family, (first span, second span))."
        )
    engine = JaxEngine() if engine is None else engine
    plane, n = as_two_parameter_family(family), curve.states.shape[1]
    (p, q), state, tests = curve.parameters[-1], curve.states[-1], curve.tests
    kind: Any = curve.kind
    matrix = np.asarray(state_jacobian(plane, *(jnp.asarray(v) for v in (state, p, q))))
    square = tests["frequency_squared"][-1] if kind == "hopf" else 0.0
    extra = [tests["imperfection"][-1]] if kind == "branch_point" else []
    residual = start_residual(plane, kind, matrix, complex(np.sqrt(complex(square))))
    control, first = step_control(engine, spans[1])
    weights = arclength(n, len(extra), spans, engine)
    point = np.concatenate([state, [p], extra, [q]])
    direction = curve.tangents[-1] / np.sqrt(np.sum(weights * curve.tangents[-1] ** 2))
    start = Start(
        Curve(residual, Nothing(), jnp.asarray(weights)), point, direction, Status.RUNNING
    )
    way = follow(start, control, 1.0, spans[0], n, first, engine.max_points)
    return curve_of(plane, kind, way, control, n, detect=engine.detect)
