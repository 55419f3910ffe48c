"""A collapse of the rank on an oscillator or at a separatrix is not called a bifurcation."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import pytest
from jaxtyping import Array, Float

from bifbridge.fields import CTRNN
from bifbridge.landscape import channels, explain_collapse, predict_kernel, validity
from bifbridge.normal_forms import FieldVelocity, NormalForm, normal_form
from bifbridge.sntk import StateSpaceNTK, spectrum
from bifbridge.trajectories import Trials, uniform_grid

UNITS, NAMES = 4, ("weights",)
BASIS = jnp.eye(UNITS) + 0.2 * jr.normal(jr.key(0), (UNITS, UNITS))
GRID = uniform_grid(30.0, 0.2, save_every=3)


def network(core):
    return CTRNN(BASIS @ core @ jnp.linalg.inv(BASIS))


def steady(*values):
    return network(jnp.diag(jnp.array(values)))


def turning(growth):
    core = jnp.diag(jnp.array([1.0 + growth, 1.0 + growth, 0.3, -0.2]))
    return network(core.at[0, 1].set(-2.0).at[1, 0].set(2.0))


CRITICAL = steady(1.0, 0.3, -0.2, 0.1)


@pytest.fixture(scope="module")
def pitchfork() -> NormalForm:
    return normal_form(CRITICAL, jnp.zeros(UNITS), names=NAMES)


@pytest.fixture(scope="module")
def hopf() -> NormalForm:
    return normal_form(turning(0.0), jnp.zeros(UNITS), names=NAMES, kind="hopf")


def kernel(field, starts):
    trials = Trials(starts, GRID)
    return trials, StateSpaceNTK(field, trials, parameters=NAMES).materialise()


def test_a_pitchfork_is_a_bifurcation_and_its_channels_are_reported(pitchfork):
    starts = 0.05 * jnp.array([[1.0], [-0.6], [0.3]]) * pitchfork.right
    trials, ntk = kernel(CRITICAL, starts)
    found = explain_collapse(CRITICAL, trials, ntk, pitchfork)
    assert found.verdict == "bifurcation"
    assert found.is_bifurcation
    assert found.direction_cosine > 0.99
    assert "bifurcation: participation ratio 1." in repr(found)
    report = channels(CRITICAL, pitchfork, ntk, names=NAMES)
    assert report.carrier == "slope"
    assert "as at a pitchfork" in report.statement
    assert report.as_dict()["parameter_share"] > 0.95
    assert report.condition.holds
    assert "Channels at a pitchfork (rank 1)" in repr(report)
    # Without a normal form nothing is called a bifurcation.
    assert explain_collapse(CRITICAL, trials, ntk).verdict == "unexplained"


def test_an_oscillators_phase_is_no_bifurcation(hopf):
    field = turning(0.15)
    starts = 2 * (0.5 * jnp.array([[1.0], [1j], [-0.5]]) * hopf.right).real
    trials, ntk = kernel(field, starts)
    assert spectrum(ntk).participation_ratio < 1.5
    found = explain_collapse(field, trials, ntk, hopf)
    assert found.verdict == "oscillator"
    assert not found.is_bifurcation
    assert "the phase of an oscillation" in repr(found)
    # Nor is it one for someone who does not know of the Hopf bifurcation.
    assert explain_collapse(field, trials, ntk).verdict == "oscillator"


def test_the_onset_of_the_oscillation_itself_is_one(hopf):
    field = turning(0.0)
    starts = 2 * (0.02 * jnp.array([[1.0], [1j], [-0.5]]) * hopf.right).real
    trials, ntk = kernel(field, starts)
    found = explain_collapse(field, trials, ntk, hopf)
    assert found.expected_rank == 2
    assert found.verdict == "bifurcation"
    report = channels(field, hopf, ntk, names=NAMES)
    assert report.statement.startswith("rank two")
    assert report.oscillation is not None
    assert report.oscillation.phase_share == pytest.approx(0.5, abs=0.1)


def test_a_separatrix_is_no_bifurcation(pitchfork):
    """Past the pitchfork: one trial starts on the stable manifold of the saddle at the origin."""
    field = steady(1.6, 0.3, -0.2, 0.1)
    right = normal_form(field, jnp.zeros(UNITS), names=NAMES, kind="pitchfork", gradient=False)
    inside = BASIS[:, 1:] @ jnp.array([1.2, -0.8, 0.5])
    inside = inside - right.right * (right.left @ inside)
    starts = jnp.stack([inside, inside + 0.8 * right.right, inside - 0.9 * right.right])
    trials, ntk = kernel(field, starts)
    found = explain_collapse(field, trials, ntk, pitchfork)
    assert found.participation_ratio < 2
    assert found.verdict == "separatrix"
    assert not found.is_bifurcation
    assert found.ruling_trial == 0
    assert found.trial_participation < 1.2
    assert found.separation > 100
    assert "it passes a saddle" in repr(found)


def test_a_kernel_that_has_not_collapsed_is_said_to_be_so(pitchfork):
    field = steady(0.2, 0.3, -0.2, 0.1)
    trials, ntk = kernel(field, jr.normal(jr.key(3), (3, UNITS)))
    found = explain_collapse(field, trials, ntk, pitchfork)
    assert found.verdict == "no collapse"
    with pytest.raises(ValueError, match=r"observed\(None\)"):
        explain_collapse(field, trials, ntk.observed(jnp.ones((1, UNITS))), pitchfork)


def test_validity_announces_what_a_prediction_leaves_out(pitchfork):
    starts = 0.05 * jnp.array([[1.0], [-0.6]]) * pitchfork.right
    times, weights = GRID.times, GRID.weights
    predicted = predict_kernel(pitchfork, starts, times, weights)
    near = validity(predicted, CRITICAL, starts, names=NAMES)
    assert near.holds
    assert near.next_order < 0.1
    assert near.curvature < 1e-10  # an odd field has a flat manifold to second order
    assert near.reach == float("inf")
    assert "valid to 0.1" in repr(near)
    assert "rank 1" in repr(predicted)
    crowded = steady(1.0, 0.97, -0.2, 0.1)
    assert not validity(predicted, crowded, starts, names=NAMES).holds
    with pytest.raises(ValueError, match="both field and initial_states"):
        validity(predicted, CRITICAL)


class BentFold(eqx.Module):
    """ẋ = m − x²/2 + x³/4, ẏ = x² − y: h₂ = (0, 2) and |c₃/b₂| > 0."""

    m: Float[Array, ""]

    def __call__(self, t, z, u):
        x, y = z
        return jnp.stack([self.m - x**2 / 2 + x**3 / 4, x**2 - y])


def test_the_reach_of_a_fold_is_where_its_manifold_bends():
    velocity = FieldVelocity(BentFold(jnp.zeros(())))
    form = normal_form(velocity, jnp.zeros(2))
    assert form.kind == "fold"
    times = jnp.linspace(0.0, 5.0, 51)
    predicted = predict_kernel(form, jnp.array([0.01]), times, jnp.full(51, 0.1))
    found = validity(predicted, tolerance=0.1)
    # a|h₂| = 2a is the larger of the two, so a = 0.05 and |μ| = a²|b₂|.
    assert found.reach == pytest.approx(0.05**2 / 2)
    assert found.coefficient == pytest.approx(0.01 * 0.5, rel=0.05)
    assert 0 < found.curvature < 0.02


def test_a_form_that_was_not_taken_at_a_bifurcation_is_refused():
    off = normal_form(steady(0.5, 0.3, -0.2, 0.1), jnp.zeros(UNITS), names=NAMES)
    with pytest.raises(ValueError, match=r"taken at Re λ = -0\."):
        predict_kernel(off, jnp.array([0.1]), GRID.times, GRID.weights)
