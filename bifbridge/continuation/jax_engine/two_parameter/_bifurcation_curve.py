"""Curves of bifurcations in two parameters: the public entry."""

from typing import Any, Literal, get_args

import jax.numpy as jnp
import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation.curves import (
    SOLUTIONS,
    Branch,
    SpecialPoint,
    Status,
    both_ways,
    no_points,
    one_way,
)
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
from bifbridge.continuation.jax_engine.two_parameter._residuals import state_jacobian
from bifbridge.continuation.jax_engine.two_parameter._spans import Span, start_parameters
from bifbridge.continuation.jax_engine.two_parameter._special import distinct, special_point

CurveKind = Literal["fold", "hopf", "branch_point"]

_KINDS = {"transcritical": "branch_point", "pitchfork": "branch_point"}


def bifurcation_curve(
    family: Any,
    point: SpecialPoint,
    second: float | None = None,
    *,
    spans: tuple[Span, Span],
    kind: CurveKind | None = None,
    frequency: float | None = None,
    engine: JaxEngine | None = None,
) -> Branch:
    """Follow a fold, Hopf or branch point in two parameters and find what happens on its way.

    Pseudo-arclength continuation of a minimally augmented system. Cusp, Bogdanov–Takens, Bautin,
    zero-Hopf and Hopf–Hopf points are located to machine precision and carry their normal forms.
    A Hopf curve is followed through Bogdanov–Takens points: beyond them it consists of neutral
    saddles, see `Branch.neutral`.

    Args:
        family: an `AbstractTwoParameterFamily`, or a plain function f(z, p, q).
        point: where to start: a fold, Hopf point, transcritical or pitchfork of a branch in the
            first parameter, or a point of codimension two of another curve.
        second: the second parameter at that point, unless the point has its own.
        spans: the intervals of the first and of the second parameter.
        kind: which curve through a point of codimension two; else that of the point.
        frequency: which pair, where a point of codimension two has several or none; 0 at a double
            zero.
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
        ...     loaded = bb.load(curve.save(f"{folder}/curve.nc"))
        >>> len(loaded.resume(f, ((-2, 2), (-1, 3)))) > len(curve)
        True
    """
    require_x64("bifurcation_curve")
    engine = JaxEngine() if engine is None else engine
    plane = as_two_parameter_family(family)
    kind = _kind(point, kind)
    p, q = start_parameters("bifurcation_curve", point, second, spans)
    z = jnp.asarray(point.state, float)
    matrix = np.asarray(state_jacobian(plane, z, jnp.asarray(p), jnp.asarray(q)))
    omega = frequency_of(point, frequency)
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
) -> Branch:
    if start.status != Status.RUNNING or not np.all(np.isfinite(start.tangent)):
        failed = Status.SINGULAR if start.status == Status.RUNNING else start.status
        return no_points(failed, n, solution=SOLUTIONS[kind])
    ways: list[Branch] = []
    for sign in {"up": (1.0,), "down": (-1.0,)}.get(engine.directions, (-1.0, 1.0)):
        way = follow(start, control, sign, spans[0], n, first, engine.max_points)
        ways.append(curve_of(family, kind, way, control, n, detect=engine.detect))
        if way.status == Status.CLOSED:
            break
    return both_ways(ways)


def curve_of(
    family: AbstractTwoParameterFamily,
    kind: CurveKind,
    way: Way,
    control: StepControl,
    n: int,
    *,
    detect: bool,
) -> Branch:
    """One way along a curve with its special points."""
    special: list[SpecialPoint] = []
    unresolved = 0
    for arc in way.arcs(control, n) if detect else ():
        events, missing = locate(arc)
        special += [special_point(family, event) for event in events]
        unresolved += missing
    points, solution = np.array(way.points), SOLUTIONS[kind]
    tests = np.array([seen.tests for seen in way.seen])
    return one_way(
        solution,
        way.status,
        distinct(special),
        unresolved=unresolved,
        parameters=points[:, [n, -1]],
        states=points[:, :n],
        tangents=np.array(way.tangents),
        eigenvalues=np.array([seen.eigenvalues for seen in way.seen], complex),
        steps=np.array(way.steps, float),
        iterations=np.array(way.iterations, int),
        tests={name: tests[:, k] for k, name in enumerate(solution.tests)},
    )


def _kind(point: SpecialPoint, kind: CurveKind | None) -> CurveKind:
    found: Any = _KINDS.get(point.kind, point.kind) if kind is None else kind
    if found not in get_args(CurveKind):
        raise ValueError(
            f"bifurcation_curve: got a point of kind {found!r}, which spans no curve of its own; "
            "expected a fold, Hopf point or branch point, or give kind='fold', 'hopf' or "
            "'branch_point'."
        )
    return found


def frequency_of(point: SpecialPoint, frequency: float | None = None) -> float:
    """ω of the critical pair at a start: as given, as located, or from the eigenvalues."""
    if frequency is not None:
        return float(frequency)
    if point.second_parameter is not None:
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
