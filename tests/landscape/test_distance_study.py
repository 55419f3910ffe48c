"""Every error falls with the distance from the bifurcation at the order that theory gives."""

import dataclasses

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN
from bifbridge.landscape import distance_study
from bifbridge.normal_forms import ScalarNormalForm, normal_form
from tests.curved_systems import CurvedSystem


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "distances", "steps"),
    [
        ("fold", (2e-3, 1e-3, 5e-4), 400),
        ("transcritical", (0.01, 5e-3, 2.5e-3), 1200),
        ("pitchfork", (0.01, 5e-3, 2.5e-3), 1200),
    ],
)
def test_random_coordinates_leave_the_orders_alone(kind, distances, steps):
    field = CurvedSystem(kind)
    form = normal_form(field, jnp.zeros(4), names=["theta"], kind=kind)
    study = distance_study(
        field, form, names=["theta"], distances=distances, steps=steps, save_every=4
    )
    order = {"fold": 0.5, "transcritical": 1.0, "pitchfork": 0.5}[kind]
    sizes = study.slope.sel(quantity=["restricted_kernel_error", "operator_cosine_deficit"])
    np.testing.assert_allclose(sizes, [order, 2 * order], atol=0.06)
    # Errors that hide behind a small coefficient fall faster at first.
    fast_enough = study.slope >= study.theoretical_order - 0.06
    assert (fast_enough | (study.error.max("distance") < 1e-9)).all()


def test_a_study_asks_for_parameters_a_scaling_and_one_of_two_sides():
    field = network()
    with pytest.raises(ValueError, match="no unfolding gradient"):
        distance_study(field, normal_form(field, jnp.zeros(5), gradient=False))
    form = normal_form(field, jnp.zeros(5), names=["weights"])
    with pytest.raises(ValueError, match="side=2"):
        distance_study(field, form, names=["weights"], side=2)
    undecided = normal_form(field, jnp.zeros(5), names=["weights"], kind="branch_point")
    assert isinstance(undecided, ScalarNormalForm)
    undecided = dataclasses.replace(undecided, kind="branch_point")
    with pytest.raises(ValueError, match="expected a fold, transcritical or pitchfork"):
        distance_study(field, undecided, names=["weights"])
