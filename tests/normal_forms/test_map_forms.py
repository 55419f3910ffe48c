"""Normal forms of maps: closed forms, the flow behind an Euler cell, and long iterations."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.normal_forms import (
    MapNormalForm,
    NeimarkSackerNormalForm,
    map_normal_form,
)


class Quadratic(eqx.Module):
    """z⁺ = −(1 + μ)z + 0.3z² + 0.4z³: a flip with c = 0.3² + 0.4."""

    mu: Float[Array, ""]

    def __call__(self, z):
        return -(1 + self.mu) * z + 0.3 * z**2 + 0.4 * z**3


class DelayedLogistic(eqx.Module):
    """(x, y)⁺ = (r x(1 − y), x): Neimark-Sacker at r = 2, multipliers e^{±iπ/3}."""

    rate: Float[Array, ""]

    def __call__(self, z):
        return jnp.stack([self.rate * z[0] * (1 - z[1]), z[0]])


def test_a_flip_has_its_closed_form_and_its_period_two_orbit():
    form = map_normal_form(Quadratic(jnp.zeros(())), jnp.zeros(1))
    assert isinstance(form, MapNormalForm)
    assert form.kind == "flip"
    assert form.criticality == "supercritical"
    np.testing.assert_allclose(form.cubic, 0.49, rtol=1e-12)
    assert form.unfolding_gradient is not None
    np.testing.assert_allclose(form.unfolding_gradient, [1.0], rtol=1e-12)
    z, mu = 0.05, 1e-3
    for _ in range(20_000):
        z = -(1 + mu) * z + 0.3 * z**2 + 0.4 * z**3
    after = -(1 + mu) * z + 0.3 * z**2 + 0.4 * z**3
    assert ((z - after) / 2) ** 2 == pytest.approx(mu / 0.49, rel=0.01)


def test_a_neimark_sacker_point_has_the_circle_that_iteration_finds():
    form = map_normal_form(DelayedLogistic(jnp.asarray(2.0)), jnp.array([0.5, 0.5]))
    assert isinstance(form, NeimarkSackerNormalForm)
    assert form.frequency == pytest.approx(np.pi / 3)
    assert form.criticality == "supercritical"
    assert form.unfolding_gradient is not None
    assert form.frequency_gradient is not None
    step = 2e-3
    fixed = 1 - 1 / (2 + step)
    jacobian = np.array([[1.0, -(2 + step) * fixed], [1.0, 0.0]])
    value = np.linalg.eigvals(jacobian)[0]
    slope = (np.abs(value) - 1) / step
    np.testing.assert_allclose(form.unfolding_gradient, [slope], rtol=5e-3)
    turned = (np.abs(np.angle(value)) - np.pi / 3) / step
    np.testing.assert_allclose(form.frequency_gradient, [turned], rtol=2e-2)
    x = y = fixed + 0.01
    squares = []
    left = np.asarray(form.left)
    for k in range(40_000):
        x, y = (2 + step) * x * (1 - y), x
        if k > 30_000:
            squares.append(abs(left.conj() @ np.array([x - fixed, y - fixed])) ** 2)
    mu = step * float(form.unfolding_gradient[0])
    assert np.mean(squares) == pytest.approx(-mu / float(form.cubic.real), rel=0.03)


def test_points_that_are_no_bifurcation_or_no_fixed_point_are_refused():
    with pytest.raises(ValueError, match=r"nearest the unit circle is 0\.5"):
        map_normal_form(lambda z: 0.5 * z, jnp.zeros(1))
    with pytest.raises(ValueError, match="it is no fixed point"):
        map_normal_form(lambda z: 0.5 * z + 1, jnp.zeros(1))
