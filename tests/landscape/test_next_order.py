"""The next order explains what the leading order misses at a crossing."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN
from bifbridge.landscape import (
    compare,
    effective_amplitudes,
    next_order_size,
    predict_kernel,
    refine_prediction,
)
from bifbridge.normal_forms import ScalarNormalForm, normal_form
from bifbridge.sntk import StateSpaceNTK
from bifbridge.trajectories import linearise, solve, uniform_grid

UNITS = 5
BASIS = jnp.eye(UNITS) + 0.3 * jr.normal(jr.key(0), (UNITS, UNITS))
VALUES = jnp.array([1.0] + [0.3 * (-1) ** i for i in range(UNITS - 1)])
FIELD = CTRNN((BASIS * VALUES) @ jnp.linalg.inv(BASIS))
NAMES = ("weights",)


def form() -> ScalarNormalForm:
    found = normal_form(FIELD, jnp.zeros(UNITS), names=NAMES)
    assert isinstance(found, ScalarNormalForm)
    return found


def off_manifold(pitchfork, scale):
    offset = jr.normal(jr.key(4), (2, UNITS))
    offset = offset - jnp.outer(offset @ pitchfork.left, pitchfork.right)
    return scale * (jnp.array([[0.6], [0.3]]) * pitchfork.right + 0.5 * offset)


@pytest.mark.slow
def test_the_error_falls_one_order_faster_in_the_horizon():
    pitchfork, errors = form(), []
    horizons = np.array([40.0, 80.0, 160.0])
    for horizon in horizons:
        start = off_manifold(pitchfork, 20 / horizon)
        grid = uniform_grid(horizon, horizon / 400, save_every=2)
        measured = StateSpaceNTK(linearise(FIELD, start, grid, names=NAMES))
        leading = predict_kernel(pitchfork, start, grid.times, grid.weights)
        refined = refine_prediction(leading, FIELD, start, names=NAMES, tolerance=1e-9)
        plain = compare(leading, measured).restricted_kernel_error
        errors.append([plain, compare(refined, measured).restricted_kernel_error])
        # The size of the correction announces the error of the leading order.
        assert next_order_size(leading, refined) == pytest.approx(plain, rel=0.15)
    slopes = np.polyfit(np.log(horizons), np.log(errors), 1)[0]
    np.testing.assert_allclose(slopes, [-1, -2], atol=0.3)
    assert errors[-1][1] < 0.1 * errors[-1][0]


def test_trials_on_the_manifold_keep_their_amplitudes():
    pitchfork = form()
    start = 0.05 * jnp.array([[1.0], [-0.5]]) * pitchfork.right
    np.testing.assert_allclose(
        effective_amplitudes(pitchfork, FIELD, start), [0.05, -0.025], rtol=1e-3
    )


def test_effective_amplitudes_lead_to_the_late_states():
    pitchfork = form()
    start = off_manifold(pitchfork, 1.0)
    grid = uniform_grid(12.0, 0.1, save_every=120)
    late = solve(FIELD, start, grid)[:, -1] @ pitchfork.left

    def error(amplitudes):
        predicted = predict_kernel(pitchfork, amplitudes, grid.times, grid.weights)
        return jnp.abs(predicted.amplitudes[:, -1, 0] - late).max()

    plain = error(start @ pitchfork.left)
    assert error(effective_amplitudes(pitchfork, FIELD, start)) < plain / 3


def test_the_next_order_asks_for_one_real_critical_eigenvalue_and_the_same_trials():
    pitchfork = form()
    grid = uniform_grid(4.0, 0.5)
    leading = predict_kernel(pitchfork, jnp.array([0.1, 0.2]), grid.times, grid.weights)
    with pytest.raises(ValueError, match="got 1 initial states for a prediction of 2 trials"):
        refine_prediction(leading, FIELD, jnp.zeros((1, UNITS)), names=NAMES)
    unstable = CTRNN((BASIS * VALUES.at[1].set(1.5)) @ jnp.linalg.inv(BASIS))
    with pytest.raises(ValueError, match="another eigenvalue is not stable"):
        effective_amplitudes(pitchfork, unstable, jnp.zeros((1, UNITS)))
