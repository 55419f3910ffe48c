"""What goes wrong is said, and what was reached is kept."""

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import (
    ContinuationProblem,
    JaxEngine,
    LeafFamily,
    Status,
    continuation,
    track_equilibria,
)
from bifbridge.fields import CTRNN
from tests import helpers


def follow(family, state, span, start=None, **options):
    problem = ContinuationProblem(family, state, span=span, parameter=start)
    return continuation(problem, JaxEngine(**options))


def test_a_start_that_is_no_equilibrium_of_anything():
    branch = follow(lambda z, p: z**2 + 1 + p**2, [0.3], (0.0, 1.0))
    assert branch.status == Status.NO_EQUILIBRIUM
    assert len(branch) == 0
    assert "no equilibrium" in repr(branch)


def test_a_span_that_starts_past_the_branch():
    """p = z² has no equilibrium at p < 0, where the span begins."""
    branch = follow(helpers.fold, [0.5], (-1.0, 1.0), -0.5)
    assert branch.status == Status.NO_EQUILIBRIUM


def test_a_start_off_the_branch_is_drawn_onto_it():
    branch = follow(helpers.fold, [1.4], (-1.0, 1.0), 1.0)
    assert branch.states[0, 0] == pytest.approx(1.0, abs=1e-14)


def test_nan_half_way_keeps_the_way_there():
    branch = follow(lambda z, p: p - z + jnp.sqrt(0.5 - p) * 1e-3, [0.0], (0.0, 1.0))
    assert branch.status == Status.NOT_FINITE
    assert 0.499 < branch.parameters[-1] <= 0.5
    assert np.all(np.isfinite(branch.states))


def test_nan_at_the_start():
    branch = follow(lambda z, p: z * jnp.nan + p, [0.0], (0.0, 1.0))
    assert branch.status == Status.NOT_FINITE
    assert len(branch) == 0


def test_newton_that_cannot_converge_half_way():
    """Past p = 0.5 the equilibrium is gone without a fold: the field jumps."""
    branch = follow(lambda z, p: jnp.where(p < 0.5, p - z, 2 + jnp.sin(3 * z)), [0.0], (0.0, 1.0))
    assert branch.status == Status.NO_CONVERGENCE
    assert 0.49 < branch.parameters[-1] <= 0.5
    assert len(branch) > 5


@pytest.mark.parametrize(
    "family",
    [
        lambda z, p: jnp.zeros(2) * p,
        lambda z, p: jnp.stack([z[0] + z[1], z[0] + z[1]]) * (1 + p),
    ],
)
def test_a_jacobian_that_is_singular_everywhere(family):
    branch = follow(family, [0.0, 0.0], (0.0, 1.0))
    assert branch.status == Status.SINGULAR
    assert "singular" in repr(branch)


def test_a_branch_that_runs_away_is_stopped_at_its_bound():
    branch = follow(lambda z, p: (1 - p) * z - 1, [1.0], (0.0, 2.0), max_norm=50.0)
    assert branch.status == Status.NORM_LIMIT
    assert branch.states[-1, 0] > 50


def test_a_closed_branch_ends_where_it_began():
    branch = follow(lambda z, p: z**2 + p**2 - 1, [1.0], (-2.0, 2.0), 0.0, directions="up")
    assert branch.status == Status.CLOSED
    assert [point.kind for point in branch.special_points] == ["fold", "fold"]
    np.testing.assert_allclose([abs(q.parameter) for q in branch.special_points], 1, atol=1e-13)


@pytest.mark.parametrize("family", [helpers.pitchfork, helpers.fold, helpers.transcritical])
def test_a_start_on_a_special_point_reports_it_once(family):
    branch = follow(family, [0.0], (-1.0, 1.0), 0.0)
    assert len(branch.special_points) == 1
    assert branch.balance.complete


def test_a_linear_centre_has_no_criticality():
    branch = follow(lambda z, p: jnp.stack([p * z[0] - z[1], z[0] + p * z[1]]), [0.0, 0.0], (-1, 1))
    (point,) = branch.special_points
    assert point.kind == "hopf"
    assert point.normal_form is not None
    assert point.normal_form.criticality is None
    assert "degenerate Hopf" in repr(point)


def test_natural_continuation_ends_at_a_fold():
    branch = follow(helpers.fold, [1.0], (-1.0, 1.0), 1.0, predictor="natural")
    assert branch.status in {Status.NO_CONVERGENCE, Status.SINGULAR}
    assert 0 <= branch.parameters[-1] < 1e-3


def test_secant_and_tangent_predictors_find_the_same():
    found = [
        follow(helpers.wilson_cowan, [0.05, 0.05], (-1.0, 4.0), predictor=predictor)
        for predictor in ("tangent", "secant")
    ]
    a, b = ([point.parameter for point in branch.special_points] for branch in found)
    np.testing.assert_allclose(a, b, atol=1e-12)


def test_a_double_crossing_is_reported_as_multiple():
    """Two equal eigenvalues cross together: no simple normal form applies."""
    field = CTRNN(jnp.diag(jnp.array([1.0, 1.0, 0.2])))
    branch = follow(LeafFamily(field, "gain"), jnp.zeros(3), (0.0, 2.0))
    (point,) = branch.special_points
    assert point.multiplicity == 2
    assert point.normal_form is None
    assert point.parameter == pytest.approx(1.0, abs=1e-9)
    assert "multiplicity 2" in repr(point)
    assert point.jump == 2


def test_a_search_that_meets_a_double_crossing_exactly_locates_it():
    """Both eigenvalues are p: their zero is met to the last bit while the bracket is wide."""
    branch = follow(lambda z, p: (p - 0.3137) * z - z**3, [0.0, 0.0], (-1.0, 1.0))
    (point,) = branch.special_points
    assert (point.multiplicity, point.converged, point.jump) == (2, True, 2)
    assert point.parameter == pytest.approx(0.3137, abs=1e-12)
    assert branch.balance.complete
    low, high = point.bracket
    assert high - low < 1e-8


def test_two_coinciding_hopf_points_count_as_two():
    """Pairs with frequencies 1 and 2 cross together: four eigenvalues, two crossings."""

    def oscillators(z, p):
        x, y = z.reshape(2, 2).T
        damping = p - 0.2 - x**2 - y**2
        frequencies = jnp.array([1.0, 2.0])
        return jnp.stack([damping * x - frequencies * y, damping * y + frequencies * x], 1).ravel()

    branch = follow(oscillators, [0.0] * 4, (-1.0, 1.0))
    (point,) = branch.special_points
    assert (point.kind, point.multiplicity, point.jump) == ("hopf", 2, 4)
    assert point.normal_form is None
    assert branch.balance.complete


def test_a_neutral_saddle_is_told_from_a_hopf_point():
    """Eigenvalues ±√(1/4) + …: they add up to zero at p = 0, both real."""

    def saddle(z, p):
        x, y = z
        return jnp.stack([(0.5 + p) * x, (-0.5 + p) * y])

    branch = follow(saddle, [0.0, 0.0], (-0.3, 0.3), neutral_saddles=True)
    assert [point.kind for point in branch.special_points] == ["neutral_saddle"]
    assert branch.special_points[0].parameter == pytest.approx(0, abs=1e-9)
    assert branch.bifurcations == ()
    assert follow(saddle, [0.0, 0.0], (-0.3, 0.3)).special_points == ()


def test_an_equilibrium_that_cannot_be_followed_says_so():
    fields = [CTRNN(jnp.eye(1) * gain) for gain in (0.5, jnp.nan)]
    path = track_equilibria(fields, jnp.zeros(1))
    (equilibrium,) = path.equilibria
    assert equilibrium.fate == "not followed"
    assert "not followed" in repr(path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"state": [[0.0]], "span": (0, 1)}, "shape"),
        ({"state": [jnp.nan], "span": (0, 1)}, "not finite"),
        ({"state": [0.0], "span": (1, 0)}, "lower < upper"),
        ({"state": [0.0], "span": (0, 1), "parameter": 2.0}, "outside"),
    ],
)
def test_wrong_problems_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        ContinuationProblem(helpers.fold, **arguments)


def test_wrong_options_and_families_are_refused():
    with pytest.raises(ValueError, match="step=-1"):
        JaxEngine(step=-1.0)
    with pytest.raises(ValueError, match="no parameter is called 'gian'"):
        LeafFamily(CTRNN(jnp.eye(2)), "gian")
    with pytest.raises(ValueError, match="one number per axis"):
        LeafFamily(CTRNN(jnp.eye(2)), "bias")
    with pytest.raises(TypeError, match="family of fields"):
        ContinuationProblem(3, [0.0], span=(0, 1))
