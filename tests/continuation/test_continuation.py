"""Branches of equilibria: every bifurcation found, located to rounding, rightly named."""

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import ContinuationProblem, JaxEngine, LeafFamily, Status, continuation
from bifbridge.normal_forms import ScalarNormalForm
from tests import helpers


def follow(family, state, span, start=None, **options):
    problem = ContinuationProblem(family, state, span=span, parameter=start)
    return continuation(problem, JaxEngine(**options))


def kinds(branch):
    return [point.kind for point in branch.special_points]


def scalar_form(point):
    assert isinstance(point.normal_form, ScalarNormalForm)
    return point.normal_form


def parameters(branch):
    return np.array([point.parameter for point in branch.special_points])


@pytest.mark.parametrize(
    ("family", "state", "start", "kind"),
    [
        (helpers.fold, [1.0], 1.0, "fold"),
        (helpers.transcritical, [0.0], -1.0, "transcritical"),
        (helpers.pitchfork, [0.0], -1.0, "pitchfork"),
        (helpers.stuart_landau, [0.0, 0.0], -1.0, "hopf"),
    ],
)
def test_textbook_bifurcations_are_at_zero(family, state, start, kind):
    branch = follow(family, state, (-1.0, 1.0), start)
    assert branch.status == Status.SPAN_END
    assert kinds(branch) == [kind]
    assert abs(parameters(branch)[0]) < 1e-13
    assert branch.special_points[0].converged
    assert branch.balance.complete


def test_wilson_cowan_has_all_four_points_within_a_step_of_each_other():
    branch = follow(helpers.wilson_cowan, [0.05, 0.05], (-1.0, 4.0))
    assert kinds(branch) == [kind for kind, _ in helpers.WILSON_COWAN]
    np.testing.assert_allclose(parameters(branch), [p for _, p in helpers.WILSON_COWAN], atol=1e-9)
    assert branch.balance.complete


@pytest.mark.parametrize("step", [0.01, 0.02, 0.03, 0.05])
def test_no_step_length_invents_points_where_the_branch_bends(step):
    """A step that ends past a fold, its tangent far from its chord, is too long."""
    problem = ContinuationProblem(helpers.wilson_cowan, [0.0, 0.0], span=(-1.0, 4.0))
    branch = continuation(problem, JaxEngine(step=step))
    assert kinds(branch) == [kind for kind, _ in helpers.WILSON_COWAN]
    assert all(point.converged for point in branch.special_points)


@pytest.mark.parametrize("n", [32, 64])
def test_every_pitchfork_of_a_symmetric_network(n):
    known = helpers.symmetric_network(n)
    branch = follow(LeafFamily(known.field, "gain"), jnp.zeros(n), (0.0, 2.0))
    assert kinds(branch) == ["pitchfork"] * known.gains.size
    np.testing.assert_allclose(parameters(branch), known.gains, atol=1e-13)
    cubics = [float(scalar_form(point).cubic) for point in branch.special_points]
    np.testing.assert_allclose(cubics, known.cubics, atol=1e-12)
    count = known.gains.size
    assert repr(branch.balance) == f"unstable 0 → {count}, {count} crossings located"


def test_a_pitchfork_met_from_its_side_branch_is_a_pitchfork():
    branch = follow(helpers.pitchfork, [1.0], (-1.0, 1.0), 1.0)
    assert kinds(branch) == ["pitchfork"]
    assert branch.special_points[0].jump == 0
    assert float(scalar_form(branch.special_points[0]).cubic) == pytest.approx(-1)


def test_landing_exactly_on_a_branch_point_is_no_accident():
    branch = follow(helpers.pitchfork, [0.0], (-1.0, 1.0), step=0.25, max_step=0.25)
    assert np.any(branch.parameters == 0.0)
    assert kinds(branch) == ["pitchfork"]
    assert np.all(np.isfinite(branch.tangents))


def test_two_folds_closer_than_a_step_stay_two():
    branch = follow(helpers.hysteresis, [-1.0], (-1.0, 1.0), max_step=0.05, step=0.02)
    assert kinds(branch) == ["fold", "fold"]
    root = np.sqrt(1e-4 / 3)
    states = [float(point.state[0]) for point in branch.special_points]
    np.testing.assert_allclose(states, [-root, root], atol=1e-10)
    assert np.min(np.diff(branch.states[:, 0])) > 0.0116 / 2


def test_both_directions_make_one_branch_in_order():
    branch = follow(helpers.pitchfork, [0.0], (-1.0, 1.0), -0.5)
    assert branch.parameters[0] == -1.0
    assert branch.parameters[-1] == 1.0
    assert np.all(np.diff(branch.parameters) > 0)
    (point,) = branch.special_points
    assert branch.parameters[point.index] < 0 <= branch.parameters[point.index + 1]
    assert point.jump == 1
