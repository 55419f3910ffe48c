"""Predicted kernels and losses, on systems that are their own normal form and on networks."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.fields import CTRNN, AbstractVectorField, flatten_parameters
from bifbridge.landscape import (
    LossLandscape,
    compare,
    critical_projector,
    loss_on_line,
    predict_kernel,
    predict_loss,
)
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm, normal_form
from bifbridge.sntk import MaterialisedSensitivity, StateSpaceNTK, spectrum
from bifbridge.trajectories import linearise, solve, uniform_grid

GRID = uniform_grid(8.0, 0.1, save_every=2)
START = jnp.array([0.1, 0.3, 0.2])


class Scalar(eqx.Module):
    """ż = m(1, z) + b z² + c z³ with the two parameters that make up μ = θ₁ + 2θ₂."""

    theta: Float[Array, "2"]
    quadratic: float = eqx.field(static=True, default=0.0)
    cubic: float = eqx.field(static=True, default=0.0)
    forced: bool = eqx.field(static=True, default=False)

    def __call__(self, t, z, u):
        mu = self.theta @ jnp.array([1.0, 2.0])
        linear = mu * (jnp.ones_like(z) if self.forced else z)
        return linear + self.quadratic * z**2 + self.cubic * z**3


SYSTEMS = {
    "fold": {"quadratic": -0.5, "forced": True},
    "transcritical": {"quadratic": -0.5},
    "pitchfork": {"cubic": -0.5},
}


def own_normal_form(kind):
    options = SYSTEMS[kind]
    return ScalarNormalForm(
        kind=kind,
        state=jnp.zeros(1),
        eigenvalue=jnp.zeros(()),
        right=jnp.ones(1),
        left=jnp.ones(1),
        quadratic=jnp.asarray(options.get("quadratic", 0.0)),
        cubic=jnp.asarray(options.get("cubic", 0.0)),
        second_order=jnp.zeros(1),
        unfolding_gradient=jnp.array([1.0, 2.0]),
        margin=jnp.asarray(16.0),
    )


def hopf_form(p=5, n=4):
    q = jnp.linalg.qr(jr.normal(jr.key(0), (n, 2)))[0] @ jnp.array([1.0, -1j]) / jnp.sqrt(2)
    return HopfNormalForm(
        state=jnp.zeros(n),
        frequency=jnp.asarray(2.0),
        eigenvalue=jnp.asarray(2j),
        right=q,
        left=q,
        cubic=jnp.asarray(-0.5 + 0.3j),
        unfolding_gradient=jr.normal(jr.key(1), (p,)),
        frequency_gradient=jr.normal(jr.key(2), (p,)),
        margin=jnp.asarray(16.0),
    )


@pytest.mark.parametrize("kind", SYSTEMS)
@pytest.mark.parametrize("mu", [0.0, 0.2])
def test_a_system_that_is_its_own_normal_form_is_predicted_to_solver_precision(kind, mu):
    field = Scalar(jnp.array([mu, 0.0]), **SYSTEMS[kind])
    measured = StateSpaceNTK(linearise(field, START[:, None], GRID, names=("theta",)))
    predicted = predict_kernel(own_normal_form(kind), START, GRID.times, GRID.weights, mu)
    agreement = compare(predicted, measured)
    assert agreement.parameter_direction_cosine == pytest.approx(1, abs=1e-12)
    assert agreement.operator_cosine == pytest.approx(1, abs=1e-10)
    assert agreement.top_eigenvalue_ratio == pytest.approx(1, abs=1e-6)
    assert agreement.restricted_kernel_error < 1e-5
    assert agreement.critical_channel_share == pytest.approx(1)
    assert agreement.state_channel_share == pytest.approx(1)
    np.testing.assert_allclose(
        agreement.predicted_profile, agreement.measured_profile, rtol=1e-4, atol=1e-8
    )


def test_the_predicted_loss_is_the_loss_of_a_system_that_is_its_own_normal_form():
    mu = jnp.linspace(-0.2, 0.3, 6)
    field = Scalar(jnp.zeros(2), **SYSTEMS["pitchfork"])
    weights = GRID.weights / GRID.weights.sum()
    target = solve(Scalar(jnp.array([0.2, 0.0]), **SYSTEMS["pitchfork"]), START[:, None], GRID)

    def loss(theta):
        _, rebuild = flatten_parameters(field)
        errors = solve(rebuild(theta), START[:, None], GRID) - target
        return 0.5 * jnp.einsum("t,ito->", weights, errors**2) / START.size

    form = own_normal_form("pitchfork")
    measured = loss_on_line(loss, jnp.zeros(2), jnp.array([1.0, 2.0]), mu)
    between = predict_loss(form, START, GRID.times, weights, mu, target_mu=0.2)
    errors = solve(field, START[:, None], GRID) - target
    anchored = predict_loss(form, START, GRID.times, weights, mu, errors=errors)
    for predicted in (between, anchored):
        landscape = LossLandscape(mu, predicted, measured)
        assert landscape.relative_error < 1e-6
        assert landscape.relative_error_of_variation < 1e-6
    assert landscape.as_dataset()["predicted"].dims == ("mu",)
    assert landscape.as_dict()["measured"] == [float(x) for x in measured]


def test_outputs_blind_to_the_bifurcation_have_a_flat_predicted_loss(network):
    field, form = network
    start = 0.2 * jr.normal(jr.key(1), (3, 8))
    blind = jr.normal(jr.key(2), (2, 8))
    blind = blind - jnp.outer(blind @ form.right, form.right)
    errors = solve(field, start, GRID) @ blind.T
    mu = jnp.linspace(-0.1, 0.1, 3)
    flat = predict_loss(form, start, GRID.times, GRID.weights, mu, readout=blind, errors=errors)
    loss = 0.5 * jnp.einsum("t,ito->", GRID.weights, errors**2) / 3
    np.testing.assert_allclose(flat, loss, rtol=1e-10)
    seeing = predict_loss(
        form, start, GRID.times, GRID.weights, mu, readout=blind + form.right, errors=errors
    )
    assert jnp.ptp(seeing) > 1e-3 * loss


def test_a_loss_needs_exactly_one_reference():
    form = own_normal_form("pitchfork")
    arguments = (form, START, GRID.times, GRID.weights, jnp.zeros(1))
    with pytest.raises(ValueError, match="target_mu"):
        predict_loss(*arguments)
    with pytest.raises(ValueError, match="target_mu"):
        predict_loss(*arguments, errors=jnp.zeros((3, 41, 1)), target_mu=0.1)


def test_a_hopf_prediction_has_rank_two_and_agrees_with_itself():
    start = jr.normal(jr.key(3), (3, 4)) * 0.2
    predicted = predict_kernel(hopf_form(), start, GRID.times, GRID.weights, 0.05)
    columns = jax.vmap(predicted.push)(jnp.eye(5))
    trajectories = predicted.amplitudes @ predicted.projector.right.T
    own = MaterialisedSensitivity(jnp.zeros(5), trajectories, GRID.times, GRID.weights, columns)
    ntk = StateSpaceNTK(own)
    result = spectrum(ntk, k=3)
    np.testing.assert_allclose(result.eigenvalues[:2], predicted.eigenvalues, rtol=1e-10)
    assert result.eigenvalues[2] < 1e-12 * result.eigenvalues[0]
    agreement = compare(predicted, ntk)
    assert agreement.operator_cosine == pytest.approx(1)
    assert agreement.critical_channel_operator_cosine == pytest.approx(1)
    assert agreement.parameter_direction_cosine == pytest.approx(1)
    assert agreement.restricted_kernel_error < 1e-6
    assert agreement.state_channel_share == pytest.approx(1)


def test_the_predicted_operator_has_an_adjoint():
    predicted = predict_kernel(
        hopf_form(), jr.normal(jr.key(3), (3, 4)) * 0.2, GRID.times, GRID.weights
    )
    dtheta, error = jr.normal(jr.key(4), (5,)), jr.normal(jr.key(5), (3, 41, 4))
    inner = jnp.sum(predicted.measure * error * predicted.push(dtheta))
    np.testing.assert_allclose(inner, predicted.pull(error) @ dtheta, rtol=1e-12)


def critical_network(n=8):
    """−z + W tanh z with one eigenvalue of W at 1 and the others inside the disc of 0.4."""
    weights = np.asarray(jr.normal(jr.key(0), (n, n))) / np.sqrt(n)
    values, vectors = np.linalg.eig(weights)
    index = np.argmax(np.where(np.abs(np.imag(values)) < 1e-12, np.real(values), -np.inf))
    values = 0.4 * values / np.abs(values).max()
    values[index] = 1.0
    return CTRNN(jnp.asarray((vectors * values) @ np.linalg.inv(vectors)).real)


@pytest.fixture(scope="module")
def network():
    field = critical_network()
    return field, normal_form(field, jnp.zeros(8), names=("weights",))


def agreement_at(network, horizon, amplitude=0.02):
    field, form = network
    grid = uniform_grid(horizon, 0.2)
    start = amplitude * jnp.array([[1.0], [-0.5]]) * form.right
    measured = StateSpaceNTK(linearise(field, start, grid, names=("weights",)))
    return compare(predict_kernel(form, start, grid.times, grid.weights), measured)


def test_a_network_at_its_pitchfork_meets_its_prediction_at_the_order_one_over_horizon(network):
    horizons = [20.0, 40.0, 80.0]
    found = [agreement_at(network, horizon) for horizon in horizons]
    last = found[-1]
    assert last.parameter_direction_cosine > 0.999
    assert last.critical_restricted_kernel_error < 2e-3
    assert last.participation_ratio < 1.1
    assert last.critical_participation_ratio < 1.01

    def slope(name, offset):
        errors = [abs(getattr(a, name) - offset) for a in found]
        return np.polyfit(np.log(horizons), np.log(errors), 1)[0]

    # Residual directions answer with O(1) where the critical one answers with O(T), so kernels
    # differ by the relative size 1/T in the cross terms and eigenvalues by 1/T².
    assert slope("restricted_kernel_error", 0.0) == pytest.approx(-1, abs=0.15)
    assert slope("participation_ratio", 1.0) == pytest.approx(-2, abs=0.4)
    assert slope("parameter_direction_cosine", 1.0) == pytest.approx(-2, abs=0.4)


def test_the_report_reads_the_same_as_dict_dataset_and_text(network):
    found = agreement_at(network, 20.0)
    numbers, table = found.as_dict(), found.to_xarray()
    assert table["operator_cosine"].item() == numbers["operator_cosine"]
    assert table["measured_profile"].dims == ("time",)
    assert f"operator_cosine = {found.operator_cosine:.6g}" in repr(found)


class CurvedFold(AbstractVectorField):
    """ẋ = m − x²/2, ẏ = x² − y: a fold whose centre manifold is y = x² + …."""

    m: Float[Array, ""]

    def __call__(self, t, z, u):
        return jnp.stack([self.m - z[0] ** 2 / 2, z[0] ** 2 - z[1]])


def test_the_centre_manifolds_curvature_improves_the_prediction():
    field = CurvedFold(jnp.zeros(()))
    form = normal_form(field, jnp.zeros(2))
    assert isinstance(form, ScalarNormalForm)
    np.testing.assert_allclose(form.second_order, [0.0, 2.0], atol=1e-12)
    start = jnp.array([[0.1, 0.01]])
    measured = StateSpaceNTK(linearise(field, start, GRID))
    first, second = (
        compare(
            predict_kernel(form, start, GRID.times, GRID.weights, order=order), measured
        ).restricted_kernel_error
        for order in (1, 2)
    )
    assert second < first / 3


def test_projections_of_initial_states_are_amplitudes(network):
    _, form = network
    start = 0.3 * form.right[None]
    by_state = predict_kernel(form, start, GRID.times, GRID.weights)
    by_amplitude = predict_kernel(form, jnp.array([0.3]), GRID.times, GRID.weights)
    np.testing.assert_allclose(by_state.state_factors, by_amplitude.state_factors, rtol=1e-10)
    assert critical_projector(form).matrix.shape == (8, 8)


def test_bad_input_is_refused_with_the_way_out(network):
    field, form = network
    escaping = eqx.tree_at(lambda f: f.cubic, form, jnp.asarray(1.0))
    with pytest.raises(ValueError, match="trial 0 escapes to infinity before t = 2"):
        predict_kernel(escaping, jnp.array([0.5]), GRID.times, GRID.weights)
    bare = normal_form(field, jnp.zeros(8), gradient=False)
    with pytest.raises(ValueError, match="no unfolding gradient"):
        predict_kernel(bare, jnp.array([0.5]), GRID.times, GRID.weights)
    with pytest.raises(ValueError, match="order=3"):
        predict_kernel(form, jnp.array([0.5]), GRID.times, GRID.weights, order=3)
    measured = StateSpaceNTK(linearise(field, jnp.zeros((2, 8)), GRID, names=("weights",)))
    with pytest.raises(ValueError, match=r"\(1, 41, 8, 64\) in the prediction"):
        compare(predict_kernel(form, jnp.array([0.5]), GRID.times, GRID.weights), measured)
