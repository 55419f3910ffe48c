"""Curves of cycle bifurcations in two parameters: the public entry."""

from typing import Any

import jax.tree_util as jtu
import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation.curves import Branch, Cycle, SpecialPoint, Status
from bifbridge.continuation.jax_engine.cycle_curves._assemble import assemble
from bifbridge.continuation.jax_engine.cycle_curves._correct import (
    CurveFields,
    critical_at,
    generic_borders,
    independent,
)
from bifbridge.continuation.jax_engine.cycle_curves._critical import (
    Borders,
    CycleCurveKind,
    renewed,
)
from bifbridge.continuation.jax_engine.cycle_curves._setting import CurveSetting
from bifbridge.continuation.jax_engine.cycles._arc import NewtonOptions, scalar_row
from bifbridge.continuation.jax_engine.cycles._correct import combine, dot, norm, weigh
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint, Mesh
from bifbridge.continuation.jax_engine.cycles._engine import (
    CycleEngine,
    follow_options,
    turned,
)
from bifbridge.continuation.jax_engine.cycles._follow import FollowOptions, follow
from bifbridge.continuation.jax_engine.cycles._locate import Sample
from bifbridge.continuation.jax_engine.two_parameter import as_two_parameter_family
from bifbridge.continuation.jax_engine.two_parameter._spans import Span, start_parameters

_KINDS = ("cycle_fold", "period_doubling", "neimark_sacker")


def cycle_bifurcation_curve(
    family: Any,
    point: SpecialPoint,
    second: float | None = None,
    *,
    spans: tuple[Span, Span],
    kind: CycleCurveKind | None = None,
    engine: CycleEngine | None = None,
) -> Branch:
    """Follow a cycle fold, period doubling or Neimark–Sacker point in two parameters.

    Pseudo-arclength continuation of a minimally augmented collocation system: each Newton step
    costs a few condensed solves, linear in the number of mesh intervals. A Neimark–Sacker curve
    is followed through the resonances 1:1 and 1:2: beyond them it consists of neutral saddles,
    see `Branch.neutral`. A curve of cycle folds that ends at a Bautin point has
    the status `HOPF`.

    Args:
        family: an `AbstractTwoParameterFamily`, or a plain function f(z, p, q).
        point: where to start: a bifurcation on a branch of cycles in the first parameter, or a
            point of codimension two of another curve.
        second: the second parameter at that point, unless the point has its own.
        spans: the intervals of the first and of the second parameter.
        kind: which curve through a point of codimension two; else that of the point.
        engine: step sizes and tolerances; `CycleEngine()` unless given. Both parameters are
            measured in halves of their spans, or in its `parameter_scale`.

    Returns:
        The curve, whatever its status: `curve.status` says how it ended. A point of no kind that
        spans a curve, or outside the spans, is refused with a `ValueError`.

    Example:
        >>> import tempfile, jax.numpy as jnp
        >>> import bifbridge as bb
        >>> def f(z, p, q):  # ṙ = pr + qr³ − r⁵: cycle folds on p = −q²/4
        ...     s = z @ z
        ...     return (p + q * s - s**2) * z + jnp.array([-z[1], z[0]])
        >>> field = lambda z, p: f(z, p, 1.0)
        >>> problem = bb.ContinuationProblem(field, [0, 0], span=(-1, 1))
        >>> hopf = bb.continuation(problem).special_points[0]
        >>> start = bb.cycles.start_from_hopf(field, hopf.parameter, hopf.normal_form)
        >>> engine = bb.cycles.CycleEngine(step=0.2, max_step=0.4)
        >>> (fold,) = bb.cycles.continue_cycles(start, (-1, 1), engine).special_points
        >>> curve = bb.two_parameter.cycle_bifurcation_curve(
        ...     f, fold, 1.0, spans=((-1, 1), (0.5, 1)), engine=engine
        ... )
        >>> [round(float(p + q**2 / 4), 9) + 0 for p, q in curve.parameters[[0, -1]]]
        [0.0, 0.0]

        From a file it can be followed further:

        >>> with tempfile.TemporaryDirectory() as folder:
        ...     loaded = bb.load(curve.save(f"{folder}/curve.nc"))
        >>> len(loaded.resume(f, ((-1, 1), (0.5, 1.2)), engine)) > len(curve)
        True
    """
    require_x64("cycle_bifurcation_curve")
    engine = CycleEngine() if engine is None else engine
    plane = as_two_parameter_family(family)
    kind = _kind(point, kind)
    p, q = start_parameters("cycle_bifurcation_curve", point, second, spans)
    scalars = [p, q, _cosine(point)] if kind == "neimark_sacker" else [p, q]
    cycle: Any = point.cycle
    return _followed(CurveFields(plane), kind, cycle, scalars, spans, engine, None)


def resume_cycle_curve(
    curve: Branch, family: Any, spans: tuple[Span, Span] | None, engine: CycleEngine | None
) -> Branch:
    """What follows the last point, see `Branch.resume`."""
    require_x64("the continuation of cycles")
    if len(curve) < 2 or spans is None:
        raise ValueError(
            f"resume: got a curve of {len(curve)} points and spans={spans}, expected at least 2, "
            "which give the direction in which to go on, and curve.resume(family, (first span, "
            "second span))."
        )
    engine = CycleEngine() if engine is None else engine
    fields = CurveFields(as_two_parameter_family(family))
    scalars = curve.parameters
    if curve.kind == "neimark_sacker":
        scalars = np.column_stack([scalars, curve.tests["cosine"]])
    last, ahead = [float(value) for value in scalars[-1]], scalars[-1] - scalars[-2]
    kind: Any = curve.kind
    return _followed(fields, kind, curve.cycle(-1), last, spans, engine, ahead)


def _followed(
    fields: CurveFields,
    kind: CycleCurveKind,
    cycle: Cycle,
    scalars: list[float],
    spans: tuple[Span, Span],
    engine: CycleEngine,
    ahead: np.ndarray | None,
) -> Branch:
    # Both ways from a cycle, or only the way in which the scalars change as given.
    mesh = Mesh(cycle.times, cycle.nodes.shape[1] - 1)
    guess = CyclePoint(np.asarray(cycle.nodes)[:, :-1], np.array([cycle.period, *scalars]))
    bounds = tuple((float(lower), float(upper)) for lower, upper in spans)
    options = follow_options(engine, Sample(0.0, guess, guess, cycle, 0), bounds)
    setting = CurveSetting(fields, _borders(fields, mesh, guess, kind, options))
    first, status = _first(setting, mesh, guess, options)
    if first is None:
        return assemble(kind, [], guess.states.shape, status)
    observed = setting.observe(setting.chart(mesh, first.point, options), first)
    setting = setting.following(observed)
    signs = _signs(engine, first) if ahead is None else (_sign(first, ahead),)
    paths = [follow(setting, mesh, turned(first, sign), observed, options) for sign in signs]
    return assemble(kind, paths, guess.states.shape, Status.RUNNING)


def _sign(first: Sample, ahead: np.ndarray) -> float:
    return 1.0 if first.tangent.scalars[1:] @ ahead >= 0 else -1.0


def _borders(
    fields: CurveFields, mesh: Mesh, guess: CyclePoint, kind: CycleCurveKind, options: FollowOptions
) -> Borders:
    # Any borders give the null vectors at the bifurcation itself; two rounds allow for a guess.
    borders = generic_borders(kind, guess.states.shape)
    for _ in range(3):
        critical = jtu.tree_map(np.asarray, critical_at(fields, mesh, guess, borders))
        borders = renewed(borders, critical)
    chart = CurveSetting(fields, borders).chart(mesh, guess, options)
    return independent(fields, mesh, guess, borders, chart.weights)


def _first(
    setting: CurveSetting, mesh: Mesh, guess: CyclePoint, options: FollowOptions
) -> tuple[Sample | None, Status]:
    # One Newton step finds the curve's direction; the start is then corrected across it.
    status = Status.NO_CYCLE
    for which in (2, 1):
        once = options._replace(newton=NewtonOptions(options.newton.tolerance, np.asarray(1)))
        row = scalar_row(guess, which)
        chart = setting.chart(mesh, guess, once)
        ahead = chart.solve(guess, row, guess.scalars[which], row).tangent
        if not np.all(np.isfinite(ahead.states)) or not norm(chart.weights, ahead) > 0:
            continue
        chart = setting.chart(mesh, guess, options)
        row = weigh(chart.weights, ahead)
        found = chart.solve(guess, row, dot(row, guess), ahead)
        status = Status(int(found.status))
        moved = float(norm(chart.weights, combine(found.point, guess, -1.0)))
        if status == Status.RUNNING and moved < 0.5:
            sample = chart.sample(found)
            if np.all(np.isfinite(sample.cycle.multipliers)):
                return sample, status
            status = Status.NOT_FINITE
    return None, Status.NO_CYCLE if status in {Status.RUNNING, Status.NO_CONVERGENCE} else status


def _signs(engine: CycleEngine, first: Sample) -> tuple[float, ...]:
    up = 1.0 if first.tangent.scalars[2] >= 0 else -1.0
    return {"both": (-up, up), "up": (up,), "down": (-up,)}[engine.directions]


def _kind(point: SpecialPoint, kind: CycleCurveKind | None) -> CycleCurveKind:
    found: Any = point.kind if kind is None else kind
    if found not in _KINDS or point.cycle is None:
        raise ValueError(
            f"cycle_bifurcation_curve: got a point of kind {found!r}, which spans no curve of its "
            f"own here; expected one of {', '.join(_KINDS)}, or give kind= at a point of "
            "codimension two."
        )
    return found


def _cosine(point: SpecialPoint) -> float:
    # Of the pair nearest the unit circle; a double multiplier at a strong resonance is one too.
    form = getattr(point, "normal_form", None)
    if form is not None and form.kind == "neimark_sacker":
        return float(np.cos(form.angle))
    multipliers = point.multipliers
    turning = multipliers[np.imag(multipliers) > 1e-9]
    if turning.size:
        return float(np.real(turning[np.argmin(np.abs(np.abs(turning) - 1))]))
    nearest = multipliers[np.argsort(np.abs(np.abs(multipliers) - 1))[:2]]
    return float(np.clip(np.mean(np.real(nearest)), -1, 1))
