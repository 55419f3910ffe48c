"""Tracking: which equilibrium bifurcated at which step of training, and what drove it.

In this order: train and keep checkpoints (a `bb.training.TrainingPath`, or files with `as_run`),
then `track_bifurcations` follows every equilibrium through them, from `start_cloud` or states of
your own; a `KernelProbe` measures and predicts the kernel at each event. `OnlineTracker` does the
same while training runs. Beneath them, `track_equilibria` and `continue_between` continue single
equilibria over a `LearningPath`.

Example:
    >>> import jax.numpy as jnp
    >>> import bifbridge as bb
    >>> path = [bb.CTRNN(jnp.array([[weight]])) for weight in (0.5, 0.9, 1.3)]
    >>> track = bb.tracking.track_bifurcations(path, jnp.array([[0.1]]), steps=[0, 100, 200])
    >>> [(event.kind, round(float(event.step), 6)) for event in track.events]
    [('pitchfork', 125.0)]
"""

from bifbridge.continuation._learning_path import (
    LearningEvent,
    LearningPath,
    TrackedEquilibrium,
    continue_between,
    path_engine,
    track_equilibria,
)
from bifbridge.training.tracking import (
    BifurcationTrack,
    CheckpointRun,
    CycleTrack,
    EquilibriumTrack,
    KernelProbe,
    OnlineTracker,
    TrackedBifurcation,
    as_run,
    start_cloud,
    track_bifurcations,
)

__all__ = [
    "BifurcationTrack",
    "CheckpointRun",
    "CycleTrack",
    "EquilibriumTrack",
    "KernelProbe",
    "LearningEvent",
    "LearningPath",
    "OnlineTracker",
    "TrackedBifurcation",
    "TrackedEquilibrium",
    "as_run",
    "continue_between",
    "path_engine",
    "start_cloud",
    "track_bifurcations",
    "track_equilibria",
]
