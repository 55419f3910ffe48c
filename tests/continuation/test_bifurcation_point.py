"""The derivative of a bifurcation's place by every parameter, against differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import LeafFamily, bifurcation_point
from bifbridge.fields import CTRNN, flatten_parameters
from tests import helpers


def network(seed, bias):
    rng = np.random.default_rng(seed)
    return CTRNN(
        jnp.asarray(rng.normal(size=(5, 5)) / 5**0.5), bias=jnp.asarray(bias * rng.normal(size=5))
    )


def place(theta, rebuild, name, guess):
    """p* of the bifurcation nearest the guess, as a function of all parameters but p."""
    kind, state, parameter, frequency = guess
    family = LeafFamily(rebuild(theta), name)
    return bifurcation_point(family, state, parameter, kind, frequency=frequency)


def assert_gradient(function, theta, seed=0):
    gradient = jax.jit(jax.grad(function))(theta)
    jitted = jax.jit(function)
    for direction in np.random.default_rng(seed).normal(size=(3, theta.size)):
        expected = helpers.slope(lambda h, d=direction: float(jitted(theta + h * d)))
        assert float(gradient @ direction) == pytest.approx(expected, abs=1e-8, rel=1e-8)


def hopf_of(field):
    values = np.linalg.eigvals(np.asarray(field.weights))
    value = max((v for v in values if v.imag > 0.05), key=lambda v: v.real)
    return "hopf", jnp.zeros(5), 1 / value.real, value.imag / value.real


def test_hopf_point_moves_as_its_gradient_says():
    field = network(3, 0.0)
    guess = hopf_of(field)
    theta, rebuild = flatten_parameters(field, ["weights", "bias", "time_constant"])
    found = place(theta, rebuild, "gain", guess)
    assert float(found.parameter) == pytest.approx(guess[2], abs=1e-13)
    assert_gradient(lambda t: place(t, rebuild, "gain", guess).parameter, theta)
    assert_gradient(lambda t: place(t, rebuild, "gain", guess).frequency, theta)


def test_fold_moves_as_its_gradient_says():
    def residual(z, p, theta):
        return jnp.stack([p - theta[0] * z[0] ** 2 + theta[1] * z[1], theta[2] * z[0] ** 3 - z[1]])

    def fold_at(theta):
        family = jax.tree_util.Partial(residual, theta=theta)
        return bifurcation_point(family, [0.05, 0.0], 0.1, "fold").parameter

    theta = jnp.array([1.0, 0.7, 0.4])
    assert_gradient(fold_at, theta)


def test_pitchfork_of_a_symmetric_network_moves_by_its_eigenvalue():
    """g = 1/λ, so ∂g/∂W = −v vᵀ/λ²."""
    known = helpers.symmetric_network(6)
    theta, rebuild = flatten_parameters(known.field, ["weights"])
    guess = ("pitchfork", jnp.zeros(6), known.gains[0] + 1e-3, 0.0)
    gradient = jax.jit(jax.grad(lambda t: place(t, rebuild, "gain", guess).parameter))(theta)
    values, vectors = np.linalg.eigh(np.asarray(known.field.weights))
    expected = -np.outer(vectors[:, -1], vectors[:, -1]) / values[-1] ** 2
    np.testing.assert_allclose(gradient.reshape(6, 6), expected, atol=1e-12)


def test_the_imperfection_says_how_a_bias_unfolds_a_pitchfork():
    """β b cancels the bias along the left null vector: ∂β/∂bias = −w/|w| up to sign."""
    known = helpers.symmetric_network(4)
    theta, rebuild = flatten_parameters(known.field, ["bias"])
    guess = ("pitchfork", jnp.zeros(4), known.gains[0], 0.0)
    gradient = jax.jit(jax.grad(lambda t: place(t, rebuild, "gain", guess).imperfection))(theta)
    _, vectors = np.linalg.eigh(np.asarray(known.field.weights))
    assert abs(float(gradient @ vectors[:, -1])) == pytest.approx(1, abs=1e-12)


def test_failure_is_nan_not_a_wrong_number():
    found = bifurcation_point(lambda z, p: z**2 + 1 + 0 * p, [0.3], 0.0, "fold")
    assert np.isnan(found.parameter)
