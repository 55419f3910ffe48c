"""Where equilibria bifurcate along training, what drove them, and what the kernel did there."""

from bifbridge.training.tracking._checkpoint_run import CheckpointRun as CheckpointRun
from bifbridge.training.tracking._checkpoint_run import as_run as as_run
from bifbridge.training.tracking._cycles import CycleTrack as CycleTrack
from bifbridge.training.tracking._event import TrackedBifurcation as TrackedBifurcation
from bifbridge.training.tracking._follow import EquilibriumTrack as EquilibriumTrack
from bifbridge.training.tracking._kernel_probe import KernelProbe as KernelProbe
from bifbridge.training.tracking._online import OnlineTracker as OnlineTracker
from bifbridge.training.tracking._starts import start_cloud as start_cloud
from bifbridge.training.tracking._track import BifurcationTrack as BifurcationTrack
from bifbridge.training.tracking._track import track_bifurcations as track_bifurcations
