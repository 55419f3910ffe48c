"""The analysis of paths whose bifurcations are known in closed form."""

from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.studies.student_teacher import StudentTeacherConfig
from bifbridge.studies.student_teacher._crossing import analyse_crossing
from bifbridge.studies.student_teacher._diagram import diagram_dataset
from bifbridge.studies.student_teacher._events import event_dataset
from bifbridge.studies.student_teacher._kernel_series import (
    kernel_series,
    kernel_spectrum,
    sampled_steps,
)
from bifbridge.studies.student_teacher._setup import set_up
from bifbridge.studies.student_teacher._summary import summarise
from bifbridge.studies.student_teacher._tracking import track
from bifbridge.training import TrainingPath

CONFIG = StudentTeacherConfig(
    units=3, trials=4, horizon=12.0, step_size=0.4, teacher_eigenvalues=(1.5,), kernel_modes=3
)
STEPS = np.arange(41)


@cache
def experiment():
    return set_up(CONFIG)


def path_through(weights):
    """A run whose weights are a function of the step, and whose loss falls steadily."""
    thetas = np.stack([np.asarray(weights(step)).ravel() for step in STEPS])
    losses = np.exp(-STEPS[:-1] / 10.0)
    return TrainingPath(thetas, losses, losses, experiment().rebuild)


def pitchfork_path():
    """Diagonal weights: the first eigenvalue is 1 at step 20.25, with c₃ = −1/3."""
    return path_through(lambda s: np.diag([1 + 0.01 * (s - 20.25), 0.3, -0.2]))


def hopf_path():
    """A rotation in the plane: Re λ = 0 at step 10.5, with ω = 0.7."""

    def weights(s):
        a = 1 + 0.01 * (s - 10.5)
        return np.array([[a, -0.7, 0.0], [0.7, a, 0.0], [0.0, 0.0, 0.2]])

    return path_through(weights)


def test_a_pitchfork_is_found_at_its_step_with_its_coefficient():
    tracked = track(experiment(), pitchfork_path())
    (event,) = tracked.events
    assert abs(event.step - 20.25) < 1e-8
    data = event_dataset(tracked, pitchfork_path().losses)
    assert data["kind"].values.tolist() == ["pitchfork"]
    np.testing.assert_allclose(data["cubic"], [-1 / 3], rtol=1e-12)
    np.testing.assert_allclose(data["mu_gradient_norm"], [1.0], rtol=1e-12)


def test_the_arms_of_the_diagram_follow_the_roots_of_the_scalar_equation():
    path = pitchfork_path()
    diagram = diagram_dataset(path, track(experiment(), path))
    assert diagram is not None
    last = diagram.isel(checkpoint=-1)
    arm = float(np.max(last["projection"]))
    gain = 1 + 0.01 * (40 - 20.25)
    assert abs(arm - gain * np.tanh(arm)) < 1e-10
    np.testing.assert_allclose(np.sort(last["projection"]), [-arm, 0.0, arm], atol=1e-12)
    assert last["stable"].values.tolist() == [False, True, True]


def test_a_hopf_bifurcation_goes_through_the_whole_analysis():
    path = hopf_path()
    tracked = track(experiment(), path)
    event = tracked.first
    assert event is not None
    assert event.kind == "hopf"
    assert abs(event.step - 10.5) < 1e-8
    crossing = analyse_crossing(experiment(), path, event)
    assert crossing is not None
    steps = sampled_steps(path.n_steps, 20, event.step)
    kernel = kernel_series(experiment(), path, steps, {})
    events = event_dataset(tracked, path.losses)
    np.testing.assert_allclose(events["frequency"], [0.7], rtol=1e-12)
    assert diagram_dataset(path, tracked) is None
    summary = summarise(
        *(CONFIG, path.losses, 0.1, kernel, tracked, events),
        *(crossing.agreement, crossing.landscape, None),
    )
    assert summary["first_bifurcation"]["kind"] == "hopf"
    assert summary["first_bifurcation"]["normal_form"]["quadratic"] is None
    assert summary["prediction"]["operator_cosine"] > 0.8


def test_a_run_without_a_bifurcation_says_so():
    path = path_through(lambda s: 0.1 * np.eye(3) * s / 40)
    tracked = track(experiment(), path)
    kernel = kernel_series(experiment(), path, [0, 40], {})
    events = event_dataset(tracked, path.losses)
    summary = summarise(CONFIG, path.losses, 0.1, kernel, tracked, events, None, None, None)
    assert summary["first_bifurcation"] is None
    assert summary["prediction"] is None
    assert summary["effective_rank"]["at_bifurcation"] is None
    assert summary["loss_drops"] == []


def test_spectra_that_are_known_are_not_computed_again(monkeypatch):
    path, steps = pitchfork_path(), [0.0, 5.0]
    first = kernel_series(experiment(), path, steps, {})
    name = "bifbridge.studies.student_teacher._kernel_series.kernel_spectrum"
    known = {step: kernel_spectrum(experiment(), path.field(step)) for step in steps}
    monkeypatch.setattr(name, lambda *_: pytest.fail("computed again"))
    assert kernel_series(experiment(), path, steps, known).identical(first)


def test_the_initial_states_keep_off_the_separatrices():
    along = np.abs(experiment().task.initial_states @ experiment().task.readout.T)
    scale = CONFIG.initial_state_scale
    assert along.min() >= CONFIG.separation * scale * (1 - 1e-12)
    assert along.max() <= (2 - CONFIG.separation) * scale * (1 + 1e-12)


def test_steps_are_dense_around_the_crossing_and_hold_it():
    steps = sampled_steps(1000, 100, 333.25)
    assert 333.25 in steps
    assert {0.0, 100.0, 1000.0} <= set(steps)
    near = steps[(steps > 280) & (steps < 380)]
    assert np.diff(near).max() <= 3
    np.testing.assert_array_equal(sampled_steps(250, 100, None), [0, 100, 200, 250])


def test_the_teacher_is_past_its_pitchforks():
    config = StudentTeacherConfig()
    teacher = set_up(config).teacher
    leading = jnp.sort(jnp.linalg.eigvalsh(teacher.weights))[::-1][:3]
    np.testing.assert_allclose(leading, config.teacher_eigenvalues, rtol=1e-12)
