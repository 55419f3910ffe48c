"""What predictions say about gradient descent, held against actual steps of it."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.fields import CTRNN, AbstractVectorField, flatten_parameters
from bifbridge.landscape import (
    critical_learning_rate,
    loss_curvature,
    measured_interference,
    predict_kernel,
    predict_loss,
    predicted_interference,
)
from bifbridge.normal_forms import ScalarNormalForm, normal_form
from bifbridge.sntk import StateSpaceNTK
from bifbridge.trajectories import Trials, solve, uniform_grid

READOUT = jnp.array([[0.8, 0.3]])


class SkewFold(AbstractVectorField):
    """ẋ = θ₁ + 2θ₂ − x²/2, ẏ = x² − y in the coordinates z = (x + y/2, y)."""

    theta: Float[Array, "2"]

    def __call__(self, t, z, u):
        x, y = z[0] - z[1] / 2, z[1]
        rate = self.theta[0] + 2 * self.theta[1] - x**2 / 2
        decay = x**2 - y
        return jnp.stack([rate + decay / 2, decay])


@jax.jit
def descend(rate, horizon, start):
    """Forty plain gradient steps on the mean squared error of the outputs, from a tiny offset."""
    grid = uniform_grid(1.0, 0.02)
    grid = jax.tree.map(lambda x: x, grid)
    steps = type(grid)(grid.steps * horizon, grid.saved, "fixed")
    weights = steps.weights / horizon
    target = solve(SkewFold(jnp.zeros(2)), jnp.zeros((1, 2)), steps) @ READOUT.T

    def loss(theta):
        outputs = solve(SkewFold(theta), jnp.zeros((1, 2)), steps) @ READOUT.T
        return 0.5 * jnp.einsum("t,itk->", weights, (outputs - target) ** 2)

    def advance(theta, _):
        return theta - rate * jax.grad(loss)(theta), None

    return jax.lax.scan(advance, start, None, length=40)[0]


def test_descent_at_a_fold_turns_unstable_at_six_over_the_squared_horizon():
    """η = 6/(|Cv|²|∇θμ|²T²), on the loss that is a mean over time."""
    form = normal_form(SkewFold(jnp.zeros(2)), jnp.zeros(2), kind="fold")
    assert isinstance(form, ScalarNormalForm)
    gradient = form.unfolding_gradient
    assert gradient is not None
    np.testing.assert_allclose(gradient, [1.0, 2.0], rtol=1e-9)
    seen = float(jnp.sum((READOUT @ form.right) ** 2))
    for horizon in (2.0, 5.0, 10.0):
        limit = 6 / (seen * 5 * horizon**2)
        # Small enough that the fold's own curvature in μ does not enter.
        start = 1e-8 * gradient
        for factor, grows in ((0.97, False), (1.03, True)):
            end = descend(factor * limit, horizon, start)
            assert (float(jnp.linalg.norm(end)) > float(jnp.linalg.norm(start))) == grows
        grid = uniform_grid(horizon, horizon / 50)
        predicted = predict_kernel(form, jnp.zeros(1), grid.times, grid.weights / horizon)
        assert critical_learning_rate(predicted, READOUT) == pytest.approx(limit, rel=1e-3)
        curvature = loss_curvature(predicted, READOUT)
        assert 2 / (5 * curvature) == pytest.approx(limit, rel=1e-3)


def test_the_curvature_is_the_second_derivative_of_the_predicted_loss_at_its_minimum():
    form = normal_form(SkewFold(jnp.zeros(2)), jnp.zeros(2), kind="fold")
    grid = uniform_grid(5.0, 0.05)
    amplitudes, weights = jnp.array([0.2, -0.1]), grid.weights / 5.0
    predicted = predict_kernel(form, amplitudes, grid.times, weights, 0.05)
    values = 0.05 + 1e-3 * jnp.array([-1.0, 0.0, 1.0])
    loss = predict_loss(
        form, amplitudes, grid.times, weights, values, target_mu=0.05, readout=READOUT
    )
    second = float(loss[0] - 2 * loss[1] + loss[2]) / 1e-6
    assert loss_curvature(predicted, READOUT) == pytest.approx(second, rel=1e-3)


def test_a_step_on_one_group_helps_or_hurts_the_others_as_predicted():
    units, grid = 4, uniform_grid(20.0, 0.25, save_every=2)
    basis = jnp.eye(units) + 0.2 * jr.normal(jr.key(0), (units, units))
    field = CTRNN((basis * jnp.array([1.0, 0.3, -0.2, 0.1])) @ jnp.linalg.inv(basis))
    form = normal_form(field, jnp.zeros(units), names=("weights",))
    starts = 0.1 * jnp.array([[1.0], [-0.7], [0.5], [-0.4]]) * form.right
    groups = jnp.array([0, 1, 2, 2])
    readout = jr.normal(jr.key(1), (2, units))
    theta, rebuild = flatten_parameters(field, ("weights",))
    base = solve(field, starts, grid) @ readout.T
    # Two groups should grow along the channel, the third should shrink.
    wanted = base * jnp.array([1.3, 1.2, 0.7, 0.8])[:, None, None]

    @jax.jit
    def losses(vector):
        errors = solve(rebuild(vector), starts, grid) @ readout.T - wanted
        each = 0.5 * jnp.einsum("t,ito->i", grid.weights, errors**2) / 4
        return jax.ops.segment_sum(each, groups, 3)

    gradients = jax.jacrev(losses)(theta)
    before = losses(theta)
    step = 1e-5
    changes = jnp.stack([(losses(theta - step * g) - before) / -step for g in gradients])
    predicted = predict_kernel(form, starts, grid.times, grid.weights)
    ours = predicted_interference(predicted, base - wanted, groups, readout)
    ntk = StateSpaceNTK(field, Trials(starts, grid), parameters=("weights",), readout=readout)
    theirs = measured_interference(ntk, base - wanted, groups)
    np.testing.assert_allclose(theirs, changes, rtol=1e-2)
    np.testing.assert_array_equal(np.sign(ours), np.sign(changes))
    assert (np.sign(np.asarray(ours)) == [[1, 1, -1], [1, 1, -1], [-1, -1, 1]]).all()
