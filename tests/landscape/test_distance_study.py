"""Every error falls with the distance from the bifurcation at the order that theory gives."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN
from bifbridge.landscape import distance_study
from bifbridge.normal_forms import normal_form


def network(units=5):
    """−z + W tanh z, W not symmetric, one eigenvalue at 1 and the others at ±0.3."""
    basis = jnp.eye(units) + 0.3 * jr.normal(jr.key(0), (units, units))
    values = jnp.array([1.0] + [0.3 * (-1) ** i for i in range(units - 1)])
    return CTRNN((basis * values) @ jnp.linalg.inv(basis))


@pytest.mark.slow
@pytest.mark.parametrize("side", [-1, 1], ids=["before", "after"])
def test_errors_fall_at_their_theoretical_orders(side):
    field = network()
    form = normal_form(field, jnp.zeros(5), names=["weights"])
    study = distance_study(
        field, form, names=["weights"], distances=(0.02, 0.01, 0.005), side=side, steps=600
    )
    np.testing.assert_allclose(study.slope, study.theoretical_order, atol=0.15)
    np.testing.assert_allclose(study.final_slope, study.theoretical_order, atol=0.1)
    assert (study.error.diff("distance") > 0).all() or (study.error.diff("distance") < 0).all()


def test_only_pitchforks_with_parameters_and_two_sides_are_studied():
    field = network()
    with pytest.raises(ValueError, match="no unfolding gradient"):
        distance_study(field, normal_form(field, jnp.zeros(5), gradient=False))
    form = normal_form(field, jnp.zeros(5), names=["weights"])
    with pytest.raises(ValueError, match="side=2"):
        distance_study(field, form, names=["weights"], side=2)
