"""The dominance condition, against dense singular values and along the horizon."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN
from bifbridge.sntk import StateSpaceNTK, dominance, spectral_projector, weighted_matrix
from bifbridge.trajectories import linearise, uniform_grid

UNITS = 4
BASIS = jnp.eye(UNITS) + 0.2 * jr.normal(jr.key(0), (UNITS, UNITS))
FIELD = CTRNN((BASIS * jnp.array([1.0, 0.3, -0.2, 0.1])) @ jnp.linalg.inv(BASIS))
RIGHT = BASIS[:, 0] / jnp.linalg.norm(BASIS[:, 0])
LEFT = jnp.linalg.inv(BASIS)[0] * jnp.linalg.norm(BASIS[:, 0])
GRADIENT = jnp.outer(LEFT, RIGHT).reshape(1, -1)
PROJECTOR = spectral_projector(RIGHT, LEFT)


def kernel(horizon):
    start = 0.02 * jnp.array([[1.0], [-0.5]]) * RIGHT
    grid = uniform_grid(horizon, 0.25, save_every=2)
    return StateSpaceNTK(linearise(FIELD, start, grid, names=("weights",))).materialise()


def test_the_norms_are_singular_values_of_the_cut_sensitivity():
    ntk = kernel(10.0)
    found = dominance(ntk, PROJECTOR, GRADIENT)
    direction = GRADIENT[0] / jnp.linalg.norm(GRADIENT)
    rest = jnp.eye(UNITS**2) - jnp.outer(direction, direction)

    def largest(readout, parameters):
        matrix = weighted_matrix(ntk.observed(readout)).T @ parameters
        return np.linalg.norm(matrix, 2)

    inside, outside = PROJECTOR.matrix, PROJECTOR.complement
    one = direction[:, None]
    assert found.critical == pytest.approx(largest(inside, one))
    assert found.residual_of_critical == pytest.approx(largest(outside, one))
    assert found.residual == pytest.approx(largest(outside, rest))
    assert found.leak == pytest.approx(largest(inside, rest))
    assert found.ratio == pytest.approx(largest(None, rest) / largest(None, one))


def test_the_critical_direction_dominates_at_the_pitchfork_as_the_horizon_grows():
    found = [dominance(kernel(horizon), PROJECTOR, GRADIENT) for horizon in (20.0, 80.0)]
    assert all(condition.holds for condition in found)
    assert found[1].bound == pytest.approx(found[0].bound / 4, rel=0.2)
    assert found[1].ratio < 0.3 * found[0].ratio
    assert found[1].leak < found[1].residual


def test_a_direction_without_room_is_bounded_by_nothing():
    aside = jnp.outer(BASIS[:, 1], RIGHT).reshape(1, -1)  # drives the residual states only
    condition = dominance(kernel(10.0), PROJECTOR, aside)
    assert condition.critical < 0.05 * condition.residual_of_critical
    assert condition.bound == float("inf")
    with pytest.raises(ValueError, match=r"observed\(None\)"):
        dominance(kernel(10.0).observed(jnp.ones((1, UNITS))), PROJECTOR, GRADIENT)
