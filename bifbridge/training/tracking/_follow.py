"""The equilibria under one input: searched, followed on, and traced back to their birth."""

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float

from bifbridge._custom_types import Input
from bifbridge._progress import progress
from bifbridge._short_repr import short_repr
from bifbridge.continuation import (
    AbstractEngine,
    LearningEvent,
    find_equilibria,
    track_equilibria,
)
from bifbridge.continuation.curves import EQUILIBRIUM
from bifbridge.training.tracking._checkpoint_run import CheckpointRun


class EquilibriumTrack(eqx.Module):
    """One equilibrium from the first checkpoint at which it exists to the last.

    Attributes:
        condition: name of the constant input, "" where there is one only.
        found: index of the checkpoint at which the search found it.
        states: at every checkpoint of the run, shape (K, n); NaN where it does not exist or was
            not followed.
        eigenvalues: by falling real part, shape (K, n); NaN likewise.
        fate: "alive", "lost in a fold" or "not followed".
    """

    condition: str = eqx.field(static=True)
    found: int
    states: Float[np.ndarray, "K n"]
    eigenvalues: Complex[np.ndarray, "K n"]
    fate: str = eqx.field(static=True)

    @property
    def stable(self) -> np.ndarray:
        """Whether all eigenvalues have negative real parts, shape (K,); false where lost."""
        return np.max(np.real(self.eigenvalues), axis=1) < 0

    __repr__ = short_repr


class _Open:
    """A track that is being written."""

    def __init__(self, found: int, state: np.ndarray, count: int):
        n = state.size
        self.found, self.fate = found, "alive"
        self.states = np.full((count, n), np.nan)
        self.eigenvalues = np.full((count, n), np.nan, complex)
        self.state = state


class _Follower:
    """All tracks of one condition while they are being written."""

    def __init__(
        self,
        run: CheckpointRun,
        condition: str,
        inputs: Input | None,
        names: tuple[str, ...] | None,
        engine: AbstractEngine | None,
        first: int,
    ):
        self.run, self.condition, self.inputs = run, condition, inputs
        self.names, self.engine, self.first = names, engine, first
        self.tracks: list[_Open] = []
        self.events: list[LearningEvent] = []

    def search(self, checkpoint: int, starts: np.ndarray) -> list[int]:
        """Open a track for each equilibrium of a checkpoint that no track is at."""
        known = [track.state for track in self.tracks if track.fate == "alive"]
        cloud = starts.reshape(-1, starts.shape[-1])
        field = self.run.load(checkpoint)
        found = find_equilibria(field, cloud, inputs=self.inputs, slow_points=False)
        new = [state for state in found.equilibria if not any(_same(state, k) for k in known)]
        self.tracks += [_Open(checkpoint, state, len(self.run)) for state in new]
        return list(range(len(self.tracks) - len(new), len(self.tracks)))

    def advance(self, left: int, right: int) -> None:
        """Follow every track that is alive from one checkpoint to a later one."""
        alive = [k for k, track in enumerate(self.tracks) if track.fate == "alive"]
        if not alive:
            return
        for k, followed in zip(alive, self._continue(left, right, alive), strict=True):
            track = self.tracks[k]
            track.states[left : right + 1] = followed.states
            track.eigenvalues[left : right + 1] = followed.eigenvalues
            track.fate, track.state = followed.fate, followed.states[-1]

    def trace_back(self, k: int, stride: int) -> None:
        """Follow a new track towards the start of the run, until it was born."""
        track, right = self.tracks[k], self.tracks[k].found
        forward = track.state
        while right > 0:
            left = max(right - stride, 0)
            (followed,) = self._continue(right, left, [k])
            track.states[left : right + 1] = followed.states[::-1]
            track.eigenvalues[left : right + 1] = followed.eigenvalues[::-1]
            track.state, right = followed.states[-1], left
            if self._joined(track, left) or followed.fate != "alive":
                break
        track.state = forward

    def _joined(self, track: _Open, left: int) -> bool:
        # Cuts a track off where, towards the start of the run, it has become another one: a
        # checkpoint that lies on a branch point has one state for all that meet there.
        others = [other.states for other in self.tracks if other is not track]
        shared = [
            k
            for k in range(left, track.found)
            if any(_same(track.states[k], states[k]) for states in others)
        ]
        if shared:
            track.states[: shared[-1] + 1] = np.nan
            track.eigenvalues[: shared[-1] + 1] = np.nan
        return bool(shared)

    def _continue(self, begin: int, end: int, which: list[int]) -> tuple:
        """Continue tracks from one checkpoint to another, in either direction of training."""
        sign = 1 if end > begin else -1
        places = list(range(begin, end + sign, sign)) if end != begin else [begin]
        path = track_equilibria(
            [self.run.load(k) for k in places],
            np.stack([self.tracks[k].state for k in which]),
            steps=self.run.steps[places], names=self.names, inputs=self.inputs,
            engine=self.engine,
        )  # fmt: skip
        for event in path.events:
            if event.kind not in EQUILIBRIUM.bifurcations:
                continue
            index = self.first + which[event.equilibrium]
            if sign > 0:
                segment, fraction = begin + event.segment, event.fraction
            else:
                segment, fraction = begin - event.segment - 1, 1 - event.fraction
            self.events.append(LearningEvent(event.step, index, segment, fraction, event.point))
        return path.equilibria


def follow_condition(
    run: CheckpointRun,
    starts: np.ndarray,
    condition: str,
    inputs: Input | None,
    names: tuple[str, ...] | None,
    search_every: int,
    engine: AbstractEngine | None,
    *,
    first: int,
) -> tuple[list[EquilibriumTrack], list[LearningEvent]]:
    """All equilibria of a run under one constant input."""
    follower = _Follower(run, condition, inputs, names, engine, first)
    last = len(run) - 1
    with progress("tracking", "checkpoints", len(run)) as told:
        for left in range(0, max(last, 1), search_every):
            for k in follower.search(left, starts):
                follower.trace_back(k, search_every)
            follower.advance(left, min(left + search_every, last))
            told(min(left + search_every, last) + 1, equilibria=len(follower.tracks))
    if last > 0:  # what was born since the last search
        for k in follower.search(last, starts):
            follower.trace_back(k, search_every)
    tracks = [
        EquilibriumTrack(condition, t.found, t.states, t.eigenvalues, t.fate)
        for t in follower.tracks
    ]
    return tracks, without_twins(follower.events)


def without_twins(events: list[LearningEvent]) -> list[LearningEvent]:
    """Each bifurcation once: every equilibrium that takes part in one reports it."""
    kept: list[LearningEvent] = []
    for event in sorted(events, key=lambda e: e.equilibrium):
        near = (e for e in kept if abs(e.step - event.step) < 1e-6 * (1 + abs(event.step)))
        if not any(_same(event.state, other.state) for other in near):
            kept.append(event)
    return sorted(kept, key=lambda e: e.step)


def _same(state: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.linalg.norm(state - other) <= 1e-5 * (1 + np.linalg.norm(state)))
