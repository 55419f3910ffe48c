"""All equilibria of a run, followed from checkpoint to checkpoint, and their bifurcations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from bifbridge._custom_types import Input
from bifbridge._result import AbstractResult
from bifbridge._short_repr import shortened
from bifbridge.continuation import AbstractEngine
from bifbridge.training.tracking._checkpoint_run import as_run
from bifbridge.training.tracking._cycles import CycleTrack, follow_cycles
from bifbridge.training.tracking._event import TrackedBifurcation, examine
from bifbridge.training.tracking._follow import EquilibriumTrack, follow_condition
from bifbridge.training.tracking._kernel_probe import KernelProbe


class BifurcationTrack(AbstractResult):
    """What `track_bifurcations` found.

    Attributes:
        steps: training step of each checkpoint, shape (K,).
        equilibria: every equilibrium that a search found.
        events: their bifurcations in the order of training.
        cycles: born at the Hopf points among them, where they were asked for.

    Example:
        See [Use checkpoints of your own](../howto/own-checkpoints.md): `track_bifurcations`.
    """

    steps: Float[np.ndarray, " K"]
    equilibria: tuple[EquilibriumTrack, ...]
    events: tuple[TrackedBifurcation, ...]
    cycles: tuple[CycleTrack, ...] = ()

    def text(self) -> str:
        """Every bifurcation as text, of which `repr` shows the beginning.

        Returns:
            Some lines per bifurcation.
        """
        fates = [track.fate for track in self.equilibria]
        counts = ", ".join(f"{fates.count(fate)} {fate}" for fate in dict.fromkeys(fates))
        head = f"{len(self.equilibria)} equilibria over {self.steps.size} checkpoints ({counts})"
        return "\n".join([head, *(f"  {one!r}" for one in (*self.events, *self.cycles))])

    def __repr__(self) -> str:
        return shortened(self.text().splitlines(), "print(track.text())")


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
    cycles: bool = False,
    engine: AbstractEngine | None = None,
) -> BifurcationTrack:
    """Follow every equilibrium through training and say where, how and why each bifurcates.

    At the first checkpoint and every `search_every` after it, equilibria are searched from the
    start states. Those that are not yet known are followed from there on, and back to where they
    were born, by continuation over the straight path between checkpoints, so that no crossing
    between them is missed.

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
        cycles: whether to follow the cycles that are born at Hopf points, by collocation, from
            checkpoint to checkpoint.
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
    orbits: list[CycleTrack] = []
    for name, inputs in (conditions or {"": None}).items():
        found, happened = follow_condition(
            checkpoints, np.asarray(starts, float), name, inputs, chosen, search_every, engine,
            first=len(tracks),
        )  # fmt: skip
        tracks += found
        if cycles:
            orbits += follow_cycles(checkpoints, happened, name, inputs)
        events += [
            examine(e, checkpoints, condition=name, names=chosen, probe=probe, window=window)
            for e in happened
        ]
    events.sort(key=lambda event: event.step)
    return BifurcationTrack(checkpoints.steps, tuple(tracks), tuple(events), tuple(orbits))
