"""The student's equilibrium, followed from step to step of its training."""

import dataclasses
from collections.abc import Callable

import numpy as np
import xarray as xr
from jaxtyping import Complex, Float

from bifbridge._progress import progress
from bifbridge.continuation import LearningEvent, LearningPath, track_equilibria
from bifbridge.studies.student_teacher._setup import Experiment
from bifbridge.training import TrainingPath

#: What counts as a bifurcation; a neutral saddle, for one, does not.
KINDS = {"fold", "transcritical", "pitchfork", "branch_point", "hopf"}

#: Checkpoints per call of the tracker, so that progress can be told.
CHUNK = 200


@dataclasses.dataclass(frozen=True)
class Tracked:
    """The followed equilibrium of a run and what happened to it.

    Attributes:
        steps: training steps, shape (K,).
        states: the equilibrium at each step, shape (K, n); NaN where it was lost.
        eigenvalues: of its Jacobian by falling real part, shape (K, n).
        events: its bifurcations, in order.
        fate: "alive", "lost in a fold" or "not followed".
    """

    steps: Float[np.ndarray, " K"]
    states: Float[np.ndarray, "K n"]
    eigenvalues: Complex[np.ndarray, "K n"]
    events: tuple[LearningEvent, ...]
    fate: str

    @property
    def event_steps(self) -> Float[np.ndarray, " e"]:
        """Steps of the bifurcations, shape (e,)."""
        return np.asarray([event.step for event in self.events], float)

    @property
    def first(self) -> LearningEvent | None:
        """The first bifurcation, or None."""
        return self.events[0] if self.events else None


def track(experiment: Experiment, path: TrainingPath) -> Tracked:
    """Continue the student's equilibrium over the straight path between all consecutive steps."""
    # It is the one that Newton's method reaches from the origin, where an unbiased network has
    # it.
    state, pieces = np.zeros(experiment.config.units), []
    with progress("tracking", "steps", path.n_steps) as told:
        for start in range(0, path.n_steps, CHUNK):
            steps = np.arange(start, min(start + CHUNK, path.n_steps) + 1)
            pieces.append(_track_piece(experiment, path, steps, state))
            told(int(steps[-1]))
            if pieces[-1].equilibria[0].fate != "alive":
                break
            state = pieces[-1].equilibria[0].states[-1]
    return _join(pieces)


def _track_piece(
    experiment: Experiment, path: TrainingPath, steps: np.ndarray, state: np.ndarray
) -> LearningPath:
    fields = [path.field(step) for step in steps]
    return track_equilibria(fields, state, steps=steps, names=experiment.names)


def _join(pieces: list[LearningPath]) -> Tracked:
    """One record; where two pieces meet, the second one's first checkpoint is left out."""
    first, rest = pieces[0], pieces[1:]

    def joined(get: Callable[[LearningPath], np.ndarray]) -> np.ndarray:
        return np.concatenate([get(first), *(get(piece)[1:] for piece in rest)])

    events = tuple(e for piece in pieces for e in piece.events if e.kind in KINDS)
    return Tracked(
        joined(lambda piece: piece.steps),
        joined(lambda piece: piece.equilibria[0].states),
        joined(lambda piece: piece.equilibria[0].eigenvalues),
        tuple(sorted(events, key=lambda event: event.step)),
        pieces[-1].equilibria[0].fate,
    )


def equilibrium_dataset(tracked: Tracked, *, leading: int = 4, every: int = 5) -> xr.Dataset:
    """Leading eigenvalues of the Jacobian at the followed equilibrium."""
    kept = tracked.eigenvalues[::every, :leading]
    return xr.Dataset({
        "step": ("checkpoint", tracked.steps[::every]),
        "eigenvalues_real": (("checkpoint", "eigenvalue"), np.real(kept)),
        "eigenvalues_imag": (("checkpoint", "eigenvalue"), np.imag(kept)),
        "state_norm": ("checkpoint", np.linalg.norm(tracked.states[::every], axis=1)),
    })
