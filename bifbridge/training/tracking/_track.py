"""All equilibria of a run, followed from checkpoint to checkpoint, and their bifurcations."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float

from bifbridge._custom_types import Input
from bifbridge.continuation import (
    AbstractEngine,
    LearningEvent,
    find_equilibria,
    track_equilibria,
)
from bifbridge.continuation._results import BIFURCATIONS
from bifbridge.training.tracking._event import TrackedBifurcation, examine
from bifbridge.training.tracking._kernel_probe import KernelProbe
from bifbridge.training.tracking._run import Run, as_run

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class EquilibriumTrack(eqx.Module):
    """One equilibrium from the checkpoint where it was found to the last that it reached.

    Attributes:
        condition: name of the constant input, "" where there is one only.
        found: index of the checkpoint at which the search found it.
        states: at every checkpoint of the run, shape (K, n); NaN where it was not followed.
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


class BifurcationTrack(eqx.Module):
    """What `track_bifurcations` found.

    Attributes:
        steps: training step of each checkpoint, shape (K,).
        equilibria: every equilibrium that a search found.
        events: their bifurcations in the order of training.

    Example:
        See [Use checkpoints of your own](../howto/own-checkpoints.md): `track_bifurcations`.
    """

    steps: Float[np.ndarray, " K"]
    equilibria: tuple[EquilibriumTrack, ...]
    events: tuple[TrackedBifurcation, ...]

    def to_dataframe(self) -> "pd.DataFrame":
        """One row per bifurcation; needs pandas.

        Returns:
            The table, with the columns of `TrackedBifurcation.as_dict`.
        """
        import pandas as pd

        return pd.DataFrame([event.as_dict() for event in self.events])

    def to_xarray(self) -> "xr.Dataset":
        """Equilibria over "checkpoint" and events over "event".

        Returns:
            The dataset.
        """
        import xarray as xr

        n = self.equilibria[0].states.shape[1] if self.equilibria else 0
        shape = (len(self.equilibria), self.steps.size, n)
        states = np.asarray([track.states for track in self.equilibria]).reshape(shape)
        values = np.asarray([track.eigenvalues for track in self.equilibria], complex)
        rows = [event.as_dict() for event in self.events]
        names = list(rows[0]) if rows else []
        columns = {f"event_{key}": ("event", [row[key] for row in rows]) for key in names}
        return xr.Dataset(
            {
                "states": (("equilibrium", "checkpoint", "unit"), states),
                "eigenvalues": (("equilibrium", "checkpoint", "mode"), values.reshape(shape)),
                "condition": ("equilibrium", [track.condition for track in self.equilibria]),
                "fate": ("equilibrium", [track.fate for track in self.equilibria]),
            }
            | columns,
            coords={"step": ("checkpoint", self.steps)},
        )

    def __repr__(self) -> str:
        fates = [track.fate for track in self.equilibria]
        counts = ", ".join(f"{fates.count(fate)} {fate}" for fate in dict.fromkeys(fates))
        head = f"{len(self.equilibria)} equilibria over {self.steps.size} checkpoints ({counts})"
        return "\n".join([head, *(f"  {event!r}" for event in self.events)])


def track_bifurcations(
    run: Any,
    starts: Any,
    *,
    steps: Any = None,
    load: Callable[[Any], Any] | None = None,
    names: Sequence[str] | None = None,
    conditions: Mapping[str, Input] | None = None,
    search_every: int = 10,
    probe: KernelProbe | None = None,
    window: float = 50.0,
    engine: AbstractEngine | None = None,
) -> BifurcationTrack:
    """Follow every equilibrium through training and say where, how and why each bifurcates.

    At the first checkpoint and every `search_every` after it, equilibria are searched from the
    start states. Those that are not yet known are followed from there on, by continuation over
    the straight path between checkpoints, so that no crossing between them is missed.

    Args:
        run: a `TrainingPath`, a list of checkpoints, or of files with `load`; see `as_run`.
        starts: states to search from, shape (k, n); saved trajectories serve. The known
            equilibria are searched from too.
        steps: training step of each checkpoint.
        load: from a checkpoint to its field.
        names: leaves that make up θ in unfolding gradients; None for all.
        conditions: constant inputs by name: each has equilibria of its own. None for no input.
        search_every: checkpoints between searches.
        probe: trials on which the kernel is measured and predicted at each event.
        window: steps between an event and "before" and "after" it.
        engine: of the continuation; `path_engine()` unless given.

    Returns:
        The equilibria and the events.

    Raises:
        ValueError: for a `search_every` below 1.

    Example:
        See [Use checkpoints of your own](../howto/own-checkpoints.md).
    """
    if search_every < 1:
        raise ValueError(f"track_bifurcations: got search_every={search_every}, expected ≥ 1.")
    checkpoints = as_run(run, steps=steps, load=load)
    chosen = None if names is None else tuple(names)
    tracks: list[EquilibriumTrack] = []
    events: list[TrackedBifurcation] = []
    for name, inputs in (conditions or {"": None}).items():
        found, happened = _follow_condition(
            checkpoints, np.asarray(starts, float), name, inputs, chosen, search_every, engine,
            first=len(tracks),
        )  # fmt: skip
        tracks += found
        events += [
            examine(e, checkpoints, condition=name, names=chosen, probe=probe, window=window)
            for e in happened
        ]
    events.sort(key=lambda event: event.step)
    return BifurcationTrack(checkpoints.steps, tuple(tracks), tuple(events))


class _Open:
    """A track that is being written."""

    def __init__(self, found: int, state: np.ndarray, count: int):
        n = state.size
        self.found, self.fate = found, "alive"
        self.states = np.full((count, n), np.nan)
        self.eigenvalues = np.full((count, n), np.nan, complex)
        self.state = state


def _follow_condition(
    run: Run,
    starts: np.ndarray,
    condition: str,
    inputs: Input | None,
    names: tuple[str, ...] | None,
    search_every: int,
    engine: AbstractEngine | None,
    *,
    first: int,
) -> tuple[list[EquilibriumTrack], list[LearningEvent]]:
    tracks: list[_Open] = []
    events: list[LearningEvent] = []
    last = len(run) - 1
    for left in range(0, max(last, 1), search_every):
        right = min(left + search_every, last)
        fields = [run.load(k) for k in range(left, right + 1)]
        for state in _search(fields[0], starts, inputs, tracks):
            tracks.append(_Open(left, state, len(run)))
        alive = [k for k, track in enumerate(tracks) if track.fate == "alive"]
        if not alive:
            continue
        path = track_equilibria(
            fields, np.stack([tracks[k].state for k in alive]),
            steps=run.steps[left : right + 1], names=names, inputs=inputs, engine=engine,
        )  # fmt: skip
        for k, followed in zip(alive, path.equilibria, strict=True):
            track = tracks[k]
            track.states[left : right + 1] = followed.states
            track.eigenvalues[left : right + 1] = followed.eigenvalues
            track.fate, track.state = followed.fate, followed.states[-1]
        events += [
            LearningEvent(
                e.step, first + alive[e.equilibrium], left + e.segment, e.fraction, e.point
            )
            for e in path.events
            if e.kind in BIFURCATIONS
        ]
    closed = [EquilibriumTrack(condition, t.found, t.states, t.eigenvalues, t.fate) for t in tracks]
    return closed, _without_twins(events)


def _search(
    field: Any, starts: np.ndarray, inputs: Input | None, tracks: list[_Open]
) -> list[np.ndarray]:
    """Equilibria of a field that no track is at."""
    known = [track.state for track in tracks if track.fate == "alive"]
    cloud = starts.reshape(-1, starts.shape[-1])
    found = find_equilibria(field, cloud, inputs=inputs, slow_points=False)
    return [
        state
        for state in found.equilibria
        if all(
            np.linalg.norm(state - other) > 1e-5 * (1 + np.linalg.norm(state)) for other in known
        )
    ]


def _without_twins(events: list[LearningEvent]) -> list[LearningEvent]:
    """Each bifurcation once: two equilibria that meet in a fold both report it."""
    kept: list[LearningEvent] = []
    for event in sorted(events, key=lambda e: (e.step, e.equilibrium)):
        twin = any(
            other.kind == event.kind
            and abs(other.step - event.step) < 1e-6 * (1 + abs(event.step))
            and np.linalg.norm(other.state - event.state) < 1e-5 * (1 + np.linalg.norm(event.state))
            for other in kept
        )
        if not twin:
            kept.append(event)
    return kept
