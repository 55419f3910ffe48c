"""Stability of descent along the channel, interference between trials, and lone bifurcations."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN, flatten_parameters
from bifbridge.landscape import (
    critical_learning_rate,
    isolation,
    measured_interference,
    predict_kernel,
    predicted_interference,
)
from bifbridge.normal_forms import ScalarNormalForm, normal_form
from bifbridge.sntk import StateSpaceNTK, spectrum
from bifbridge.trajectories import linearise, solve, uniform_grid

UNITS, GRID = 4, uniform_grid(40.0, 0.25, save_every=2)
BASIS = jnp.eye(UNITS) + 0.2 * jr.normal(jr.key(0), (UNITS, UNITS))


def network(*values):
    return CTRNN((BASIS * jnp.array(values)) @ jnp.linalg.inv(BASIS))


FIELD = network(1.0, 0.3, -0.2, 0.1)


def form(field=FIELD) -> ScalarNormalForm:
    found = normal_form(field, jnp.zeros(UNITS), names=("weights",))
    assert isinstance(found, ScalarNormalForm)
    return found


def test_descent_along_the_channel_turns_unstable_at_the_predicted_rate():
    pitchfork = form()
    start = 0.1 * jnp.array([[1.0], [-0.7]]) * pitchfork.right
    target = solve(FIELD, start, GRID)
    theta, rebuild = flatten_parameters(FIELD, ("weights",))

    @jax.jit
    @jax.grad
    def gradient(vector):
        errors = solve(rebuild(vector), start, GRID) - target
        return 0.5 * jnp.einsum("t,itk->", GRID.weights, errors**2) / 2

    predicted = predict_kernel(pitchfork, start, GRID.times, GRID.weights)
    limit = critical_learning_rate(predicted)
    slope = predicted.directions[0]
    for factor, grows in ((0.8, False), (1.2, True)):
        offset = 1e-7 * slope / jnp.linalg.norm(slope)
        first = jnp.linalg.norm(offset)
        for _ in range(30):
            offset = offset - factor * limit * gradient(theta + offset)
        assert (jnp.linalg.norm(offset) > first) == grows
    blind = jr.normal(jr.key(1), (1, UNITS))
    blind = blind - (blind @ pitchfork.right) * pitchfork.right
    assert critical_learning_rate(predicted, blind) > 1e20 * limit


def test_interference_between_trials_is_predicted_with_its_sign_and_size():
    pitchfork = form()
    start = 0.1 * jnp.array([[1.0], [-0.7], [0.5]]) * pitchfork.right
    ntk = StateSpaceNTK(linearise(FIELD, start, GRID, names=("weights",)))
    wanted = jnp.array([1.0, 1.0, -1.0])[:, None, None] * start[:, None, :]
    errors = ntk.sensitivity.trajectories * 0 - wanted
    groups = jnp.array([0, 1, 2])
    predicted = predict_kernel(pitchfork, start, GRID.times, GRID.weights)
    ours = predicted_interference(predicted, errors, groups)
    theirs = measured_interference(ntk, errors, groups)
    np.testing.assert_array_equal(np.sign(ours), np.sign(theirs))
    assert (np.sign(ours) == [[1, 1, -1], [1, 1, -1], [-1, -1, 1]]).all()
    np.testing.assert_allclose(ours, theirs, rtol=0.25)
    readout = jr.normal(jr.key(2), (2, UNITS))
    seen = predicted_interference(predicted, errors @ readout.T, groups, readout)
    assert seen.shape == (3, 3)


def test_two_simultaneous_pitchforks_are_declared_degenerate():
    twin = network(1.0, 1.0 - 1e-3, -0.2, 0.1)
    pitchfork = form(twin)
    found = isolation(twin, pitchfork, GRID.times)
    assert found.degenerate
    assert found.expected_channels == 2
    assert "up to 2 channels, not 1" in repr(found)
    start = 0.05 * jr.normal(jr.key(1), (4, 2)) @ BASIS[:, :2].T
    ntk = StateSpaceNTK(linearise(twin, start, GRID, names=("weights",)))
    assert spectrum(ntk).participation_ratio > 1.5
    alone = isolation(FIELD, form(), GRID.times)
    assert not alone.degenerate
    assert alone.gap == pytest.approx(0.7)
    assert "isolated" in repr(alone)
