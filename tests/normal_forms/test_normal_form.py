"""Coefficients agree with closed forms, and gradients with differences."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.fields import CTRNN, flatten_parameters
from bifbridge.normal_forms import (
    HopfNormalForm,
    ScalarNormalForm,
    as_velocity,
    multilinear,
    normal_form,
)
from tests import helpers


def slope_of(form, direction):
    """∇θμ·δθ, which exists because a field was given."""
    assert form.unfolding_gradient is not None
    return float(form.unfolding_gradient @ direction)


def network(n=8, seed=0):
    """A symmetric network exactly at its first pitchfork."""
    return helpers.symmetric_network(n, seed)


def test_directional_derivatives_are_those_of_a_polynomial():
    def field(z):
        return jnp.stack([z[0] ** 2 * z[1], z[1] ** 3])

    q = jnp.array([1.0 + 2.0j, -0.5j])
    r = jnp.array([0.3, 1.0])
    found = multilinear(field, jnp.array([0.4, -1.0]), q, r, q)
    # D³f₁[a,b,c] = 2(a₁b₁c₂ + a₁b₂c₁ + a₂b₁c₁), D³f₂ = 6 a₂b₂c₂
    first = 2 * (q[0] * r[0] * q[1] + q[0] * r[1] * q[0] + q[1] * r[0] * q[0])
    np.testing.assert_allclose(found, [first, 6 * q[1] ** 2 * r[1]], atol=1e-14)


def test_pitchfork_of_a_symmetric_network_has_its_closed_form():
    known = network()
    form = normal_form(known.field, jnp.zeros(8), names=["weights"])
    assert isinstance(form, ScalarNormalForm)
    assert form.kind == "pitchfork"
    assert form.criticality == "supercritical"
    assert float(form.cubic) == pytest.approx(known.cubics[0], abs=1e-14)
    assert abs(float(form.quadratic)) < 1e-15
    assert float(form.margin) == 16
    outer = np.outer(form.left, form.right).ravel()
    np.testing.assert_allclose(np.asarray(form.unfolding_gradient), outer, atol=1e-14)


def test_the_sign_of_the_eigenvector_follows_the_rule():
    form = normal_form(network().field, jnp.zeros(8))
    right = np.asarray(form.right)
    assert np.linalg.norm(right) == pytest.approx(1, abs=1e-14)
    assert float(form.left @ form.right) == pytest.approx(1, abs=1e-14)
    assert right[np.argmax(np.abs(right))] > 0


@pytest.mark.parametrize(
    ("forcing", "kind"), [([1.0], "fold"), ([0.0], "transcritical"), (None, "branch_point")]
)
def test_the_forcing_tells_a_fold_from_a_branch_point(forcing, kind):
    forcing = None if forcing is None else jnp.array(forcing)
    form = normal_form(lambda z: 3 * z**2, jnp.zeros(1), forcing=forcing)
    assert isinstance(form, ScalarNormalForm)
    assert form.kind == kind
    assert float(form.quadratic) == pytest.approx(3)


def test_a_quadratic_term_is_not_taken_for_a_pitchfork_at_any_scale():
    for scale in (1e-4, 1.0, 1e4):
        form = normal_form(
            lambda z, s=scale: (0.01 * (s * z) ** 2 - (s * z) ** 3) / s,
            jnp.zeros(1),
            forcing=jnp.zeros(1),
        )
        assert form.kind == "transcritical"


def test_hopf_of_the_brusselator():
    form = normal_form(lambda z: helpers.brusselator(z, 3.25), jnp.array([1.5, 3.25 / 1.5]))
    assert isinstance(form, HopfNormalForm)
    assert float(form.frequency) == pytest.approx(1.5, abs=1e-14)
    assert float(form.cubic.real) == pytest.approx(-17 / 44, abs=1e-13)
    assert float(form.first_lyapunov) == pytest.approx(-17 / 66, abs=1e-13)
    assert form.criticality == "supercritical"


def test_hopf_coefficient_has_the_sign_of_its_imaginary_part_right():
    form = normal_form(lambda z: helpers.stuart_landau(z, 0.0), jnp.zeros(2))
    assert complex(form.cubic) == pytest.approx(-3 + 1.4j, abs=1e-13)
    assert complex(jnp.vdot(form.left, form.right)) == pytest.approx(1, abs=1e-14)


class Biased(eqx.Module):
    """A field with a pitchfork, a fold or a Hopf point, and parameters in every place."""

    a: jax.Array
    b: jax.Array

    def __call__(self, t, z, u):
        del t, u
        x, y = z
        return jnp.stack([
            self.a[0] + self.a[1] * x + self.a[2] * x * y - x**3,
            -y * self.b[0] + x**2 * self.b[1] + self.b[2] * y**2 + self.a[1] * y * x,
        ])


def equilibrium(field, z):
    for _ in range(30):
        z = z - jnp.linalg.solve(jax.jacfwd(lambda s: field(0.0, s, None))(z), field(0.0, z, None))
    return jnp.asarray(z)


def test_fold_gradient_is_the_forcing_by_each_parameter():
    field = Biased(jnp.array([0.0, 0.0, 1.0]), jnp.array([1.0, 0.7, 0.2]))
    velocity = as_velocity(CTRNN(jnp.eye(2)), None)
    form = normal_form(eqx.tree_at(lambda v: v.field, velocity, field), jnp.zeros(2), kind="fold")
    theta, rebuild = flatten_parameters(field)
    expected = [
        float(form.left @ (rebuild(theta.at[k].add(1e-6))(0.0, form.state, None)) / 1e-6)
        for k in range(theta.size)
    ]
    np.testing.assert_allclose(np.asarray(form.unfolding_gradient), expected, atol=1e-9)


def test_branch_point_gradient_is_the_eigenvalue_along_the_trivial_branch():
    """Parameters that keep the origin an equilibrium: λ is a simple function of them."""
    field = Biased(jnp.array([0.0, 0.0, 1.0]), jnp.array([1.0, 0.7, 0.2]))
    velocity = eqx.tree_at(lambda v: v.field, as_velocity(CTRNN(jnp.eye(2))), field)
    form = normal_form(velocity, jnp.zeros(2), kind="pitchfork")
    assert isinstance(form, ScalarNormalForm)
    np.testing.assert_allclose(np.asarray(form.unfolding_gradient)[1], 1.0, atol=1e-14)
    np.testing.assert_allclose(np.asarray(form.unfolding_gradient)[2:], 0.0, atol=1e-14)


def test_hopf_gradients_agree_with_differences_along_moving_equilibria():
    rng = np.random.default_rng(3)
    weights = jnp.asarray(rng.normal(size=(6, 6)) / 6**0.5)
    bias = jnp.asarray(0.3 * rng.normal(size=6))
    values = np.linalg.eigvals(weights)
    lead = values[np.argmax(values.real * (values.imag > 0.1))]
    field = CTRNN(weights, bias=bias, gain=float(1 / lead.real))
    z = jnp.asarray(equilibrium(field, jnp.zeros(6)))

    def eigenvalue(theta, guess):
        moved = rebuild(theta)
        at = jnp.asarray(equilibrium(moved, z))
        found = np.linalg.eigvals(jax.jacfwd(lambda s: moved(0.0, s, None))(at))
        return found[np.argmin(np.abs(found - guess))]

    theta, rebuild = flatten_parameters(field, ["weights", "bias"])
    form = normal_form(field, z, names=["weights", "bias"], frequency=float(lead.imag / lead.real))
    assert isinstance(form, HopfNormalForm)
    guess = complex(form.eigenvalue)
    for direction in rng.normal(size=(3, theta.size)):
        slope = helpers.slope(lambda h, d=direction: eigenvalue(theta + h * d, guess))
        assert slope_of(form, direction) == pytest.approx(slope.real, abs=1e-8)
        assert float(np.dot(np.asarray(form.frequency_gradient), direction)) == pytest.approx(
            slope.imag, abs=1e-8
        )


@pytest.mark.parametrize(
    ("core", "kind", "coefficient", "value"),
    [
        (helpers.pitchfork, "pitchfork", "cubic", -1.0),
        (helpers.subcritical_pitchfork, "pitchfork", "cubic", 1.0),
        (helpers.transcritical, "transcritical", "quadratic", -1.0),
        (helpers.fold, "fold", "quadratic", -1.0),
    ],
)
def test_coefficients_survive_a_smooth_change_of_coordinates(core, kind, coefficient, value):
    """v has length |DΦ e₁| in the new coordinates, by which the coefficients are scaled."""
    family, state = helpers.hide(core, 7)
    forcing = jax.jacfwd(lambda p: family.velocity(p)(jnp.asarray(state)))(0.0)
    form = normal_form(family.velocity(0.0), jnp.asarray(state), forcing=forcing)
    assert isinstance(form, ScalarNormalForm)
    assert form.kind == kind
    length = helpers.hidden_length(7)
    power = {"quadratic": 1, "cubic": 2}[coefficient]
    found = abs(float(getattr(form, coefficient))) * length**power
    assert found == pytest.approx(abs(value), abs=1e-8)


def test_wrong_shapes_and_kinds_are_refused():
    with pytest.raises(ValueError, match="shape"):
        normal_form(lambda z: z, jnp.zeros((2, 2)))
    with pytest.raises(ValueError, match="kind='flop'"):
        normal_form(lambda z: z, jnp.zeros(2), kind="flop")
    with pytest.raises(ValueError, match="all real"):
        normal_form(lambda z: -z, jnp.zeros(2), kind="hopf")
