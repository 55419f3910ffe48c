"""Curves of bifurcations in two parameters: the public entry."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation._results import SpecialPoint
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine._engine import JaxEngine
from bifbridge.continuation.jax_engine._trace import StepControl
from bifbridge.continuation.jax_engine.two_parameter._branch_points import start_residual
from bifbridge.continuation.jax_engine.two_parameter._families import (
    AbstractTwoParameterFamily,
    as_two_parameter_family,
)
from bifbridge.continuation.jax_engine.two_parameter._follow import (
    Start,
    Way,
    follow,
    start_curve,
)
from bifbridge.continuation.jax_engine.two_parameter._locate import locate
from bifbridge.continuation.jax_engine.two_parameter._observe import TESTS
from bifbridge.continuation.jax_engine.two_parameter._residuals import state_jacobian
from bifbridge.continuation.jax_engine.two_parameter._results import (
    BifurcationCurve,
    CodimTwoPoint,
    CurveKind,
)
from bifbridge.continuation.jax_engine.two_parameter._spans import Span, inside
from bifbridge.continuation.jax_engine.two_parameter._special import distinct, special_point

_KINDS = {"transcritical": "branch_point", "pitchfork": "branch_point"}


def bifurcation_curve(
    family: Any,
    point: SpecialPoint | CodimTwoPoint,
    second: float | None = None,
    *,
    spans: tuple[Span, Span],
    kind: CurveKind | None = None,
    frequency: float | None = None,
    engine: JaxEngine | None = None,
) -> BifurcationCurve:
    """Follow a fold, Hopf or branch point in two parameters and find what happens on its way.

    Pseudo-arclength continuation of a minimally augmented system. Cusp, Bogdanov–Takens, Bautin,
    zero-Hopf and Hopf–Hopf points are located to machine precision and carry their normal forms.
    A Hopf curve is followed through Bogdanov–Takens points: beyond them it consists of neutral
    saddles, see `BifurcationCurve.neutral`.

    Args:
        family: an `AbstractTwoParameterFamily`, or a plain function f(z, p, q).
        point: where to start: a fold, Hopf point, transcritical or pitchfork of a branch in the
            first parameter, or a point of codimension two of another curve.
        second: the second parameter at that point; only a `CodimTwoPoint` has its own.
        spans: the intervals of the first and of the second parameter.
        kind: which curve through a point of codimension two; else that of the point.
        frequency: which pair, where a `CodimTwoPoint` has several or none; 0 at a double zero.
        engine: step sizes and tolerances; `JaxEngine()` unless given. Without a `step` of its
            own, both parameters are measured in halves of their spans.

    Returns:
        The curve, whatever its status: `curve.status` says how it ended. A point of no kind that
        spans a curve, or outside the spans, is refused with a `ValueError`.

    Example:
        >>> import tempfile
        >>> import bifbridge as bb
        >>> def f(z, p, q):
        ...     return p + q * z - z**3
        >>> problem = bb.ContinuationProblem(lambda z, p: f(z, p, 1.0), [-1.5], span=(-1, 1))
        >>> fold = bb.continuation(problem).special_points[0]
        >>> curve = bb.two_parameter.bifurcation_curve(f, fold, 1.0, spans=((-1, 1), (-1, 2)))
        >>> [point.normal_form for point in curve.special_points]
        [cusp: ẇ = β₁ + β₂w − 1 w³]

        From a file it can be followed further:

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     bb.save_curve(f"{folder}/curve.nc", curve)
        ...     loaded = bb.load_curve(f"{folder}/curve.nc")
        >>> len(bb.resume_curve(f, loaded, spans=((-2, 2), (-1, 3)))) > len(curve)
        True
    """
    require_x64("bifurcation_curve")
    engine = JaxEngine() if engine is None else engine
    plane = as_two_parameter_family(family)
    kind = _kind(point, kind)
    p, q = _parameters(point, second, spans)
    z = jnp.asarray(point.state, float)
    matrix = np.asarray(state_jacobian(plane, z, jnp.asarray(p), jnp.asarray(q)))
    omega = _frequency(point, frequency)
    extra = [0.0] if kind == "branch_point" else []
    guess = np.concatenate([np.asarray(z), [p], extra, [q]])
    weights = arclength(z.size, len(extra), spans, engine)
    control, first = step_control(engine, spans[1])
    residual = start_residual(plane, kind, matrix, omega)
    start = start_curve(residual, guess, weights, control)
    return _assemble(engine, plane, kind, start, control, first, spans, z.size)


def _assemble(
    engine: JaxEngine,
    family: AbstractTwoParameterFamily,
    kind: CurveKind,
    start: Start,
    control: StepControl,
    first: float,
    spans: tuple[Span, Span],
    n: int,
) -> BifurcationCurve:
    if start.status != Status.RUNNING or not np.all(np.isfinite(start.tangent)):
        failed = Status.SINGULAR if start.status == Status.RUNNING else start.status
        nowhere = Way([], [], [], [], [], [], [], failed)
        return curve_of(kind, nowhere, [], 0, (failed, failed), n)
    ways: list[Way] = []
    for sign in {"up": (1.0,), "down": (-1.0,)}.get(engine.directions, (-1.0, 1.0)):
        ways.append(follow(start, control, sign, spans[0], n, first, engine.max_points))
        if ways[-1].status == Status.CLOSED:
            break
    found = [located(family, way, control, n, engine.detect) for way in ways]
    unresolved = sum(missing for _, missing in found)
    if len(ways) == 1:
        ends = (Status.RUNNING, ways[0].status)
        return curve_of(kind, ways[0], found[0][0], unresolved, ends, n)
    backward, forward = ways
    count = len(backward.points)
    turned = [moved(point, count - 2 - point.index) for point in reversed(found[0][0])]
    shifted = [moved(point, count - 1 + point.index) for point in found[1][0]]
    whole, ends = backward.reversed_before(forward), (backward.status, forward.status)
    return curve_of(kind, whole, turned + shifted, unresolved, ends, n)


def located(
    family: AbstractTwoParameterFamily, way: Way, control: StepControl, n: int, detect: bool
) -> tuple[list[CodimTwoPoint], int]:
    """The special points of one way along a curve."""
    special: list[CodimTwoPoint] = []
    unresolved = 0
    for arc in way.arcs(control, n) if detect else ():
        events, missing = locate(arc)
        special += [special_point(family, event) for event in events]
        unresolved += missing
    return special, unresolved


def moved(point: CodimTwoPoint, index: int) -> CodimTwoPoint:
    """The same special point at another place of its curve."""
    return eqx.tree_at(lambda q: q.index, point, index)


def curve_of(
    kind: CurveKind,
    way: Way,
    special: list[CodimTwoPoint],
    unresolved: int,
    ends: tuple[Status, Status],
    n: int,
) -> BifurcationCurve:
    """A way along a curve as a result."""
    width = n + (3 if kind == "branch_point" else 2)
    points = np.array(way.points).reshape(-1, width)
    tests = np.array([seen.tests for seen in way.seen]).reshape(-1, len(TESTS[kind]))
    return BifurcationCurve(
        kind=kind,
        parameters=points[:, [n, -1]],
        states=points[:, :n],
        tangents=np.array(way.tangents).reshape(-1, width),
        eigenvalues=np.array([seen.eigenvalues for seen in way.seen], complex).reshape(-1, n),
        steps=np.array(way.steps, float),
        iterations=np.array(way.iterations, int),
        tests={name: tests[:, k] for k, name in enumerate(TESTS[kind])},
        special_points=tuple(distinct(special)),
        unresolved=unresolved,
        status=max(ends),
        ends=ends,
    )


def _kind(point: SpecialPoint | CodimTwoPoint, kind: CurveKind | None) -> CurveKind:
    found: Any = _KINDS.get(point.kind, point.kind) if kind is None else kind
    if found not in TESTS:
        raise ValueError(
            f"bifurcation_curve: got a point of kind {found!r}, which spans no curve of its own; "
            "expected a fold, Hopf point or branch point, or give kind='fold', 'hopf' or "
            "'branch_point'."
        )
    return found


def _parameters(
    point: SpecialPoint | CodimTwoPoint, second: float | None, spans: tuple[Span, Span]
) -> tuple[float, float]:
    if isinstance(point, CodimTwoPoint):
        return inside("bifurcation_curve", point.parameters, spans)
    if second is None:
        raise ValueError(
            "bifurcation_curve: the second parameter at the point is not known; give second=."
        )
    return inside("bifurcation_curve", (point.parameter, second), spans)


def _frequency(point: SpecialPoint | CodimTwoPoint, frequency: float | None) -> float:
    if frequency is not None:
        return float(frequency)
    if isinstance(point, CodimTwoPoint):
        return float(point.frequencies[0]) if point.frequencies.size else 0.0
    return float(point.frequency) if point.frequency is not None else _turning(point)


def _turning(point: SpecialPoint) -> float:
    # A Hopf point without a normal form still has its eigenvalues.
    turning = point.eigenvalues[np.abs(np.imag(point.eigenvalues)) > 1e-9]
    if turning.size == 0:
        return 0.0
    return float(abs(np.imag(turning[np.argmin(np.abs(np.real(turning)))])))


def arclength(n: int, extra: int, spans: tuple[Span, Span], engine: JaxEngine) -> np.ndarray:
    """Weights of the arclength norm."""
    unit = engine.step is not None
    scales = [1.0 if unit else (high - low) / 2 for low, high in spans]
    return np.array([1.0 / n] * n + [scales[0] ** -2] + [1.0] * extra + [scales[1] ** -2])


def step_control(engine: JaxEngine, span: Span) -> tuple[StepControl, float]:
    """The step control of a curve."""
    first = 0.02 if engine.step is None else engine.step
    longest = 2.5 * first if engine.max_step is None else engine.max_step
    control = StepControl(
        min_step=jnp.asarray(1e-6 * first if engine.min_step is None else engine.min_step),
        max_step=jnp.asarray(longest),
        tolerance=jnp.asarray(engine.tolerance),
        max_iterations=jnp.asarray(engine.max_iterations),
        max_angle=jnp.asarray(engine.max_angle),
        lower=jnp.asarray(float(span[0])),
        upper=jnp.asarray(float(span[1])),
        max_norm=jnp.asarray(engine.max_norm),
        natural=jnp.asarray(False),
        secant=jnp.asarray(engine.predictor == "secant"),
    )
    return control, min(first, longest)
