"""Trajectories of batches of trials, and how the parameters move them."""

from bifbridge.trajectories._grid import TimeGrid as TimeGrid
from bifbridge.trajectories._grid import uniform_grid as uniform_grid
from bifbridge.trajectories._learned_start import LearnedStart as LearnedStart
from bifbridge.trajectories._march import march as march
from bifbridge.trajectories._measure import length_mask as length_mask
from bifbridge.trajectories._measure import trajectory_measure as trajectory_measure
from bifbridge.trajectories._recorded import recorded_grid as recorded_grid
from bifbridge.trajectories._sensitivity import Sensitivity as Sensitivity
from bifbridge.trajectories._sensitivity import linearise as linearise
from bifbridge.trajectories._solve import Inputs as Inputs
from bifbridge.trajectories._solve import solve as solve
from bifbridge.trajectories._step_check import tangent_error as tangent_error
from bifbridge.trajectories._trials import Trials as Trials
from bifbridge.trajectories._unrolled import UnrolledRungeKutta as UnrolledRungeKutta
from bifbridge.trajectories._unrolled import unrolled as unrolled
