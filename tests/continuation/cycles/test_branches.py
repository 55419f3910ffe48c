"""Branches of cycles with closed forms: every bifurcation found, located and rightly named."""

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine.cycles import (
    CycleEngine,
    continue_cycles,
    start_from_branch_point,
    start_from_cycle,
    start_from_period_doubling,
)
from tests import helpers
from tests.continuation.cycles import systems
from tests.reference.systems import recorded

SPAN = (-0.5, 0.5)


@pytest.fixture(scope="module")
def stuart_landau():
    start = systems.hopf_start(helpers.stuart_landau, [0.0, 0.0], 0.0, 2.0, intervals=40)
    return continue_cycles(start, (-1.0, 1.0))


@pytest.fixture(scope="module")
def mobius():
    return continue_cycles(systems.circle(systems.mobius, -0.5, height=0.0), SPAN)


@pytest.fixture(scope="module")
def torus():
    return continue_cycles(systems.circle(systems.torus, -0.5, height=0.0), SPAN)


@pytest.fixture(scope="module")
def pitchfork():
    return continue_cycles(systems.circle(systems.pitchfork_of_cycles, -0.5, height=0.0), SPAN)


@pytest.fixture(scope="module")
def fold():
    start = systems.circle(
        systems.fold_of_cycles, -0.1, radius=np.sqrt(0.5 + np.sqrt(0.15)), period=5.0
    )
    return continue_cycles(start, SPAN)


def kinds(branch):
    return [point.kind for point in branch.special_points]


def test_stuart_landau_is_its_closed_form(stuart_landau):
    branch, r = stuart_landau, stuart_landau.parameters
    period = 2 * np.pi / (2 + 0.7 * r / 1.5)
    assert branch.status == Status.SPAN_END
    assert r[-1] == 1.0
    np.testing.assert_allclose(branch.periods, period, rtol=1e-12)
    np.testing.assert_allclose(branch.multipliers[:, 0], np.exp(-2 * r * period), atol=1e-12)
    np.testing.assert_allclose(branch.maxima, np.sqrt(r / 1.5)[:, None] * [1, 1], atol=1e-11)
    np.testing.assert_allclose(branch.minima, -branch.maxima, atol=1e-11)
    np.testing.assert_allclose(branch.trivial, 1, atol=1e-12)
    assert np.all(branch.stable)


def test_the_first_cycle_is_where_the_hopf_normal_form_says():
    start = systems.hopf_start(helpers.brusselator, [1.5, 3.25 / 1.5], 3.25, 1.5, amplitude=0.01)
    branch = continue_cycles(start, (1.0, 3.26))
    # −Re c₁ ε²/Re λ' = (17/44) 1e-4/(1/2), to relative O(ε²).
    assert branch.parameters[0] - 3.25 == pytest.approx(17 / 22 * 1e-4, rel=1e-3)
    assert branch.periods[0] == pytest.approx(start.guess.scalars[0], rel=1e-7)


def test_stuart_landau_agrees_with_the_recorded_branch(stuart_landau):
    rows = recorded()["stuart_landau"]["periodic_orbits"]["rows"]
    last, ours = rows[-1], stuart_landau.cycle(-1)
    assert ours.parameter == last["param"]
    assert ours.period == pytest.approx(last["period"], abs=1e-12)
    # The recorded extremes are read off a grid of 200 points per interval.
    np.testing.assert_allclose(ours.maximum, last["max"], atol=1e-7)
    assert ours.multipliers[0].real == pytest.approx(last["floquet_multipliers"][1][0], abs=1e-12)


def test_brusselator_agrees_with_the_recorded_branch():
    start = systems.hopf_start(
        helpers.brusselator, [1.5, 3.25 / 1.5], 3.25, 1.5, intervals=60, degree=5
    )
    branch = continue_cycles(start, (1.0, 5.0))
    last = recorded()["brusselator"]["periodic_orbits"]["rows"][-1]
    cycle = branch.cycle(-1)
    assert cycle.parameter == last["param"]
    # The recorded mesh has a trivial multiplier off by 4e-9, ours by less than 1e-10.
    assert cycle.period == pytest.approx(last["period"], abs=1e-8)
    assert abs(cycle.trivial - 1) < 1e-10
    np.testing.assert_allclose(cycle.maximum, last["max"], atol=1e-6)
    np.testing.assert_allclose(cycle.minimum, last["min"], atol=2e-6)


def test_van_der_pol_grows_like_the_square_root():
    start = systems.hopf_start(systems.van_der_pol, [0.0, 0.0], 0.0, 1.0, amplitude=1e-3)
    branch = continue_cycles(start, (-1.0, 0.05), CycleEngine(step=0.02))
    p = branch.parameters
    np.testing.assert_allclose(branch.maxima[:, 0], 2 * np.sqrt(p), rtol=2e-5)
    far = p > 0.01
    growth = (branch.periods / (2 * np.pi) - 1)[far] / p[far] ** 2
    np.testing.assert_allclose(growth, 1 / 16, rtol=5e-3)


def test_a_period_doubling_with_its_doubled_branch(mobius):
    (point,) = mobius.special_points
    assert point.kind == "period_doubling"
    assert abs(point.parameter) < 1e-12
    assert point.period == pytest.approx(2 * np.pi, abs=1e-9)
    assert point.normal_form.coefficient.real == pytest.approx(-1, abs=1e-9)
    assert point.normal_form.criticality == "supercritical"
    assert repr(mobius.balance) == "unstable 0 → 1, 1 crossings located"
    doubled = continue_cycles(start_from_period_doubling(systems.mobius, point), SPAN)
    assert doubled.parameters[-1] == 0.5
    np.testing.assert_allclose(doubled.periods, 4 * np.pi, rtol=1e-10)
    np.testing.assert_allclose(doubled.maxima[:, 0], 1 + np.sqrt(doubled.parameters), atol=1e-8)
    # ξ = √p has ξ̇' = −2p over twice the period.
    expected = np.exp(-8 * np.pi * doubled.parameters)
    np.testing.assert_allclose(doubled.multipliers[:, 0], expected, atol=1e-9)


def test_multipliers_of_the_moebius_cycle(mobius):
    p = mobius.parameters
    sizes = np.sort(np.stack([-np.exp(2 * np.pi * p), np.full_like(p, -np.exp(-2 * np.pi))]), 0)
    np.testing.assert_allclose(np.sort(mobius.multipliers.real, 1), sizes.T, rtol=5e-9)


def test_a_neimark_sacker_point_with_its_coefficient(torus):
    (point,) = torus.special_points
    assert point.kind == "neimark_sacker"
    assert abs(point.parameter) < 1e-12
    assert point.jump == 2
    assert point.normal_form.angle == pytest.approx(2 * np.pi * 0.3, abs=1e-9)
    assert point.normal_form.coefficient == pytest.approx(-2 + 0.76j, abs=1e-8)


def test_a_pitchfork_of_cycles_and_both_arms(pitchfork):
    (point,) = pitchfork.special_points
    assert point.kind == "branch_point_of_cycles"
    assert point.converged
    assert abs(point.parameter) < 1e-11
    for amplitude in (0.05, -0.05):
        start = start_from_branch_point(systems.pitchfork_of_cycles, point, amplitude=amplitude)
        arm = continue_cycles(start, SPAN)
        assert arm.parameters[-1] == 0.5
        height = np.abs(arm.maxima[:, 2])
        np.testing.assert_allclose(height, np.sqrt(arm.parameters), atol=1e-9)
        assert np.all(arm.stable)


def test_a_pitchfork_of_cycles_met_from_its_arm_is_no_fold():
    start = systems.circle(systems.pitchfork_of_cycles, 0.4, height=np.sqrt(0.4))
    branch = continue_cycles(start, SPAN)
    assert kinds(branch) == ["branch_point_of_cycles"]
    assert abs(branch.special_points[0].parameter) < 1e-9
    assert branch.special_points[0].jump == 0
    assert branch.balance.complete


def test_a_fold_of_cycles_and_the_hopf_point_at_the_branchs_end(fold):
    (point,) = fold.special_points
    assert point.kind == "cycle_fold"
    assert point.parameter == pytest.approx(-0.25, abs=1e-11)
    assert point.period == pytest.approx(2 * np.pi / 1.15, abs=1e-9)
    np.testing.assert_allclose(point.cycle.maximum, np.sqrt(0.5), atol=1e-8)
    assert abs(point.normal_form.coefficient.real) == pytest.approx(np.sqrt(2), abs=1e-7)
    assert set(fold.ends) == {Status.HOPF, Status.SPAN_END}
    assert np.min(fold.amplitudes) < 0.02


def test_the_way_back_finds_the_same_points(fold):
    cycle = fold.cycle(-1 if fold.parameters[-1] == 0.5 else 0)
    back = continue_cycles(start_from_cycle(systems.fold_of_cycles, cycle), SPAN)
    assert kinds(back) == ["cycle_fold"]
    assert back.special_points[0].parameter == pytest.approx(-0.25, abs=1e-11)
    assert back.balance.complete


def test_a_branch_reads_and_converts(mobius):
    text = repr(mobius)
    assert "Branch of" in text
    assert "supercritical period_doubling: dξ/dτ = -1 ξ³ at p = " in text
    data = mobius.to_xarray()
    assert data.sizes["point"] == len(mobius)
    assert list(data.special_kind.values) == ["period_doubling"]
    np.testing.assert_array_equal(data.maxima, mobius.maxima)
    assert data.attrs["status"] == "SPAN_END"


def test_a_cycle_can_be_evaluated_anywhere(mobius):
    cycle = mobius.cycle(3)
    phases = np.linspace(-0.3, 1.7, 41)
    states = cycle(phases)
    np.testing.assert_allclose(np.hypot(states[:, 0], states[:, 1]), 1, atol=1e-8)
    np.testing.assert_allclose(cycle(0.25), cycle(1.25), atol=1e-12)


def test_a_start_that_is_no_cycle_is_said_to_be_none():
    def decay(z, p):
        return jnp.array([-z[0], -2 * z[1] + p])

    branch = continue_cycles(systems.circle(decay, 0.0), SPAN)
    assert not branch.status.ok
    assert len(branch) == 0
    assert branch.status.sentence in repr(branch)


def test_a_field_that_fails_half_way_keeps_what_was_reached():
    def fails(z, p):
        x, y = z
        growth = 1 - x * x - y * y + 0.0 * jnp.sqrt(0.2 - p)
        return jnp.array([growth * x - y, growth * y + x])

    branch = continue_cycles(systems.circle(fails, -0.5), SPAN)
    assert branch.ends[-1] == Status.NOT_FINITE
    assert len(branch) > 1
    assert np.all(np.isfinite(branch.nodes))
    assert 0.1 < branch.parameters[-1] <= 0.2


def test_an_empty_span_is_refused():
    start = systems.circle(systems.fold_of_cycles, -0.1)
    with pytest.raises(ValueError, match="expected lower < upper"):
        continue_cycles(start, (1.0, 1.0))
