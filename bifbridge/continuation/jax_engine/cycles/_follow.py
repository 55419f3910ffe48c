"""Steps along a branch or a curve of cycles, with the mesh moved on the way."""

from typing import Any, NamedTuple

import numpy as np

from bifbridge._progress import progress
from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.curves import Status
from bifbridge.continuation.curves._mesh import adapted, expanded, imbalance, moved
from bifbridge.continuation.jax_engine.cycles._arc import (
    AbstractChart,
    Step,
    make_chart,
    scalar_row,
)
from bifbridge.continuation.jax_engine.cycles._correct import Corrected, combine, dot, norm, weigh
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint, Mesh
from bifbridge.continuation.jax_engine.cycles._locate import Sample, locate
from bifbridge.continuation.jax_engine.cycles._setting import AbstractSetting, FollowOptions

#: Share of the longest step within which a branch must come of a Hopf point to end there.
_HOPF_STEP = 0.02


class BranchSetting(AbstractSetting):
    """A branch of cycles in one parameter.

    Attributes:
        family: the family of fields.
    """

    family: AbstractFamily

    def chart(self, mesh: Mesh, reference: CyclePoint, options: FollowOptions) -> AbstractChart:
        """The equations near a point, see `AbstractSetting.chart`."""
        scales = (options.scales[0], options.state_scale)
        return make_chart(self.family, mesh, reference, *scales, options.newton)

    def observe(self, chart: AbstractChart, sample: Sample) -> None:
        """Nothing beside the multipliers, see `AbstractSetting.observe`."""

    def locate(self, step: Step, before: Any, after: Any) -> list[Any]:
        """The bifurcations within a step, see `AbstractSetting.locate`."""
        del before, after
        return list(locate(step, step.start, step.end))

    def following(self, observed: Any) -> "BranchSetting":
        """The same, see `AbstractSetting.following`."""
        del observed
        return self

    def moved(self, point: CyclePoint, times: np.ndarray, new: np.ndarray) -> "BranchSetting":
        """The same, see `AbstractSetting.moved`."""
        del point, times, new
        return self


class Path(NamedTuple):
    """One direction of a branch.

    Attributes:
        samples: the points, the start first.
        observed: what the setting knows of each.
        meshes: the mesh of each.
        lengths: length of the step to each; 0 for the start.
        events: special points with the index of their step.
        slips: changes of the count of unstable multipliers by a move of the mesh alone.
        status: how it ended.
    """

    samples: list[Sample]
    observed: list[Any]
    meshes: list[Mesh]
    lengths: list[float]
    events: list[tuple[int, Any]]
    slips: int
    status: Status


def follow(
    setting: AbstractSetting, mesh: Mesh, start: Sample, observed: Any, options: FollowOptions
) -> Path:
    """Follow a branch one way until it ends."""
    path = Path([start], [observed], [mesh], [0.0], [], 0, Status.RUNNING)
    here, length, status, slips = start, options.first, Status.RUNNING, 0
    with progress("cycles", "points") as told:
        while status == Status.RUNNING:
            if len(path.samples) >= options.max_points:
                status = Status.POINT_LIMIT
                break
            chart = setting.chart(mesh, here.point, options)
            step, taken, status = _advance(chart, here, length, options)
            if step is None:
                break
            after = setting.observe(chart, step.end)
            if options.detect and step.start.cycle.resolved and step.end.cycle.resolved:
                events = setting.locate(step, observed, after)
                path.events.extend((len(path.samples) - 1, event) for event in events)
            setting, observed = setting.following(after), after
            path.samples.append(step.end)
            path.observed.append(observed)
            path.meshes.append(mesh)
            path.lengths.append(taken)
            length = _next_length(chart, step, taken, options)
            if status == Status.RUNNING:
                status = _limits(path, options)
            here = step.end
            period, p = (float(scalar) for scalar in here.point.scalars[:2])
            told(len(path.samples), p=p, period=period)
            if status == Status.RUNNING:
                setting, mesh, here = _remesh(setting, mesh, here, options)
                if here.cycle.resolved and step.end.cycle.resolved:
                    slips += here.count - step.end.count
    return path._replace(status=status, slips=slips)


def _advance(
    chart: AbstractChart, here: Sample, length: float, options: FollowOptions
) -> tuple[Step | None, float, Status]:
    # Halve the step until Newton's method converges to a point nearby.
    size = norm(chart.weights, here.tangent)
    tangent = CyclePoint(here.tangent.states / size, here.tangent.scalars / size)
    start = here._replace(s=0.0, tangent=tangent)
    row = weigh(chart.weights, tangent)
    status = Status.NO_CONVERGENCE
    if _leaves(start, options):
        return None, 0.0, Status.SPAN_END
    while length >= options.min_step:
        guess = combine(here.point, tangent, length)
        found = chart.solve(guess, row, dot(row, guess), tangent)
        reason = Status(int(found.status))
        if reason == Status.RUNNING and _acceptable(chart, start, found, options):
            passed = _passed(start, found, options)
            if _passed_hopf(chart, here, found):
                if length <= _HOPF_STEP * options.max_step:
                    return None, 0.0, Status.HOPF
            elif passed is None:
                sample = chart.sample(found, length)
                if np.all(np.isfinite(sample.cycle.multipliers)):
                    return Step(chart, start, sample), length, Status.RUNNING
            else:
                landed = _land(chart, start, found, *passed)
                if landed is not None:
                    return Step(chart, start, landed), landed.s, Status.SPAN_END
        status = Status.NO_CONVERGENCE if reason == Status.RUNNING else reason
        length = length / 2
    return None, 0.0, status


def _leaves(start: Sample, options: FollowOptions) -> bool:
    # The start lies on an end of a span and the branch heads outwards.
    for k, (lower, upper) in enumerate(options.spans):
        p, turn = start.point.scalars[k + 1], start.tangent.scalars[k + 1]
        edge = 1e-12 * (upper - lower)
        if (p >= upper - edge and turn > 0) or (p <= lower + edge and turn < 0):
            return True
    return False


def _passed(
    start: Sample, found: Corrected, options: FollowOptions
) -> tuple[int, float, float] | None:
    # The end of a span that the step passes first: which scalar, where, after what share.
    passed: list[tuple[int, float, float]] = []
    for k, (lower, upper) in enumerate(options.spans):
        before, after = float(start.point.scalars[k + 1]), float(found.point.scalars[k + 1])
        if not lower <= after <= upper:
            bound = upper if after > upper else lower
            passed.append((k + 1, bound, (bound - before) / (after - before)))
    return min(passed, key=lambda one: one[2]) if passed else None


def _acceptable(
    chart: AbstractChart, start: Sample, found: Corrected, options: FollowOptions
) -> bool:
    cosine = float(dot(weigh(chart.weights, start.tangent), found.tangent))
    # The tangent's sign was chosen along the last one: at a sharp turn the cosine is small.
    return bool(np.isfinite(cosine) and cosine > np.cos(options.max_angle))


def _land(
    chart: AbstractChart, start: Sample, found: Corrected, which: int, bound: float, share: float
) -> Sample | None:
    # The point exactly on the end of a span that the step passed.
    ahead = combine(found.point, start.point, -1.0)
    guess = combine(start.point, ahead, share)
    landed = chart.solve(guess, scalar_row(guess, which), bound, start.tangent)
    if int(landed.status) != Status.RUNNING:
        return None
    moved_by = combine(landed.point, start.point, -1.0)
    s = float(dot(weigh(chart.weights, start.tangent), moved_by))
    return chart.sample(landed, s) if s > 0 else None


def _passed_hopf(chart: AbstractChart, here: Sample, found: Corrected) -> bool:
    # Beyond a Hopf point the branch comes back on itself with the oscillation's sign turned.
    weights = chart.mesh.node_weights[..., None]

    def swing(states: np.ndarray) -> np.ndarray:
        return states - np.sum(weights * states, axis=(0, 1))

    before, after = swing(here.point.states), swing(found.point.states)
    return bool(np.sum(weights * before * after) < 0)


def _next_length(chart: AbstractChart, step: Step, taken: float, options: FollowOptions) -> float:
    tangents = weigh(chart.weights, step.start.tangent), step.end.tangent
    angle = np.arccos(np.clip(float(dot(*tangents)), -1.0, 1.0))
    ease = 2.0 ** ((6 - step.end.iterations) / 2)
    bend = options.max_angle / (2 * angle + 1e-12)
    factor = np.clip(min(ease, bend), 0.5, 2.0)
    return float(np.clip(taken * factor, options.min_step, options.max_step))


def _limits(path: Path, options: FollowOptions) -> Status:
    new = path.samples[-1]
    if new.cycle.period > options.max_period:
        return Status.PERIOD_LIMIT
    if np.max(np.abs(new.cycle.nodes)) > options.max_norm:
        return Status.NORM_LIMIT
    return Status.CLOSED if _closed(path) else Status.RUNNING


def _closed(path: Path) -> bool:
    # The origin lies within the last step, in parameters, period and extent.
    if len(path.samples) < 8:
        return False
    origin, before, new = (path.samples[k] for k in (0, -2, -1))

    def numbers(sample: Sample) -> np.ndarray:
        return np.array([*sample.point.scalars, *sample.cycle.maximum, *sample.cycle.minimum])

    chord = numbers(new) - numbers(before)
    back = numbers(origin) - numbers(before)
    share = back @ chord / max(chord @ chord, 1e-300)
    aside = np.linalg.norm(back - share * chord)
    return bool(0 < share <= 1 and aside < 0.05 * np.linalg.norm(chord))


def _remesh(
    setting: AbstractSetting, mesh: Mesh, here: Sample, options: FollowOptions
) -> tuple[AbstractSetting, Mesh, Sample]:
    # Move the mesh where the error is unevenly spread; the same cycle is then solved for anew.
    times, nodes = np.asarray(mesh.times), here.cycle.nodes
    if imbalance(times, nodes) <= options.adapt:
        return setting, mesh, here
    new_times = adapted(times, nodes)
    new, on_new = Mesh(new_times, mesh.degree), setting.moved(here.point, times, new_times)

    def carried(values: np.ndarray, scalars: np.ndarray) -> CyclePoint:
        return CyclePoint(moved(times, values, new_times)[:, :-1], scalars)

    guess = carried(nodes, here.point.scalars)
    along = carried(expanded(here.tangent.states), here.tangent.scalars)
    chart = on_new.chart(new, guess, options)
    row = weigh(chart.weights, along)
    found = chart.solve(guess, row, dot(row, guess), along)
    if int(found.status) != Status.RUNNING:
        return setting, mesh, here
    sample = chart.sample(found)
    if not np.all(np.isfinite(sample.cycle.multipliers)):
        return setting, mesh, here
    return on_new.following(on_new.observe(chart, sample)), new, sample
