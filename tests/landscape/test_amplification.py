"""The laws of amplification, where they meet, and the peak that comes late."""

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.landscape import amplification
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm

GRADIENT = jnp.array([1.0, 2.0])


def form(kind) -> ScalarNormalForm:
    return ScalarNormalForm(
        kind=kind,
        state=jnp.zeros(1),
        eigenvalue=jnp.zeros(()),
        right=jnp.ones(1),
        left=jnp.ones(1),
        quadratic=jnp.asarray(0.0 if kind == "pitchfork" else -0.5),
        cubic=jnp.asarray(-0.5),
        second_order=jnp.zeros(1),
        unfolding_gradient=GRADIENT,
        margin=jnp.asarray(16.0),
    )


def law(kind, horizon, mu, start: complex = 1e-3, normal_form=None):
    times = jnp.linspace(0.0, horizon, 1001)
    gaps = jnp.full(1001, horizon / 1000).at[jnp.array([0, -1])].multiply(0.5)
    chosen = form(kind) if normal_form is None else normal_form
    return amplification(chosen, jnp.array([start]), times, gaps, jnp.asarray(mu, float))


@pytest.mark.parametrize("kind", ["fold", "transcritical", "pitchfork"])
def test_onset_and_stable_side_follow_their_laws(kind):
    onsets = [law(kind, horizon, [0.0], start=1e-5) for horizon in (10.0, 20.0, 40.0)]
    sizes = [float(found.eigenvalue[0]) for found in onsets]
    np.testing.assert_allclose(sizes, [float(found.onset) for found in onsets], rtol=1e-3)
    slope = np.polyfit(np.log([10.0, 20.0, 40.0]), np.log(sizes), 1)[0]
    assert slope == pytest.approx(3, abs=1e-3)
    mu = jnp.array([-0.4, -0.8, -1.6]) * (-1 if kind == "fold" else 1)
    horizon = 800.0 if kind == "fold" else 60.0
    stable = law(kind, horizon, mu)
    np.testing.assert_allclose(stable.eigenvalue, stable.stable_law, rtol=0.02)
    power = np.polyfit(np.log(np.abs(mu)), np.log(stable.eigenvalue), 1)[0]
    assert power == pytest.approx(-1 if kind == "fold" else -3, abs=0.02)


def test_the_laws_meet_at_the_crossover():
    for kind in ("fold", "pitchfork"):
        found = law(kind, 20.0, [0.0])
        side = 1.0 if kind == "fold" else -1.0
        at = law(kind, 20.0, [side * float(found.crossover)])
        np.testing.assert_allclose(at.stable_law[0], at.onset, rtol=1e-6)
        # At the crossover neither law holds, and the kernel lies below both.
        assert 0.1 < float(at.eigenvalue[0] / at.onset) < 1


def test_the_peak_over_mu_is_late_and_where_it_is_predicted():
    mu = jnp.linspace(-0.1, 0.8, 181)
    for start in (1e-2, 1e-3, 1e-4):
        found = law("pitchfork", 40.0, mu, start=start)
        assert found.peak > 0.05
        assert found.peak == pytest.approx(float(found.predicted_peak), rel=0.25)
        assert found.peak == pytest.approx(np.log(1 / start) / 40, rel=0.3)
    table = found.as_dataset()
    assert float(table["peak"]) == found.as_dict()["peak"]
    assert table["stable_law"].dims == ("mu",)


def test_the_channel_of_a_hopf_bifurcation_has_twice_the_square_of_its_amplitude():
    q = jnp.array([1.0, -1j]) / jnp.sqrt(2)
    hopf = HopfNormalForm(
        state=jnp.zeros(2),
        frequency=jnp.asarray(3.0),
        eigenvalue=jnp.asarray(3j),
        right=q,
        left=q,
        cubic=jnp.asarray(-0.5 + 0.2j),
        unfolding_gradient=GRADIENT,
        frequency_gradient=jnp.array([0.0, 1.0]),
        margin=jnp.asarray(16.0),
    )
    found = law("hopf", 20.0, [0.0, -0.8], start=1e-4 + 0j, normal_form=hopf)
    assert float(found.eigenvalue[0]) == pytest.approx(float(found.onset), rel=1e-3)
    assert float(found.eigenvalue[1]) == pytest.approx(float(found.stable_law[1]), rel=0.02)
