"""At a Hopf bifurcation the kernel has two channels, and the prediction finds both."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN
from bifbridge.landscape import compare, predict_kernel, unfolding_directions
from bifbridge.normal_forms import HopfNormalForm, normal_form
from bifbridge.sntk import StateSpaceNTK, oscillation_split, parameter_split, spectrum
from bifbridge.trajectories import linearise, uniform_grid

UNITS = 6
BASIS = jnp.eye(UNITS) + 0.25 * jr.normal(jr.key(0), (UNITS, UNITS))
RATES = jnp.diag(jnp.array([1.0, 1.0] + [0.3 * (-1) ** i for i in range(UNITS - 2)]))
TURNING = RATES.at[0, 1].set(-2.0).at[1, 0].set(2.0)


def network(growth=0.0):
    return CTRNN(BASIS @ (TURNING + growth * RATES) @ jnp.linalg.inv(BASIS))


def hopf() -> HopfNormalForm:
    found = normal_form(network(), jnp.zeros(UNITS), names=("weights",), kind="hopf")
    assert isinstance(found, HopfNormalForm)
    return found


def kernel(field, horizon, size, form):
    grid = uniform_grid(horizon, 0.1, save_every=4)
    start = 2 * (size * jnp.array([[1.0], [1j], [-0.5]]) * form.right).real
    return start, StateSpaceNTK(linearise(field, start, grid, names=("weights",)))


@pytest.mark.slow
def test_a_network_at_its_hopf_bifurcation_meets_its_rank_two_prediction():
    form, horizons, found = hopf(), np.array([20.0, 40.0, 80.0]), []
    for horizon in horizons:
        start, measured = kernel(network(), horizon, 0.02, form)
        sensitivity = measured.sensitivity
        predicted = predict_kernel(form, start, sensitivity.times, sensitivity.weights)
        found.append(compare(predicted, measured))
        ratio = predicted.eigenvalues.sum() ** 2 / (predicted.eigenvalues**2).sum()
        assert found[-1].participation_ratio == pytest.approx(float(ratio), rel=0.02)
    assert found[-1].participation_ratio == pytest.approx(2, rel=0.05)
    assert found[-1].parameter_direction_cosine > 0.9999
    for name in ("restricted_kernel_error", "critical_restricted_kernel_error"):
        errors = [getattr(agreement, name) for agreement in found]
        slope = np.polyfit(np.log(horizons), np.log(errors), 1)[0]
        assert slope == pytest.approx(-1, abs=0.15)


def test_amplitude_and_phase_share_the_onset_and_phase_takes_the_cycle():
    form = hopf()
    gradients = unfolding_directions(form)
    _, onset = kernel(network(), 40.0, 0.02, form)
    split = oscillation_split(onset, form.right, form.left, form.state)
    assert split.phase_share == pytest.approx(0.5, abs=0.05)
    assert parameter_split(onset, gradients).share > 0.98
    shares = []
    for horizon in (40.0, 80.0):
        _, cycle = kernel(network(growth=0.15), horizon, 0.6, form)
        split = oscillation_split(cycle, form.right, form.left, form.state)
        shares.append(1 - split.phase_share)
        rank = spectrum(cycle).participation_ratio
    # The phase runs away like t: a collapse of the rank without a bifurcation.
    assert rank < 1.2
    assert shares[1] < shares[0] < 0.1
    assert split.phase_growth == pytest.approx(1, abs=0.2)
