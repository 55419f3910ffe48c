"""The learning bifurcation diagram: equilibria against training steps."""

import jax.numpy as jnp
import numpy as np
import xarray as xr

from bifbridge.continuation import LearningEvent, track_equilibria
from bifbridge.normal_forms import ScalarNormalForm
from bifbridge.studies.student_teacher._tracking import Tracked
from bifbridge.training import TrainingPath
from bifbridge.trajectories import solve, uniform_grid


def diagram_dataset(path: TrainingPath, tracked: Tracked, *, every: int = 10) -> xr.Dataset | None:
    """The learning bifurcation diagram: equilibria on the critical direction against steps."""
    # The followed equilibrium over the whole run, and the two equilibria that its first pitchfork
    # leaves on either side of it. Every step is kept near the crossing.
    event = tracked.first
    form = event.normal_form if event else None
    if event is None or not isinstance(form, ScalarNormalForm):
        return None
    if form.criticality != "supercritical":
        return None
    steps = _steps(path.n_steps, every, event.step)
    left = np.asarray(form.left)
    reached = steps[steps < len(tracked.steps)]
    middle = np.full(steps.shape, np.nan)
    middle[: reached.size] = (tracked.states[reached] - event.state) @ left
    stable = np.zeros((len(steps), 3), bool)
    stable[: reached.size, 0] = (np.real(tracked.eigenvalues[reached]) < 0).all(1)
    columns = [middle]
    for arm, sign in ((1, 1.0), (2, -1.0)):
        projection, stable[:, arm] = _arm(path, event, sign, steps)
        columns.append(projection)
    return xr.Dataset({
        "step": ("checkpoint", steps),
        "projection": (("checkpoint", "attractor"), np.stack(columns, 1)),
        "stable": (("checkpoint", "attractor"), stable),
    })


def _steps(n_steps: int, every: int, crossing: float) -> np.ndarray:
    """Steps at a distance of `every`, and each one from 20 before to 80 after the crossing."""
    middle = int(crossing)
    near = range(max(middle - 20, 0), min(middle + 80, n_steps) + 1)
    return np.unique([*range(0, n_steps + 1, every), *near, n_steps])


def _arm(
    path: TrainingPath, event: LearningEvent, sign: float, steps: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Projection and stability of the equilibrium on one side, where there is one."""
    form = event.normal_form
    assert isinstance(form, ScalarNormalForm)
    projection, stable = np.full(len(steps), np.nan), np.zeros(len(steps), bool)
    after = np.flatnonzero(steps > event.step)
    if after.size == 0:
        return projection, stable
    fields = [path.field(step) for step in steps[after]]
    # Released beside the unstable equilibrium; close to it the way out is slow, and what is left
    # of the way is Newton's.
    start = jnp.asarray(event.state + 0.5 * sign * np.asarray(form.right))[None]
    settled = solve(fields[0], start, uniform_grid(200.0, 0.1, save_every=2000))[0, -1]
    arm = track_equilibria(fields, settled, steps=steps[after]).equilibria[0]
    projection[after] = (arm.states - event.state) @ np.asarray(form.left)
    stable[after] = np.where(
        np.isfinite(projection[after]), (np.real(arm.eigenvalues) < 0).all(1), False
    )
    return projection, stable
