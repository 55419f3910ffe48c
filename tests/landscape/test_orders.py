"""Predictions on curved systems and on networks of every size."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN
from bifbridge.landscape import predict_kernel
from bifbridge.normal_forms import ScalarNormalForm, normal_form
from bifbridge.sntk import StateSpaceNTK, spectrum
from bifbridge.trajectories import Trials, uniform_grid
from tests.curved_systems import CurvedSystem


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["fold", "pitchfork"])
def test_at_the_crossing_errors_fall_in_proportion_to_the_amplitude(kind):
    """T grows so that the reduced problem is the same: T a₀ at b₂a², T a₀² at c₃a³ is fixed."""
    field = CurvedSystem(kind)
    form = normal_form(field, jnp.zeros(4), names=["theta"], kind=kind)
    assert isinstance(form, ScalarNormalForm)
    sizes, errors = np.array([0.02, 0.01, 0.005]), []
    for size in sizes:
        horizon = 0.014 / size**2 if kind == "pitchfork" else 0.7 / size
        amplitudes = size * jnp.array([1.0, 0.5])
        bent = amplitudes[:, None] * form.right + amplitudes[:, None] ** 2 / 2 * form.second_order
        grid = uniform_grid(horizon, horizon / 600, save_every=6)
        ntk = StateSpaceNTK(field, Trials(bent, grid), parameters=["theta"])
        predicted = predict_kernel(form, amplitudes, grid.times, grid.weights)
        along = predicted.directions[0] / jnp.linalg.norm(predicted.directions[0])
        x, y = (ntk.weighted(operator.push(along)) for operator in (ntk, predicted))
        square = (x @ x) ** 2 + (y @ y) ** 2 - 2 * (x @ y) ** 2
        errors.append(float(jnp.sqrt(square) / (x @ x)))
    assert np.polyfit(np.log(sizes), np.log(errors), 1)[0] == pytest.approx(1, abs=0.1)


def critical_network(n):
    """−z + W tanh z with one eigenvalue of W at 1 and the others within the disc of 0.4."""
    weights = np.asarray(jr.normal(jr.key(n), (n, n))) * 0.35 / np.sqrt(n)
    right = np.asarray(jr.normal(jr.key(1), (n,)))
    left = right + 0.3 * np.asarray(jr.normal(jr.key(2), (n,)))
    # W → W(1 − vwᵀ) + vwᵀ has W v = v and keeps the rest of the spectrum nearly as it was.
    outer = np.outer(right, left) / (left @ right)
    return CTRNN(jnp.asarray((np.eye(n) - outer) @ weights @ (np.eye(n) - outer) + outer))


@pytest.mark.parametrize("n", [2, 64, pytest.param(1024, marks=pytest.mark.slow)])
def test_networks_of_every_size_meet_their_prediction_at_a_pitchfork(n):
    field = critical_network(n)
    form = normal_form(field, jnp.zeros(n), names=("weights",), kind="pitchfork")
    starts = 0.02 * jnp.array([[1.0], [-0.5]]) * form.right
    trials = Trials(starts, uniform_grid(40.0, 0.5, save_every=4))
    ntk = StateSpaceNTK(field, trials, parameters=("weights",))
    result = spectrum(ntk, k=2, block=2, max_blocks=6, probes=2)
    assert result.complete == (n < 64)
    predicted = predict_kernel(form, starts, ntk.times, ntk.sensitivity.weights)
    gradient = predicted.directions[0]
    cosine = abs(float(gradient @ result.right[:, 0])) / float(jnp.linalg.norm(gradient))
    assert cosine > 0.999
    assert float(predicted.eigenvalues[0] / result.eigenvalues[0]) == pytest.approx(1, abs=0.1)
    assert float(result.eigenvalues[1] / result.eigenvalues[0]) < 0.02
