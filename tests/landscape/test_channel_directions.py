"""The generic critical direction is the fold's; pitchforks need it to vanish."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN
from bifbridge.landscape import channel_directions, predict_kernel
from bifbridge.normal_forms import ScalarNormalForm, normal_form
from bifbridge.sntk import StateSpaceNTK, spectrum
from bifbridge.trajectories import linearise, uniform_grid

UNITS, GRID = 4, uniform_grid(40.0, 0.25, save_every=4)
BASIS = jnp.eye(UNITS) + 0.2 * jr.normal(jr.key(0), (UNITS, UNITS))
FIELD = CTRNN((BASIS * jnp.array([1.0, 0.3, -0.2, 0.1])) @ jnp.linalg.inv(BASIS))


@pytest.mark.parametrize(
    ("names", "carrier"), [(("weights",), "slope"), (("weights", "bias"), "forcing")]
)
def test_a_trained_bias_takes_the_channel_from_the_pitchforks_direction(names, carrier):
    form = normal_form(FIELD, jnp.zeros(UNITS), names=names, kind="pitchfork")
    assert isinstance(form, ScalarNormalForm)
    found = channel_directions(FIELD, form, names=names)
    outer = jnp.outer(form.left, form.right).ravel()
    np.testing.assert_allclose(found.slope[: UNITS**2], outer, atol=1e-12)
    np.testing.assert_allclose(found.forcing[UNITS**2 :], form.left[: found.slope.size - 16])
    np.testing.assert_allclose(found.curvature, 0, atol=1e-12)
    start = 0.02 * jnp.array([[1.0], [0.4]]) * form.right
    amplitudes = predict_kernel(form, start, GRID.times, GRID.weights).amplitudes[..., 0]
    assert found.carrier(amplitudes, GRID.times) == carrier
    top = spectrum(StateSpaceNTK(linearise(FIELD, start, GRID, names=names))).right[:, 0]
    expected = found.slope if carrier == "slope" else found.forcing
    assert abs(top @ expected) / jnp.linalg.norm(expected) > 0.99
