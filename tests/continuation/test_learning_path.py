"""Bifurcations between checkpoints: which equilibrium, when, and of which kind."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import track_equilibria
from bifbridge.fields import CTRNN
from bifbridge.normal_forms import ScalarNormalForm
from tests import helpers

N = 6


def run_of(gains, bias=None):
    weights = helpers.symmetric_network(N).field.weights
    bias = jnp.zeros(N) if bias is None else bias
    return [CTRNN(gain * weights, bias=bias) for gain in gains]


def test_a_pitchfork_is_found_between_its_checkpoints_at_its_fraction():
    gains = np.linspace(0.55, 1.45, 10)
    path = track_equilibria(run_of(gains), jnp.zeros(N), names=["weights"])
    (event,) = [event for event in path.events if abs(event.step - 4.5) < 0.6]
    assert event.step == pytest.approx(4.5, abs=1e-12)
    assert event.segment == 4
    assert event.kind == "pitchfork"
    form = event.normal_form
    assert isinstance(form, ScalarNormalForm)
    outer = np.outer(form.left, form.right).ravel()
    np.testing.assert_allclose(np.asarray(form.unfolding_gradient), outer, atol=1e-12)


def test_training_steps_of_checkpoints_are_used():
    gains = np.array([0.8, 0.9, 1.1])
    path = track_equilibria(run_of(gains), jnp.zeros(N), steps=[0, 100, 300])
    assert path.events[0].step == pytest.approx(200, abs=1e-10)


def test_an_equilibrium_that_disappears_is_lost_in_a_fold():
    fields = [CTRNN(2.0 * jnp.ones((1, 1)), bias=jnp.array([b])) for b in np.linspace(0.0, 2.0, 9)]
    lower = fields[0]
    z = jnp.array([-2.0])
    for _ in range(60):
        z = z + 0.5 * lower(0.0, z, None)
    path = track_equilibria(fields, z)
    (event,) = path.events
    # b = z − 2 tanh z where 1 = 2 sech² z
    root = -np.arccosh(np.sqrt(2.0))
    assert event.kind == "fold"
    assert event.step * 0.25 == pytest.approx(root - 2 * np.tanh(root), abs=1e-11)
    (equilibrium,) = path.equilibria
    assert equilibrium.fate == "lost in a fold"
    assert equilibrium.last == event.segment
    assert np.all(np.isnan(equilibrium.states[event.segment + 1 :]))


def test_new_numbers_do_not_compile_again():
    fields = run_of(np.linspace(0.5, 0.9, 4))
    track_equilibria(fields, jnp.zeros(N))
    others = run_of(np.linspace(0.51, 0.93, 4))
    counted = []

    def listen(event: str, duration: float, **kwargs: str | int) -> None:
        del duration, kwargs
        counted.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)  # pyright: ignore[reportArgumentType]
    try:
        track_equilibria(others, jnp.zeros(N))
    finally:
        jax.monitoring.clear_event_listeners()
    assert not [name for name in counted if "compile" in name]


def test_one_step_per_checkpoint_is_asked_for():
    with pytest.raises(ValueError, match="2 steps for 3 checkpoints"):
        track_equilibria(run_of([0.1, 0.2, 0.3]), jnp.zeros(N), steps=[0, 1])
