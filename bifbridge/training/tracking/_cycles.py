"""Cycles along a run, followed from their Hopf points from checkpoint to checkpoint."""

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Float

from bifbridge._custom_types import Input
from bifbridge._short_repr import shortened
from bifbridge.continuation import (
    Branch,
    Cycle,
    CycleEngine,
    LearningEvent,
    LineFamily,
    SpecialPoint,
    Status,
    continue_cycles,
    start_from_cycle,
    start_from_hopf,
)
from bifbridge.normal_forms import HopfNormalForm
from bifbridge.training.tracking._checkpoint_run import CheckpointRun


class CycleTrack(eqx.Module):
    """The cycles that leave one Hopf point, at every checkpoint where they exist.

    Attributes:
        condition: name of the constant input, "" where there is one only.
        hopf: training step of the Hopf point.
        cycles: one per checkpoint of the run, None where there is none.
        special_points: training step and point of each bifurcation of the cycles.
        fate: "alive" at the run's end (the start, where they exist before the Hopf point), "lost
            in a fold", "ended in a Hopf point", "period out of bounds" or "not followed".
        end: training step at which the last of them was computed.
    """

    condition: str = eqx.field(static=True)
    hopf: float
    cycles: tuple[Cycle | None, ...]
    special_points: tuple[tuple[float, SpecialPoint], ...]
    fate: str = eqx.field(static=True)
    end: float

    @property
    def periods(self) -> Float[np.ndarray, " K"]:
        """Period at each checkpoint, NaN where there is no cycle, shape (K,)."""
        return np.array([np.nan if c is None else c.period for c in self.cycles])

    @property
    def stable(self) -> Bool[np.ndarray, " K"]:
        """Whether the cycle attracts its neighbourhood, shape (K,); false where there is none."""
        return np.array([c is not None and c.stable for c in self.cycles])

    def extremes(self, direction: Float[np.ndarray, " n"]) -> Float[np.ndarray, "2 K"]:
        """Least and largest value of w·z over the cycle at each checkpoint.

        Args:
            direction: w, shape (n,).

        Returns:
            Shape (2, K), NaN where there is no cycle.
        """
        found = np.full((2, len(self.cycles)), np.nan)
        phases = np.linspace(0, 1, 200, endpoint=False)
        for k, cycle in enumerate(self.cycles):
            if cycle is not None:
                values = cycle(phases) @ direction
                found[:, k] = values.min(), values.max()
        return found

    def amplitudes(self) -> Float[np.ndarray, " K"]:
        """Half the largest extent of any state at each checkpoint, shape (K,)."""
        return np.array([
            np.nan if c is None else float(np.max(c.maximum - c.minimum)) / 2 for c in self.cycles
        ])

    def __repr__(self) -> str:
        there = [k for k, cycle in enumerate(self.cycles) if cycle is not None]
        head = f"cycles from the Hopf point at step {self.hopf:.8g}: {self.fate}"
        if there:
            first, last = (self.cycles[k] for k in (there[0], there[-1]))
            assert first is not None
            assert last is not None
            head += f", {len(there)} checkpoints, periods {first.period:.4g} … {last.period:.4g}"
        points = [f"    step {step:.8g}: {point.kind}" for step, point in self.special_points]
        return shortened([head, *points], "see special_points")


def tracking_engine() -> CycleEngine:
    """An engine with steps fit for the short way between two checkpoints."""
    return CycleEngine(step=0.2, max_step=0.5, parameter_scale=1.0, directions="up")


def follow_cycles(
    run: CheckpointRun,
    events: list[LearningEvent],
    condition: str,
    inputs: Input | None,
    engine: CycleEngine | None = None,
) -> list[CycleTrack]:
    """The cycles of every Hopf point, followed to an end of the run or of the cycles."""
    # They are followed to the side on which they exist: forwards in training from a Hopf point at
    # which they are born, backwards from one at which they vanish.
    chosen = tracking_engine() if engine is None else engine
    tracks: list[CycleTrack] = []
    for event in events:
        form = event.normal_form
        if not isinstance(form, HopfNormalForm) or not event.point.converged:
            continue
        if any(t.fate == "ended in a Hopf point" and _close(run, t.end, event) for t in tracks):
            continue
        tracks.append(_follow(run, event, form, condition, inputs, chosen))
    return tracks


def _follow(
    run: CheckpointRun,
    event: LearningEvent,
    form: HopfNormalForm,
    condition: str,
    inputs: Input | None,
    engine: CycleEngine,
) -> CycleTrack:
    cycles: list[Cycle | None] = [None] * len(run)
    points: list[tuple[float, SpecialPoint]] = []
    begin, end = event.segment, event.segment + 1
    family = LineFamily(run.load(begin), run.load(end), inputs)
    start = start_from_hopf(family, event.fraction, form)
    while True:
        branch = continue_cycles(start, (0.0, 1.0), engine)
        where = run.steps[begin] + (run.steps[end] - run.steps[begin]) * branch.parameters
        points += [
            (float(np.interp(p.parameter, [0, 1], run.steps[[begin, end]])), p)
            for p in branch.special_points
        ]
        goal = _arrival(branch, begin, end)
        if goal is None:
            last = float(where[-1]) if len(branch) else event.step
            return CycleTrack(
                condition, event.step, tuple(cycles), tuple(points), _fate(branch), last
            )
        cycles[goal] = branch.cycle(-1)
        sign = end - begin if goal == end else begin - end
        begin, end = goal, goal + sign
        if not 0 <= end < len(run):
            last = float(run.steps[goal])
            return CycleTrack(condition, event.step, tuple(cycles), tuple(points), "alive", last)
        family = LineFamily(run.load(begin), run.load(end), inputs)
        start = start_from_cycle(family, eqx.tree_at(lambda c: c.parameter, branch.cycle(-1), 0.0))


def _arrival(branch: Branch, begin: int, end: int) -> int | None:
    """The checkpoint that a branch reached, if it did."""
    if len(branch) == 0 or branch.status != Status.SPAN_END:
        return None
    last = branch.parameters[-1]
    if last == 1.0:
        return end
    # Only a branch from a Hopf point may leave backwards; another one has turned in a fold.
    return begin if last == 0.0 and branch.parameters[0] > 0.0 else None


def _fate(branch: Branch) -> str:
    if len(branch) == 0:
        return "not followed"
    if branch.status == Status.HOPF:
        return "ended in a Hopf point"
    if branch.status == Status.PERIOD_LIMIT:
        return "period out of bounds"
    return "lost in a fold" if branch.status == Status.SPAN_END else "not followed"


def _close(run: CheckpointRun, step: float, event: LearningEvent) -> bool:
    length = run.steps[event.segment + 1] - run.steps[event.segment]
    return bool(abs(step - event.step) < 0.02 * length)
