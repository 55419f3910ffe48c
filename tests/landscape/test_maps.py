"""Discrete-time cells: flip (rank one) and Neimark-Sacker (rank two), and their reduced maps."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.landscape import NeimarkSackerMap, ScalarMap, compare, predict_map_kernel
from bifbridge.sntk import StateSpaceNTK, linearise_map

UNITS = 6
BASIS = jnp.eye(UNITS) + 0.25 * jr.normal(jr.key(0), (UNITS, UNITS))
REST = jnp.array([0.3 * (-1) ** i for i in range(UNITS)])


class Cell(eqx.Module):
    """z⁺ = W tanh z."""

    weights: Float[Array, "n n"]

    def __call__(self, z):
        return self.weights @ jnp.tanh(z)


def cell(block):
    size = block.shape[0]
    core = jnp.diag(REST).at[:size, :size].set(block)
    return Cell(BASIS @ core @ jnp.linalg.inv(BASIS))


def eigenvectors(weights, target):
    values, vectors = np.linalg.eig(np.asarray(weights))
    index = int(np.argmin(np.abs(values - target)))
    right, left = vectors[:, index], np.linalg.inv(vectors)[index].conj()
    size = np.linalg.norm(right)
    return jnp.asarray(right / size), jnp.asarray(left * size)


@pytest.mark.parametrize("kind", ["fold", "transcritical", "pitchfork", "flip"])
def test_orbit_sensitivities_are_derivatives_of_orbits(kind):
    system = ScalarMap(kind, jnp.asarray(-0.3))
    a0, mu, step = jnp.asarray(0.2), jnp.asarray(0.05), 1e-6
    orbit = system.solution(12, a0, mu)
    ahead, behind = (system.solution(12, a0, mu + s).amplitude for s in (step, -step))
    np.testing.assert_allclose(orbit.sensitivity, (ahead - behind) / (2 * step), atol=1e-7)


def test_linear_maps_have_their_closed_forms():
    k, mu, a0 = jnp.arange(13.0), 0.05, jnp.asarray(0.2)
    flip = ScalarMap("flip", jnp.zeros(())).solution(12, a0, jnp.asarray(mu))
    np.testing.assert_allclose(flip.sensitivity, k * (-1) ** k * (1 + mu) ** (k - 1) * a0)
    turning = NeimarkSackerMap(jnp.asarray(0.7), jnp.asarray(0j))
    planar = turning.solution(12, a0 + 0j, jnp.asarray(mu))
    power = jnp.exp(0.7j * k) * (1 + mu) ** k * a0
    np.testing.assert_allclose(planar.amplitude, power)
    np.testing.assert_allclose(planar.growth_sensitivity, k / (1 + mu) * power, atol=1e-14)
    np.testing.assert_allclose(planar.frequency_sensitivity, 1j * k * power, atol=1e-14)


def slope(counts, found, name):
    return np.polyfit(np.log(counts), np.log([getattr(a, name) for a in found]), 1)[0]


@pytest.mark.slow
def test_a_cell_at_its_flip_meets_its_rank_one_prediction():
    network = cell(jnp.array([[-1.0]]))
    right, left = eigenvectors(network.weights, -1.0)
    right, left = right.real, left.real
    equation = ScalarMap("flip", jnp.sum(left * right**3) / 3)
    gradient = -jnp.outer(left, right).reshape(1, -1)
    counts, found = np.array([20, 40, 80]), []
    for count in counts:
        start = 0.02 * jnp.array([[1.0], [-0.5]]) * right
        predicted = predict_map_kernel(
            equation, jnp.zeros(UNITS), right, left, gradient, start, int(count)
        )
        found.append(compare(predicted, StateSpaceNTK(linearise_map(network, start, int(count)))))
    assert found[-1].participation_ratio < 1.02
    assert found[-1].parameter_direction_cosine > 0.9995
    assert slope(counts, found, "restricted_kernel_error") == pytest.approx(-1, abs=0.15)


@pytest.mark.slow
def test_a_cell_at_its_neimark_sacker_point_meets_its_rank_two_prediction():
    omega = 0.7
    turn = jnp.array([[jnp.cos(omega), -jnp.sin(omega)], [jnp.sin(omega), jnp.cos(omega)]])
    network = cell(turn)
    right, left = eigenvectors(network.weights, np.exp(1j * omega))
    cubic = -jnp.sum(left.conj() * right * jnp.abs(right) ** 2)
    complex_gradient = jnp.exp(-1j * omega) * jnp.outer(left.conj(), right).ravel()
    gradients = jnp.stack([complex_gradient.real, complex_gradient.imag])
    equation = NeimarkSackerMap(jnp.asarray(omega), cubic)
    counts, found = np.array([20, 40, 80]), []
    for count in counts:
        start = 2 * (0.02 * jnp.array([[1.0], [1j], [-0.5]]) * right).real
        predicted = predict_map_kernel(
            equation, jnp.zeros(UNITS), right, left, gradients, start, int(count)
        )
        found.append(compare(predicted, StateSpaceNTK(linearise_map(network, start, int(count)))))
    assert found[-1].participation_ratio == pytest.approx(2, rel=0.06)
    assert found[-1].parameter_direction_cosine > 0.999
    assert slope(counts, found, "restricted_kernel_error") == pytest.approx(-1, abs=0.15)


def test_wrong_gradients_and_escaping_orbits_are_refused():
    vector = jax.nn.one_hot(0, UNITS)
    arguments = (jnp.zeros(UNITS), vector, vector)
    with pytest.raises(ValueError, match="got 2 gradients, expected 1"):
        predict_map_kernel(
            ScalarMap("flip", jnp.zeros(())), *arguments, jnp.ones((2, 3)), vector[None], 4
        )
    with pytest.raises(ValueError, match="escapes"):
        predict_map_kernel(
            ScalarMap("fold", jnp.ones(())), *arguments, jnp.ones((1, 3)), 9 * vector[None], 40
        )
