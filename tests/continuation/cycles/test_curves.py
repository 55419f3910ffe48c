"""Curves of cycle bifurcations against closed forms; files; going on from a saved curve."""

import equinox as eqx
import jax.tree_util as jtu
import numpy as np
import pytest

import bifbridge as bb
from bifbridge.continuation import (
    CycleEngine,
    Status,
    continue_cycles,
    cycle_bifurcation_curve,
    start_from_orbit,
)
from bifbridge.errors import FileFormatError
from tests.continuation.cycles import planes

ENGINE = CycleEngine(step=0.1, max_step=0.3)
TURN = np.linspace(0, 1, 401)
CIRCLE = np.stack([np.cos(2 * np.pi * TURN), np.sin(2 * np.pi * TURN)], -1)


def orbit(plane, q, p, xi=0.0, more=()):
    """A circle of radius 1 + ξ at height zero, and further constant coordinates."""
    states = np.concatenate([(1 + xi) * CIRCLE, np.full((401, 1), 0.0)], 1)
    states = np.concatenate([states, np.tile(np.asarray(more, float), (401, 1))], 1)
    family = planes.at_second(plane, q)
    return start_from_orbit(family, p, 2 * np.pi * TURN, states, intervals=16)


def branch(plane, q, p, span, **options):
    return continue_cycles(orbit(plane, q, p, **options), span, ENGINE)


def only(result, kind):
    (point,) = [point for point in result.special_points if point.kind == kind]
    return point


def along(plane, point, spans, q=None, **options):
    return cycle_bifurcation_curve(plane, point, q, spans=spans, engine=ENGINE, **options)


def kinds(curve):
    return [point.kind for point in curve.special_points]


def assert_same(a, b):
    assert jtu.tree_structure(a) == jtu.tree_structure(b)
    for x, y in zip(jtu.tree_leaves(a), jtu.tree_leaves(b), strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.fixture(scope="module")
def cusp_branch():
    return branch(planes.CUSP, 0.3, -0.2, (-0.3, 0.3), xi=-0.8)


@pytest.fixture(scope="module")
def cusp_curve(cusp_branch):
    spans = ((-0.3, 0.3), (-0.1, 0.4))
    return along(planes.CUSP, cusp_branch.special_points[0], spans, 0.3)


@pytest.fixture(scope="module")
def doublings():
    followed = branch(planes.DOUBLE_MINUS_ONE, -0.5, -0.2, (-0.3, 0.3))
    point = only(followed, "period_doubling")
    return along(planes.DOUBLE_MINUS_ONE, point, ((-0.1, 0.1), (-0.6, 0.3)), -0.5)


def test_a_curve_of_folds_turns_at_a_cusp(cusp_curve):
    p, q = cusp_curve.parameters.T
    np.testing.assert_allclose(27 * p**2, 4 * q**3, atol=1e-12)
    assert cusp_curve.status == Status.SPAN_END
    assert q[0] == q[-1] == pytest.approx(0.4)
    assert kinds(cusp_curve) == ["cusp_of_cycles"]
    (point,) = cusp_curve.special_points
    assert point.converged
    np.testing.assert_allclose(point.parameters, 0, atol=1e-10)
    np.testing.assert_allclose(cusp_curve.periods, 2 * np.pi, rtol=1e-9)
    assert cusp_curve.unresolved == 0
    assert "cycle folds" in repr(cusp_curve)
    assert "cusp_of_cycles at (p, q) = " in repr(cusp_curve)


def test_a_double_multiplier_one_is_met_from_both_of_its_curves():
    followed = branch(planes.DOUBLE_ONE, 0.2, -0.05, (-0.08, 0.02), xi=-np.sqrt(0.05))
    folds = along(planes.DOUBLE_ONE, only(followed, "cycle_fold"), ((-0.1, 0.1), (-0.3, 0.3)), 0.2)
    np.testing.assert_allclose(folds.parameters[:, 0], 0, atol=1e-12)
    resonance = only(folds, "resonance_1_1")
    np.testing.assert_allclose(resonance.parameters, 0, atol=1e-9)
    spans = ((-0.01, 0.05), (-0.05, 0.08))
    tori = along(planes.DOUBLE_ONE, resonance, spans, kind="neimark_sacker")
    p, q = tori.parameters.T
    np.testing.assert_allclose(p, -(q**2), atol=1e-11)
    # Real multipliers e^{±2π√(−2q)} beyond the resonance.
    cosine = np.real(np.cos(2 * np.pi * np.sqrt(2 * q + 0j)))
    np.testing.assert_allclose(tori.tests["cosine"], cosine, rtol=1e-7, atol=1e-8)
    np.testing.assert_array_equal(tori.neutral[np.abs(q) > 1e-6], (q < 0)[np.abs(q) > 1e-6])
    assert set(kinds(tori)) >= {"resonance_1_1", "resonance_1_3", "resonance_1_4"}
    assert only(tori, "resonance_1_4").second_parameter == pytest.approx(1 / 32, abs=1e-9)
    assert only(tori, "resonance_1_3").second_parameter == pytest.approx(1 / 18, abs=1e-9)


def test_a_double_multiplier_minus_one_is_met_from_both_of_its_curves(doublings):
    np.testing.assert_allclose(doublings.parameters[:, 0], 0, atol=1e-8)
    assert kinds(doublings) == ["resonance_1_2"]
    resonance = doublings.special_points[0]
    assert resonance.second_parameter == pytest.approx(0, abs=1e-8)
    spans = ((-0.04, 0.02), (-0.6, 0.3))
    tori = along(planes.DOUBLE_MINUS_ONE, resonance, spans, kind="neimark_sacker")
    p, q = tori.parameters.T
    np.testing.assert_allclose(q, 0, atol=1e-9)
    cosine = -np.real(np.cos(2 * np.pi * np.sqrt(-p + 0j)))
    np.testing.assert_allclose(tori.tests["cosine"], cosine, atol=1e-6)
    assert np.any(tori.neutral)
    assert not np.all(tori.neutral)
    np.testing.assert_array_equal(np.isnan(tori.angles), tori.neutral)
    assert "neutral saddles" in repr(tori)
    assert only(tori, "resonance_1_2").parameter == pytest.approx(0, abs=1e-8)


def test_the_coefficient_of_a_period_doubling_changes_sign():
    followed = branch(planes.QUINTIC, -0.5, -0.2, (-0.3, 0.3))
    point = only(followed, "period_doubling")
    curve = along(planes.QUINTIC, point, ((-0.1, 0.1), (-0.6, 0.4)), -0.5)
    p, q = curve.parameters.T
    np.testing.assert_allclose(p, 0, atol=1e-8)
    np.testing.assert_allclose(curve.tests["coefficient"], q, atol=1e-7)
    assert kinds(curve) == ["generalised_period_doubling"]
    assert curve.special_points[0].second_parameter == pytest.approx(0, abs=1e-8)


def test_strong_resonances_and_a_chenciner_point_on_a_neimark_sacker_curve():
    followed = branch(planes.TORUS, 0.15, -0.2, (-0.3, 0.3))
    point = only(followed, "neimark_sacker")
    curve = along(planes.TORUS, point, ((-0.1, 0.5), (0.1, 0.45)), 0.15)
    p, q = curve.parameters.T
    np.testing.assert_allclose(p, q**2, atol=1e-8)
    np.testing.assert_allclose(curve.angles, 2 * np.pi * q, rtol=1e-7)
    np.testing.assert_allclose(curve.tests["coefficient"], 2 * (q - 0.2), atol=1e-6)
    assert kinds(curve) == ["chenciner", "resonance_1_4", "resonance_1_3"]
    found = [point.parameters[1] for point in curve.special_points]
    np.testing.assert_allclose(found, [0.2, 1 / 4, 1 / 3], atol=1e-7)
    assert curve.unresolved == 0


@pytest.mark.slow
def test_a_fold_flip_point_is_met_from_both_of_its_curves():
    plane = planes.FoldFlip(planes.QUINTIC)
    followed = branch(plane, -0.3, -0.04, (-0.1, 0.1), more=(-0.2,))
    folds = along(plane, only(followed, "cycle_fold"), ((-0.1, 0.1), (-0.4, 0.2)), -0.3)
    np.testing.assert_allclose(folds.parameters[:, 0], 0, atol=1e-12)
    assert kinds(folds) == ["fold_flip"]
    point = folds.special_points[0]
    np.testing.assert_allclose(point.parameters, 0, atol=1e-8)
    assert folds.unresolved == 0
    flips = along(plane, point, ((-0.1, 0.1), (-0.2, 0.2)), kind="period_doubling")
    np.testing.assert_allclose(flips.parameters[:, 1], 0, atol=1e-8)
    assert "fold_flip" in kinds(flips)


@pytest.mark.slow
def test_the_place_of_a_fold_converges_at_least_like_the_fourth_power_of_the_mesh_width():
    errors = []
    for intervals in (12, 24):
        radius = np.sqrt(0.5 + np.sqrt(0.15))
        phase = 2 * np.arctan(2 * np.tan(np.pi * (TURN - 0.5)))
        states = radius * np.stack([np.cos(phase), np.sin(phase)], -1)
        start = start_from_orbit(
            lambda z, p: planes.uneven(z, p, 1.0), -0.1, 2.5 * np.pi * TURN, states,
            intervals=intervals, degree=2,
        )  # fmt: skip
        engine = CycleEngine(step=0.2, max_step=0.4, adapt=np.inf)
        point = continue_cycles(start, (-0.4, 0.0), engine).special_points[0]
        engine = CycleEngine(step=0.2, max_step=0.4, adapt=np.inf, max_points=2, directions="down")
        curve = cycle_bifurcation_curve(
            planes.uneven, point, 1.0, spans=((-1, 1), (0.5, 1.5)), engine=engine
        )
        p, q = curve.parameters[-1]
        assert q < 0.95
        errors.append([abs(p + q**2 / 4), abs(curve.periods[-1] - 2.5 * np.pi)])
    orders = np.log2(np.array(errors[0]) / np.array(errors[1]))
    # Symmetry makes the parameter better than its order.
    assert orders[0] > 3.8
    assert orders[1] == pytest.approx(4, abs=0.2)


def test_files_hold_branches_and_curves_exactly(cusp_branch, cusp_curve, tmp_path):
    assert_same(bb.load(cusp_branch.save(tmp_path / "cycles.nc")), cusp_branch)
    assert_same(bb.load(cusp_curve.save(tmp_path / "curve.nc")), cusp_curve)


def test_foreign_and_truncated_files_are_refused(cusp_branch, tmp_path):
    path = tmp_path / "cycles.nc"
    cusp_branch.save(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(FileFormatError, match=r"cycles\.nc: not a readable"):
        bb.load(path)
    with pytest.raises(FileFormatError):
        bb.load(tmp_path / "missing.nc")


def test_tables_have_a_row_for_each_point(cusp_branch, cusp_curve):
    table = cusp_branch.to_dataframe()
    assert len(table) == len(cusp_branch)
    assert list(table["special"][table["special"] != ""]) == ["cycle_fold", "cycle_fold"]
    np.testing.assert_array_equal(table["period"], cusp_branch.periods)
    table = cusp_curve.to_dataframe()
    np.testing.assert_array_equal(table["q"], cusp_curve.parameters[:, 1])
    assert "cusp_of_cycles" in set(table["special"])


def test_a_branch_is_resumed_from_its_last_cycle(cusp_branch):
    family = planes.at_second(planes.CUSP, 0.3)
    engine = CycleEngine(step=0.1, max_step=0.3, directions="up")
    first = continue_cycles(orbit(planes.CUSP, 0.3, -0.2, xi=-0.8), (-0.3, 0.0), engine)
    assert first.status == Status.SPAN_END
    assert len(first) < len(cusp_branch)
    whole = first.resume(family, (-0.3, 0.3), ENGINE)
    np.testing.assert_array_equal(whole.parameters[: len(first)], first.parameters)
    assert whole.parameters[-1] == 0.3
    assert kinds(whole) == ["cycle_fold", "cycle_fold"]
    assert whole.balance.complete
    with pytest.raises(ValueError, match="at least 2"):
        continue_cycles(orbit(planes.CUSP, 0.3, -0.2, 5.0), (-0.3, 0.3)).resume(family, (0, 1))


def test_a_curve_is_resumed_from_its_last_point(cusp_branch, cusp_curve):
    engine = CycleEngine(step=0.1, max_step=0.3, max_points=4, directions="down")
    point = cusp_branch.special_points[0]
    spans = ((-0.3, 0.3), (-0.1, 0.4))
    part = cycle_bifurcation_curve(planes.CUSP, point, 0.3, spans=spans, engine=engine)
    assert part.status == Status.POINT_LIMIT
    whole = part.resume(planes.CUSP, spans, ENGINE)
    p, q = whole.parameters.T
    np.testing.assert_allclose(27 * p**2, 4 * q**3, atol=1e-12)
    np.testing.assert_array_equal(whole.parameters[: len(part)], part.parameters)
    assert kinds(whole) == ["cusp_of_cycles"]
    assert whole.status == Status.SPAN_END
    assert q[-1] == pytest.approx(0.4)


def test_points_that_span_no_curve_are_refused(cusp_branch, cusp_curve):
    spans = ((-0.3, 0.3), (-0.1, 0.4))
    point = cusp_branch.special_points[0]
    with pytest.raises(ValueError, match="give second="):
        cycle_bifurcation_curve(planes.CUSP, point, spans=spans)
    with pytest.raises(ValueError, match="widen the span"):
        cycle_bifurcation_curve(planes.CUSP, point, 0.9, spans=spans)
    with pytest.raises(ValueError, match="give kind="):
        cycle_bifurcation_curve(planes.CUSP, cusp_curve.special_points[0], spans=spans)


def test_a_start_that_is_no_bifurcation_leads_to_one_or_to_nothing(cusp_branch):
    point = eqx.tree_at(lambda p: p.cycle, cusp_branch.special_points[0], cusp_branch.cycle(0))
    curve = along(planes.CUSP, point, ((-0.3, 0.3), (-0.1, 0.4)), 0.3)
    p, q = curve.parameters.T
    np.testing.assert_allclose(27 * p**2, 4 * q**3, atol=1e-12)
    assert len(curve) > 0 or not curve.status.ok
    assert curve.status.sentence in repr(curve)
