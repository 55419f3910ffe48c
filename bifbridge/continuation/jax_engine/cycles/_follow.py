"""Steps along a branch of cycles, with the mesh moved on the way."""

from typing import NamedTuple

import numpy as np

from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.jax_engine.cycles._arc import Chart, NewtonOptions, Step, make_chart
from bifbridge.continuation.jax_engine.cycles._correct import Corrected, combine, dot, norm, weigh
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint, Mesh
from bifbridge.continuation.jax_engine.cycles._locate import Event, Sample, locate
from bifbridge.continuation.jax_engine.cycles._mesh import adapted, expanded, imbalance, moved
from bifbridge.continuation.jax_engine.cycles._status import CycleStatus

#: Share of the longest step within which a branch must come of a Hopf point to end there.
_HOPF_STEP = 0.02


class FollowOptions(NamedTuple):
    """Numbers that govern the steps, see `CycleEngine`."""

    first: float
    min_step: float
    max_step: float
    max_angle: float
    lower: float
    upper: float
    max_norm: float
    max_period: float
    max_points: int
    parameter_scale: float
    state_scale: float | None
    adapt: float
    detect: bool
    newton: NewtonOptions


class Path(NamedTuple):
    """One direction of a branch.

    Attributes:
        samples: the points, the start first.
        meshes: the mesh of each.
        lengths: length of the step to each; 0 for the start.
        events: bifurcations with the index of their step.
        slips: changes of the count of unstable multipliers by a move of the mesh alone.
        status: how it ended.
    """

    samples: list[Sample]
    meshes: list[Mesh]
    lengths: list[float]
    events: list[tuple[int, Event]]
    slips: int
    status: CycleStatus


def follow(family: AbstractFamily, mesh: Mesh, start: Sample, options: FollowOptions) -> Path:
    """Follow a branch one way until it ends.

    Args:
        family: the family of fields.
        mesh: the first mesh.
        start: the first point; its tangent says which way.
        options: numbers that govern the steps.

    Returns:
        The points and bifurcations.
    """
    path = Path([start], [mesh], [0.0], [], 0, CycleStatus.RUNNING)
    here, length, status, slips = start, options.first, CycleStatus.RUNNING, 0
    while status == CycleStatus.RUNNING:
        if len(path.samples) >= options.max_points:
            status = CycleStatus.POINT_LIMIT
            break
        chart = _chart(family, mesh, here, options)
        step, taken, status = _advance(chart, here, length, options)
        if step is None:
            break
        if options.detect and step.start.cycle.resolved and step.end.cycle.resolved:
            events = locate(step, step.start, step.end)
            path.events.extend((len(path.samples) - 1, event) for event in events)
        path.samples.append(step.end)
        path.meshes.append(mesh)
        path.lengths.append(taken)
        length = _next_length(chart, step, taken, options)
        if status == CycleStatus.RUNNING:
            status = _limits(path, options)
        here = step.end
        if status == CycleStatus.RUNNING:
            mesh, here = _remesh(family, mesh, here, options)
            if here.cycle.resolved and step.end.cycle.resolved:
                slips += here.count - step.end.count
    return path._replace(status=status, slips=slips)


def _chart(family: AbstractFamily, mesh: Mesh, here: Sample, options: FollowOptions) -> Chart:
    scales = (options.parameter_scale, options.state_scale)
    return make_chart(family, mesh, here.point, *scales, options.newton)


def _advance(
    chart: Chart, here: Sample, length: float, options: FollowOptions
) -> tuple[Step | None, float, CycleStatus]:
    # Halve the step until Newton's method converges to a point nearby.
    size = norm(chart.weights, here.tangent)
    tangent = CyclePoint(here.tangent.states / size, here.tangent.scalars / size)
    start = here._replace(s=0.0, tangent=tangent)
    row = weigh(chart.weights, tangent)
    status = CycleStatus.NO_CONVERGENCE
    if _leaves(start, options):
        return None, 0.0, CycleStatus.SPAN_END
    while length >= options.min_step:
        guess = combine(here.point, tangent, length)
        found = chart.solve(guess, row, dot(row, guess), tangent)
        reason = CycleStatus(int(found.status))
        if reason == CycleStatus.RUNNING and _acceptable(chart, start, found, options):
            parameter = float(found.point.scalars[1])
            if _passed_hopf(chart, here, found):
                if length <= _HOPF_STEP * options.max_step:
                    return None, 0.0, CycleStatus.HOPF
            elif options.lower <= parameter <= options.upper:
                sample = chart.sample(found, length)
                if np.all(np.isfinite(sample.cycle.multipliers)):
                    return Step(chart, start, sample), length, CycleStatus.RUNNING
            else:
                landed = _land(chart, start, found, options)
                if landed is not None:
                    return Step(chart, start, landed), landed.s, CycleStatus.SPAN_END
        status = CycleStatus.NO_CONVERGENCE if reason == CycleStatus.RUNNING else reason
        length = length / 2
    return None, 0.0, status


def _leaves(start: Sample, options: FollowOptions) -> bool:
    # The start lies on an end of the span and the branch heads outwards.
    p, edge = start.cycle.parameter, 1e-12 * (options.upper - options.lower)
    outward = (p >= options.upper - edge and start.turn > 0) or (
        p <= options.lower + edge and start.turn < 0
    )
    return bool(outward)


def _acceptable(chart: Chart, start: Sample, found: Corrected, options: FollowOptions) -> bool:
    cosine = float(dot(weigh(chart.weights, start.tangent), found.tangent))
    # The tangent's sign was chosen along the last one: at a sharp turn the cosine is small.
    return bool(np.isfinite(cosine) and cosine > np.cos(options.max_angle))


def _land(chart: Chart, start: Sample, found: Corrected, options: FollowOptions) -> Sample | None:
    # The point exactly on the end of the span that the step passed.
    before, after = float(start.point.scalars[1]), float(found.point.scalars[1])
    bound = options.upper if after > options.upper else options.lower
    share = (bound - before) / (after - before)
    ahead = CyclePoint(
        found.point.states - start.point.states, found.point.scalars - start.point.scalars
    )
    guess = combine(start.point, ahead, share)
    landed = chart.at_parameter(guess, bound, start.tangent)
    if int(landed.status) != CycleStatus.RUNNING:
        return None
    moved_by = combine(landed.point, start.point, -1.0)
    s = float(dot(weigh(chart.weights, start.tangent), moved_by))
    return chart.sample(landed, s) if s > 0 else None


def _passed_hopf(chart: Chart, here: Sample, found: Corrected) -> bool:
    # Beyond a Hopf point the branch comes back on itself with the oscillation's sign turned.
    weights = chart.mesh.node_weights[..., None]

    def swing(states: np.ndarray) -> np.ndarray:
        return states - np.sum(weights * states, axis=(0, 1))

    before, after = swing(here.point.states), swing(found.point.states)
    return bool(np.sum(weights * before * after) < 0)


def _next_length(chart: Chart, step: Step, taken: float, options: FollowOptions) -> float:
    tangents = weigh(chart.weights, step.start.tangent), step.end.tangent
    angle = np.arccos(np.clip(float(dot(*tangents)), -1.0, 1.0))
    ease = 2.0 ** ((6 - step.end.iterations) / 2)
    bend = options.max_angle / (2 * angle + 1e-12)
    factor = np.clip(min(ease, bend), 0.5, 2.0)
    return float(np.clip(taken * factor, options.min_step, options.max_step))


def _limits(path: Path, options: FollowOptions) -> CycleStatus:
    new = path.samples[-1]
    if new.cycle.period > options.max_period:
        return CycleStatus.PERIOD_LIMIT
    if np.max(np.abs(new.cycle.nodes)) > options.max_norm:
        return CycleStatus.NORM_LIMIT
    return CycleStatus.CLOSED if _closed(path) else CycleStatus.RUNNING


def _closed(path: Path) -> bool:
    # The origin lies within the last step, in parameter, period and extent.
    if len(path.samples) < 8:
        return False
    origin, before, new = (path.samples[k].cycle for k in (0, -2, -1))

    def numbers(cycle):
        return np.array([cycle.parameter, cycle.period, *cycle.maximum, *cycle.minimum])

    chord = numbers(new) - numbers(before)
    back = numbers(origin) - numbers(before)
    share = back @ chord / max(chord @ chord, 1e-300)
    aside = np.linalg.norm(back - share * chord)
    return bool(0 < share <= 1 and aside < 0.05 * np.linalg.norm(chord))


def _remesh(
    family: AbstractFamily, mesh: Mesh, here: Sample, options: FollowOptions
) -> tuple[Mesh, Sample]:
    # Move the mesh where the error is unevenly spread; the same cycle is then solved for anew.
    times, nodes = np.asarray(mesh.times), here.cycle.nodes
    if imbalance(times, nodes) <= options.adapt:
        return mesh, here
    new_times = adapted(times, nodes)
    new = Mesh(new_times, mesh.degree)

    def carried(values: np.ndarray, scalars: np.ndarray) -> CyclePoint:
        return CyclePoint(moved(times, values, new_times)[:, :-1], scalars)

    guess = carried(nodes, here.point.scalars)
    along = carried(expanded(here.tangent.states), here.tangent.scalars)
    scales = (options.parameter_scale, options.state_scale)
    chart = make_chart(family, new, guess, *scales, options.newton)
    row = weigh(chart.weights, along)
    found = chart.solve(guess, row, dot(row, guess), along)
    if int(found.status) != CycleStatus.RUNNING:
        return mesh, here
    sample = chart.sample(found)
    if not np.all(np.isfinite(sample.cycle.multipliers)):
        return mesh, here
    return new, sample
