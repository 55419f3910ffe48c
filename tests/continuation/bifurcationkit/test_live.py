"""Branches of equilibria in a running Julia: closed forms, and the embedded engine.

Skipped, with the reason, where there is no Julia ≥ 1.10 with BifurcationKit.
"""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

import bifbridge as bb
from bifbridge._errors import JuliaExecutionError
from bifbridge.continuation import JaxEngine, LeafFamily, Status
from bifbridge.continuation.bifurcationkit import (
    BifurcationKit,
    ContinuationPar,
    DefCont,
    KrylovKit,
    Natural,
)
from bifbridge.continuation.bifurcationkit._runtime import call
from bifbridge.fields import CTRNN
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm
from tests import helpers
from tests.continuation.bifurcationkit.live import ENGINE, problem, special

pytestmark = [pytest.mark.julia, pytest.mark.slow, pytest.mark.usefixtures("live_julia")]


@pytest.fixture(scope="module", params=[0, 4], ids=["folds", "hopf"])
def network(request):
    """Random networks with biases: one with two folds in its gain, one with a Hopf point."""
    keys = jr.split(jr.key(request.param), 2)
    weights = 1.6 * jr.normal(keys[0], (6, 6)) / np.sqrt(6)
    return CTRNN(weights, bias=0.05 * jr.normal(keys[1], (6,)))


def same_points(found, expected, rtol=1e-8):
    """Kind, place and coefficients of all bifurcations agree between two branches."""
    assert [p.kind for p in found] == [p.kind for p in expected]
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine.parameter, other.parameter, rtol=rtol, atol=1e-10)
        np.testing.assert_allclose(mine.state, other.state, rtol=1e-6, atol=1e-8)
        assert mine.converged
        form, own = mine.normal_form, other.normal_form
        if isinstance(form, HopfNormalForm):
            np.testing.assert_allclose(complex(form.cubic), complex(own.cubic), rtol=1e-6)
            np.testing.assert_allclose(form.frequency, own.frequency, rtol=1e-8)
        elif isinstance(form, ScalarNormalForm):
            np.testing.assert_allclose(form.quadratic, own.quadratic, rtol=1e-6, atol=1e-7)
            np.testing.assert_allclose(form.cubic, own.cubic, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("field", ["translate", "callback"])
def test_a_pitchfork(field):
    branch = bb.continuation(
        problem(helpers.pitchfork, [0.0], (-1, 1)), BifurcationKit(field=field)
    )
    assert branch.status == Status.SPAN_END
    (point,) = special(branch)
    assert point.kind == "pitchfork"
    assert abs(point.parameter) < 1e-13
    np.testing.assert_allclose(point.normal_form.cubic, -1.0, rtol=1e-12)
    assert branch.balance.complete
    assert point.raw["normal_form"]["class"] == "Pitchfork"
    np.testing.assert_allclose(np.real(branch.eigenvalues[:, 0]), branch.parameters, atol=1e-12)


@pytest.mark.parametrize(
    ("field", "state", "span"),
    [
        (helpers.wilson_cowan, [0.0158, 0.0321], (-2, 6)),
        (helpers.brusselator, [1.5, 1 / 1.5], (1, 5)),
        (helpers.transcritical, [0.0], (-1, 1)),
        (helpers.lorenz, [0.0, 0.0, 0.0], (0, 30)),
    ],
)
def test_textbook_systems_as_the_embedded_engine_has_them(field, state, span):
    # Two folds and a Hopf point of Wilson–Cowan lie within 0.022: short steps part them.
    steps = ContinuationPar(ds=(span[1] - span[0]) / 5000, max_steps=6000)
    engine = BifurcationKit(steps)
    question = problem(field, state, span)
    found, own = (bb.continuation(question, e) for e in (engine, JaxEngine()))
    same_points(found.bifurcations, own.bifurcations)
    assert found.balance.complete


@pytest.mark.parametrize("field", ["translate", "callback"])
def test_a_network_both_ways_across(network, field):
    question = problem(LeafFamily(network, "gain"), jnp.zeros(6), (0.1, 2.0))
    engine = BifurcationKit(ContinuationPar(ds=0.005), field=field, gradient=field == "translate")
    found, own = (bb.continuation(question, e) for e in (engine, JaxEngine(gradient=True)))
    assert len(own.bifurcations) > 0
    same_points(found.bifurcations, own.bifurcations)
    if field == "translate":
        for mine, other in zip(special(found), special(own), strict=True):
            np.testing.assert_allclose(
                mine.normal_form.unfolding_gradient, other.normal_form.unfolding_gradient, atol=1e-6
            )


def test_both_directions_from_within_the_span():
    branch = bb.continuation(problem(helpers.pitchfork, [0.0], (-1, 1), parameter=-0.3), ENGINE)
    assert branch.ends == (Status.SPAN_END, Status.SPAN_END)
    assert np.all(np.diff(branch.parameters) > 0)
    (point,) = special(branch)
    assert point.jump == 1


def test_natural_continuation_ends_at_a_fold():
    engine = BifurcationKit(algorithm=Natural(), directions="down")
    branch = bb.continuation(problem(helpers.fold, [1.0], (-1, 1), parameter=1.0), engine)
    assert branch.status == Status.NO_CONVERGENCE
    assert 0 < branch.parameters[-1] < 0.05


def test_endings_are_statuses():
    few = BifurcationKit(ContinuationPar(max_steps=3))
    assert (
        bb.continuation(problem(helpers.pitchfork, [0.0], (-1, 1)), few).status
        == Status.POINT_LIMIT
    )
    nowhere = bb.continuation(problem(lambda z, p: 1 + z**2 + p**2, [0.3], (0, 1)), ENGINE)
    assert len(nowhere) == 0
    assert nowhere.status in {Status.NO_EQUILIBRIUM, Status.SINGULAR, Status.NOT_FINITE}
    bounded = BifurcationKit(max_norm=3.0, directions="down")
    growing = problem(lambda z, p: p - jnp.exp(-z), [0.0], (0, 1), parameter=1.0)
    assert bb.continuation(growing, bounded).status == Status.NORM_LIMIT


def test_progress_and_a_stop():
    seen = []

    def listen(step, parameter):
        seen.append((step, parameter))
        if step == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bb.continuation(problem(helpers.pitchfork, [0.0], (-1, 1)), BifurcationKit(on_step=listen))
    assert [step for step, _ in seen] == [1, 2, 3, 4]


def test_branch_switching_and_a_diagram():
    question = problem(helpers.subcritical_pitchfork, [0.0], (-1, 1))
    diagram = bb.bifurcation_diagram(question, ENGINE, depth=1)
    assert len(diagram) == 3
    assert {point.kind for point in diagram.special_points} == {"pitchfork", "fold"}
    for entry in diagram.branches[1:]:
        (fold,) = [p for p in entry.branch.special_points if p.kind == "fold"]
        np.testing.assert_allclose(fold.parameter, -0.25, atol=1e-10)
    whole = ENGINE.diagram(question, depth=1)
    assert len(whole) >= 3
    assert {entry.level for entry in whole.branches} == {0, 1}


def test_a_network_s_diagram():
    weights, _ = np.linalg.qr(np.asarray(jr.normal(jr.key(0), (5, 5))))
    weights = weights @ np.diag([1.0, 0.8, 0.3, -0.2, -0.7]) @ weights.T
    question = problem(LeafFamily(CTRNN(jnp.asarray(weights)), "gain"), jnp.zeros(5), (0.5, 1.6))
    engine = BifurcationKit(ContinuationPar(ds=0.005))
    found, own = (bb.bifurcation_diagram(question, e, depth=1) for e in (engine, JaxEngine()))
    assert len(found) == len(own) == 5
    same_points(found.branches[0].branch.bifurcations, own.branches[0].branch.bifurcations)


def test_deflation():
    found = ENGINE.equilibria(helpers.pitchfork, [[0.4], [2.0]], 1.0)
    np.testing.assert_allclose(np.sort(found.states[:, 0]), [-1, 0, 1], atol=1e-9)
    assert found.kinds.count("stable") == 2
    question = problem(lambda z, p: p + z - z**3, [-1.3247], (-1, 0))
    branches = ENGINE.deflated_continuation(question, DefCont())
    ends = [b.states[-1, 0] for b in branches if abs(b.parameters[-1]) < 1e-12]
    np.testing.assert_allclose(np.sort(ends), [-1, 0, 1], atol=1e-8)


def test_matrix_free_mode():
    n = 60
    system = helpers.symmetric_network(n, upper=1.1)
    engine = BifurcationKit(ContinuationPar(ds=0.01, nev=6), krylov=KrylovKit())
    question = problem(LeafFamily(system.field, "gain"), jnp.zeros(n), (0.8, 1.1))
    branch = bb.continuation(question, engine)
    assert branch.eigenvalues.shape[1] == 6
    found = [point.parameter for point in branch.bifurcations if point.converged]
    np.testing.assert_allclose(found, system.gains, rtol=1e-9)


def test_an_error_of_julia_tells_of_the_request():
    with pytest.raises(JuliaExecutionError, match="expected") as caught:
        call("evaluate", {"source": "field(z, p, c) = z", "constants": {}, "n": 1, "parameters": 0},
             "fourth", np.zeros(1), 0.0, [], request="a derivative that there is not")  # fmt: skip
    assert caught.value.request == "a derivative that there is not"
    assert "evaluate" in caught.value.backtrace
