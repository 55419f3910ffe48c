"""The continuation of cycles: one verb, with its options in an object."""

from typing import Literal

import equinox as eqx
import jax.tree_util as jtu
import numpy as np

from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.continuation._span import checked_span
from bifbridge.continuation.curves import Branch, Cycle, CyclePoint, Status
from bifbridge.continuation.jax_engine.cycles._arc import NewtonOptions, make_chart, scalar_row
from bifbridge.continuation.jax_engine.cycles._assemble import assemble
from bifbridge.continuation.jax_engine.cycles._correct import dot, norm, weigh
from bifbridge.continuation.jax_engine.cycles._follow import (
    BranchSetting,
    FollowOptions,
    Path,
    follow,
)
from bifbridge.continuation.jax_engine.cycles._locate import Sample
from bifbridge.continuation.jax_engine.cycles._start import CycleStart


class CycleEngine(eqx.Module):
    """Pseudo-arclength continuation of cycles by orthogonal collocation.

    A step is measured by ‖(δx, δT, δp)‖² = ∫|δx|²/(n s²) + (δT/T)² + (δp/σ)².

    Attributes:
        step: length of the first step.
        max_step: longest step.
        min_step: shortest step before the branch is given up.
        parameter_scale: σ; None for half the span.
        state_scale: s; None for the cycle's own root-mean-square amplitude, at least 1.
        max_points: limit on the number of points in each direction.
        tolerance: of Newton's method; a further step follows, which leaves rounding.
        max_iterations: limit on Newton steps.
        max_angle: largest turn of the tangent within one step, in radians.
        max_norm: the branch ends where a component of the state exceeds this.
        max_period: the branch ends where the period exceeds this; None for 50 times the first.
        adapt: the mesh is moved where an interval holds more than this many times its share of
            the error; infinity for a fixed mesh.
        detect: whether to locate special points.
        directions: which ways from a known cycle: "both", or only "up" or "down" in the
            parameter. A branch that starts at a bifurcation has one way only.

    Example:
        See `continue_cycles`.
    """

    step: float = 0.05
    max_step: float = 0.2
    min_step: float = 1e-6
    parameter_scale: float | None = None
    state_scale: float | None = None
    max_points: int = 200
    tolerance: float = 1e-8
    max_iterations: int = 12
    max_angle: float = 0.5
    max_norm: float = 1e6
    max_period: float | None = None
    adapt: float = 1.5
    detect: bool = True
    directions: Literal["both", "up", "down"] = "both"

    def __check_init__(self):
        for name in ("step", "max_step", "min_step", "tolerance"):
            if not getattr(self, name) > 0:
                raise ValueError(
                    f"CycleEngine: got {name}={getattr(self, name)}, expected a positive number."
                )
        if self.directions not in {"both", "up", "down"}:
            raise ValueError(
                f"CycleEngine: got directions={self.directions!r}, expected 'both', 'up' or 'down'."
            )

    @property
    def newton(self) -> NewtonOptions:
        """Options of Newton's method as arrays."""
        return NewtonOptions(np.asarray(self.tolerance, float), np.asarray(self.max_iterations))

    __repr__ = short_repr


def continue_cycles(
    start: CycleStart, span: tuple[float | int, float | int], engine: CycleEngine | None = None
) -> Branch:
    """Follow a branch of cycles and find every bifurcation on it.

    Args:
        start: from `start_from_hopf`, `start_from_cycle`, `start_from_orbit`,
            `start_from_period_doubling` or `start_from_branch_point`.
        span: the parameter's interval.
        engine: options; `CycleEngine()` unless given.

    Returns:
        The branch, whatever its status: `branch.status` says how it ended.

    Raises:
        ValueError: if the span is empty.

    Example:
        >>> import tempfile, jax.numpy as jnp
        >>> import bifbridge as bb
        >>> turn = jnp.array([[0.0, -2.0], [2.0, 0.0]])
        >>> field = lambda z, r: (r - z @ z) * z + turn @ z  # radius √r, period π
        >>> (hopf,) = bb.continuation(
        ...     bb.ContinuationProblem(field, [0, 0], span=(-1, 1))
        ... ).special_points
        >>> start = bb.cycles.start_from_hopf(field, hopf.parameter, hopf.normal_form)
        >>> engine = bb.cycles.CycleEngine(step=0.2, max_step=0.5)
        >>> cycles = bb.cycles.continue_cycles(start, (-1, 1), engine)
        >>> cycles.cycle(-1)
        Cycle(p = 1, T = 3.141592654, stable, multipliers 0.00186744+0j)

        A known cycle is corrected alone by `solve_cycle`, and is a start, too. From a file a branch
        can be followed further:

        >>> bb.cycles.solve_cycle(
        ...     bb.cycles.start_from_cycle(field, cycles.cycle(-1)), engine
        ... ).stable
        True
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     loaded = bb.load(cycles.save(f"{folder}/cycles.nc"))
        >>> float(loaded.resume(field, (-1, 1.5), engine).parameters[-1])
        1.5
    """  # noqa: DOC502 (checked_span raises)
    require_x64("the continuation of cycles")
    engine = CycleEngine() if engine is None else engine
    lower, upper = checked_span("continue_cycles", span)
    first, status = find_cycle(start, engine, (upper - lower) / 2)
    if first is None:
        return assemble(start.family, [], start.guess.states.shape, status)
    options = follow_options(engine, first, ((lower, upper),))
    paths: list[Path] = [
        follow(BranchSetting(start.family), start.mesh, turned(first, sign), None, options)
        for sign in _signs(start, engine, first)
    ]
    return assemble(start.family, paths, start.guess.states.shape, Status.RUNNING)


def find_cycle(
    start: CycleStart, engine: CycleEngine | None = None, scale: float = 1.0
) -> tuple[Sample | None, Status]:
    """Newton's method for the first cycle."""
    engine = CycleEngine() if engine is None else engine
    sigma = scale if engine.parameter_scale is None else engine.parameter_scale
    chart = make_chart(
        start.family, start.mesh, start.guess, sigma, engine.state_scale, engine.newton
    )
    if start.direction is None:
        ahead = scalar_row(start.guess)
        found = chart.solve(start.guess, ahead, start.guess.scalars[1], ahead)
    else:
        size = norm(chart.weights, start.direction)
        ahead = jtu.tree_map(lambda leaf: leaf / size, start.direction)
        row = weigh(chart.weights, ahead)
        found = chart.solve(start.guess, row, dot(row, start.guess), ahead)
    status = Status(int(found.status))
    if status == Status.NO_CONVERGENCE:
        status = Status.NO_CYCLE
    if status != Status.RUNNING:
        return None, status
    sample = chart.sample(found)
    if not np.all(np.isfinite(sample.cycle.multipliers)):
        return None, Status.NOT_FINITE
    return sample, status


def solve_cycle(start: CycleStart, engine: CycleEngine | None = None) -> Cycle | None:
    """The cycle at a start, without following a branch.

    Args:
        start: the guess.
        engine: options; `CycleEngine()` unless given.

    Returns:
        The cycle, or None where Newton's method finds none.

    Example:
        See `continue_cycles`.
    """
    require_x64("collocation")
    sample, _ = find_cycle(start, engine)
    return None if sample is None else sample.cycle


def follow_options(
    engine: CycleEngine, first: Sample, spans: tuple[tuple[float, float], ...]
) -> FollowOptions:
    """An engine's numbers for one run."""
    bound = 50 * first.cycle.period if engine.max_period is None else engine.max_period
    return FollowOptions(
        min(engine.step, engine.max_step),
        engine.min_step,
        engine.max_step,
        engine.max_angle,
        spans,
        parameter_scales(engine, spans),
        engine.max_norm,
        bound,
        engine.max_points,
        engine.state_scale,
        engine.adapt,
        engine.detect,
        engine.newton,
    )


def parameter_scales(
    engine: CycleEngine, spans: tuple[tuple[float, float], ...]
) -> tuple[float, ...]:
    """σ of each parameter."""
    own = engine.parameter_scale
    return tuple((upper - lower) / 2 if own is None else own for lower, upper in spans)


def turned(sample: Sample, sign: float) -> Sample:
    """A point with its tangent turned round or not."""
    tangent = CyclePoint(sign * sample.tangent.states, sign * sample.tangent.scalars)
    return sample._replace(tangent=tangent)


def _signs(start: CycleStart, engine: CycleEngine, first: Sample) -> tuple[float, ...]:
    if start.direction is not None:
        return (1.0,)
    up = 1.0 if first.turn >= 0 else -1.0
    return {"both": (-up, up), "up": (up,), "down": (-up,)}[engine.directions]
