"""Going on from the last point of a curve of bifurcations, perhaps read from a file."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._engine import JaxEngine
from bifbridge.continuation.jax_engine.two_parameter._bifurcation_curve import (
    arclength,
    curve_of,
    located,
    moved,
    step_control,
)
from bifbridge.continuation.jax_engine.two_parameter._branch_points import start_residual
from bifbridge.continuation.jax_engine.two_parameter._families import as_two_parameter_family
from bifbridge.continuation.jax_engine.two_parameter._follow import Nothing, Start, follow
from bifbridge.continuation.jax_engine.two_parameter._observe import TESTS
from bifbridge.continuation.jax_engine.two_parameter._residuals import state_jacobian
from bifbridge.continuation.jax_engine.two_parameter._results import BifurcationCurve
from bifbridge.continuation.jax_engine.two_parameter._spans import Span
from bifbridge.continuation.jax_engine.two_parameter._special import distinct


def resume_curve(
    family: Any,
    curve: BifurcationCurve,
    *,
    spans: tuple[Span, Span],
    engine: JaxEngine | None = None,
) -> BifurcationCurve:
    """Follow a curve of bifurcations further from its last point.

    Args:
        family: the two-parameter family of the curve, or f(z, p, q).
        curve: the curve.
        spans: the intervals of both parameters; they may have been widened.
        engine: step sizes and tolerances; `JaxEngine()` unless given.

    Returns:
        The longer curve: the old points, then the new ones.

    Raises:
        ValueError: if the curve has no points.

    Example:
        See `bifurcation_curve`.
    """
    require_x64("resume_curve")
    if len(curve) == 0:
        raise ValueError("resume_curve: got a curve without points; start one instead.")
    engine = JaxEngine() if engine is None else engine
    plane, n = as_two_parameter_family(family), curve.states.shape[1]
    (p, q), state, tests = curve.parameters[-1], curve.states[-1], curve.tests
    matrix = np.asarray(state_jacobian(plane, *(jnp.asarray(v) for v in (state, p, q))))
    square = tests["frequency_squared"][-1] if curve.kind == "hopf" else 0.0
    extra = [tests["imperfection"][-1]] if curve.kind == "branch_point" else []
    residual = start_residual(plane, curve.kind, matrix, complex(np.sqrt(complex(square))))
    control, first = step_control(engine, spans[1])
    weights = arclength(n, len(extra), spans, engine)
    point = np.concatenate([state, [p], extra, [q]])
    direction = curve.tangents[-1] / np.sqrt(np.sum(weights * curve.tangents[-1] ** 2))
    start = Start(
        Curve(residual, Nothing(), jnp.asarray(weights)), point, direction, Status.RUNNING
    )
    way = follow(start, control, 1.0, spans[0], n, first, engine.max_points)
    special, unresolved = located(plane, way, control, n, engine.detect)
    rest = curve_of(curve.kind, way, special, unresolved, (curve.ends[0], way.status), n)
    return _joined(curve, rest)


def _joined(first: BifurcationCurve, second: BifurcationCurve) -> BifurcationCurve:
    names = ("parameters", "states", "tangents", "eigenvalues", "steps", "iterations")
    arrays = {
        name: np.concatenate([getattr(first, name), getattr(second, name)[1:]]) for name in names
    }
    tests = {
        name: np.concatenate([first.tests[name], second.tests[name][1:]])
        for name in TESTS[first.kind]
    }
    later = [moved(point, point.index + len(first) - 1) for point in second.special_points]
    ends = (first.ends[0], second.ends[1])
    return BifurcationCurve(
        kind=first.kind,
        **arrays,
        tests=tests,
        special_points=tuple(distinct([*first.special_points, *later])),
        unresolved=first.unresolved + second.unresolved,
        status=max(ends),
        ends=ends,
    )
