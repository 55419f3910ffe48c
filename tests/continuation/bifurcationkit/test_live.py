"""Everything that is asked of BifurcationKit, in a running Julia: closed forms and our own engine.

Skipped, with the reason, where there is no Julia ≥ 1.10 with BifurcationKit.
"""

from typing import Any

import codim2_systems
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

import bifbridge as bb
from bifbridge._errors import JuliaExecutionError
from bifbridge.continuation import ContinuationProblem, JaxEngine, LeafFamily, Status
from bifbridge.continuation.bifurcationkit import (
    BifurcationKit,
    Collocation,
    ContinuationPar,
    DefCont,
    KrylovKit,
    Natural,
    Shooting,
)
from bifbridge.continuation.bifurcationkit._runtime import call
from bifbridge.continuation.jax_engine.cycles import continue_cycles, start_from_hopf
from bifbridge.continuation.jax_engine.two_parameter import bifurcation_curve
from bifbridge.fields import CTRNN
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm
from tests import helpers

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("live_julia")]

ENGINE = BifurcationKit()


def problem(field, state, span, **more):
    return ContinuationProblem(field, state, span=span, **more)


def special(branch) -> list[Any]:
    return list(branch.special_points)


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


def lorenz84(z, p, q):
    return codim2_systems.lorenz84(z, (p, q))


SPANS = ((-1.0, 3.2), (-0.2, 0.2))


@pytest.fixture(scope="module")
def lorenz84_branch():
    engine = BifurcationKit(ContinuationPar(ds=0.01, dsmax=0.05))
    start = [2.9787, -0.0387, 0.0582, -0.0211]  # on the branch with the fold
    question = problem(lambda z, p: lorenz84(z, p, 0.04), start, (-1.5, 3.0), parameter=3.0)
    return bb.continuation(question, engine)


def of_kind(points, kind) -> list[Any]:
    return [point for point in points if point.kind == kind]


def test_fold_and_hopf_curves_with_every_point_of_codimension_two(lorenz84_branch):
    engine = BifurcationKit(ContinuationPar(ds=0.002, dsmax=0.01))
    fold = of_kind(lorenz84_branch.special_points, "fold")[0]
    hopf = of_kind(lorenz84_branch.special_points, "hopf")[0]
    assert len(of_kind(lorenz84_branch.special_points, "hopf")) == 3
    kinds = set()
    for point in (fold, hopf):
        found = engine.bifurcation_curve(lorenz84, point, 0.04, spans=SPANS)
        own = bifurcation_curve(lorenz84, point, 0.04, spans=SPANS, engine=JaxEngine(step=0.02))
        assert len(found) > 10
        for located in found.special_points:
            kinds.add(located.kind)
            gaps = [
                np.linalg.norm(located.parameters - other.parameters)
                for other in of_kind(own.special_points, located.kind)
            ]
            # BifurcationKit bisects them in the second parameter, some only to its step.
            assert min(gaps) < (1e-4 if located.converged else 2e-2), located
    assert {"bogdanov_takens", "zero_hopf", "bautin", "hopf_hopf"} <= kinds


def test_a_curve_of_folds_of_a_neuron_through_its_cusp():
    """−z + w tanh z + p has folds that meet in a cusp at w = 1, p = 0, with c = −1/3."""

    def field(z, p, w):
        return -z + w * jnp.tanh(z) + p

    fold = bb.continuation(
        problem(lambda z, p: field(z, p, 1.5), [-2.0], (-1, 1)), ENGINE
    ).bifurcations[0]
    curve = ENGINE.bifurcation_curve(field, fold, 1.5, spans=((-1.0, 1.0), (0.5, 2.0)))
    (cusp,) = of_kind(curve.special_points, "cusp")[:1]
    np.testing.assert_allclose(cusp.parameters, [0.0, 1.0], atol=1e-4)
    np.testing.assert_allclose(cusp.normal_form.cubic, -1 / 3, rtol=1e-3)


def stuart_landau_hopf():
    branch = bb.continuation(problem(helpers.stuart_landau, [0.0, 0.0], (-1, 1)), ENGINE)
    (point,) = special(branch)
    return point


CYCLES = BifurcationKit(ContinuationPar(ds=0.01, dsmax=0.1, max_steps=30, tol_stability=1e-6))


def test_cycles_by_collocation():
    """Radius² = p/1.5, ω = 2 + 0.7 p/1.5, multiplier exp(−2pT)."""
    branch = CYCLES.cycles(
        helpers.stuart_landau, stuart_landau_hopf(), (-1.0, 1.0), Collocation(20, 4)
    )
    p = branch.parameters
    np.testing.assert_allclose(branch.periods, 2 * np.pi / (2 + 0.7 * p / 1.5), rtol=1e-6)
    np.testing.assert_allclose(branch.amplitudes[:, 0], np.sqrt(p / 1.5), rtol=1e-4)
    np.testing.assert_allclose(branch.multipliers[:, 0], np.exp(-2 * p * branch.periods), rtol=1e-3)
    assert np.all(branch.stable)


def test_cycles_by_shooting():
    hopf = stuart_landau_hopf()
    if not call("has_ode_solver"):
        with pytest.raises(JuliaExecutionError, match="ODE solver"):
            CYCLES.cycles(helpers.stuart_landau, hopf, (-1.0, 1.0), Shooting(2))
        pytest.skip("needs an OrdinaryDiffEq package in the Julia project")
    branch = CYCLES.cycles(helpers.stuart_landau, hopf, (-1.0, 1.0), Shooting(2))
    p = branch.parameters
    np.testing.assert_allclose(branch.periods, 2 * np.pi / (2 + 0.7 * p / 1.5), rtol=1e-6)
    np.testing.assert_allclose(branch.amplitudes[:, 0], np.sqrt(p / 1.5), rtol=1e-4)


def roessler(z, a):
    """b = 2, c = 4: a Hopf point at small a, whose cycles double their period."""
    return jnp.stack([-z[1] - z[2], z[0] + a * z[1], 2.0 + z[2] * (z[0] - 4.0)])


def langford(z, p):
    """A zero-Hopf unfolding: the circle of z₃ = 0.7, r² = (p + 0.7 − 0.7³/3)/1.175 has a torus."""
    x, y, h = z
    square = x * x + y * y
    lift, spin = p + h - h**3 / 3 - square * (1 + 0.25 * h), 3.5 + 0.4 * (h - 0.7) ** 2
    return jnp.stack([(h - 0.7) * x - spin * y, spin * x + (h - 0.7) * y, lift])


def generalised_hopf(z, p):
    """A subcritical Hopf point at 0; the fold of cycles lies at p = −1/4, r² = 1/2."""
    x, y = z
    square = x * x + y * y
    growth, spin = p + square - square**2, 1 + 0.3 * square
    return jnp.stack([growth * x - spin * y, growth * y + spin * x])


def cycle_bifurcation(field, start, span, kind, method, parameter, dsmax=0.05):
    """The first such point by BifurcationKit and by the embedded engine, from one Hopf point."""
    equilibria = bb.continuation(problem(field, start, span, parameter=parameter), JaxEngine())
    hopf = of_kind(equilibria.special_points, "hopf")[0]
    steps = ContinuationPar(ds=0.005, dsmax=dsmax, max_steps=400, tol_stability=1e-4)
    found = BifurcationKit(steps).cycles(field, hopf, span, method)
    own = continue_cycles(start_from_hopf(field, hopf.parameter, hopf.normal_form), span)
    return tuple(of_kind(b.special_points, kind)[0] for b in (found, own))


METHODS = pytest.mark.parametrize(
    "method", [Collocation(40, 4), Shooting(3)], ids=["collocation", "shooting"]
)


def shooting_or_skip(method):
    if isinstance(method, Shooting) and not call("has_ode_solver"):
        pytest.skip("needs an OrdinaryDiffEq package in the Julia project")


@METHODS
def test_a_period_doubling_of_cycles_with_its_normal_form(method):
    shooting_or_skip(method)
    mine, other = cycle_bifurcation(
        roessler, [0.0, 0.0, 0.5], (0.0, 0.4), "period_doubling", method, 0.02
    )
    np.testing.assert_allclose(mine.parameter, other.parameter, rtol=1e-4)
    np.testing.assert_allclose(mine.period, other.period, rtol=1e-4)
    if isinstance(method, Collocation):
        np.testing.assert_allclose(
            complex(mine.normal_form.coefficient), complex(other.normal_form.coefficient), rtol=1e-2
        )


@METHODS
def test_a_neimark_sacker_point_with_its_normal_form(method):
    shooting_or_skip(method)
    mine, other = cycle_bifurcation(
        langford, [0.0, 0.0, -0.2], (-0.8, 1.9), "neimark_sacker", method, -0.2, dsmax=0.012
    )
    square = (1 - 0.7**2) / 0.25
    expected = square * 1.175 - (0.7 - 0.7**3 / 3)
    np.testing.assert_allclose(other.parameter, expected, atol=1e-7)
    # BifurcationKit bisects to tol_stability by shooting, and not at all by collocation.
    low, high = sorted(mine.raw["interval"])
    assert min(abs(expected - low), abs(expected - high)) < max(high - low, 1e-3)
    np.testing.assert_allclose(mine.period, 2 * np.pi / 3.5, rtol=1e-6)
    if isinstance(method, Collocation):
        form, own = mine.normal_form, other.normal_form
        np.testing.assert_allclose(complex(form.coefficient), complex(own.coefficient), rtol=2e-2)


@METHODS
def test_a_fold_of_cycles(method):
    shooting_or_skip(method)
    mine, other = cycle_bifurcation(
        generalised_hopf, [0.0, 0.0], (-0.5, 0.5), "cycle_fold", method, -0.4
    )
    np.testing.assert_allclose(other.parameter, -0.25, atol=1e-9)
    # BifurcationKit has no cycle folds: a multiplier that crosses 1, bisected as far as it can.
    np.testing.assert_allclose(mine.parameter, -0.25, atol=2e-3)
    np.testing.assert_allclose(mine.period, 2 * np.pi / 1.15, rtol=1e-2)


def test_cycles_of_a_network():
    weights = jnp.array([[2.0, -3.0], [3.0, 2.0]])
    family = LeafFamily(CTRNN(weights), "gain")
    (hopf,) = special(bb.continuation(problem(family, jnp.zeros(2), (0.2, 1.0)), ENGINE))
    np.testing.assert_allclose(hopf.parameter, 0.5, rtol=1e-10)
    found = CYCLES.cycles(family, hopf, (0.2, 1.0), Collocation(30, 4))
    own = continue_cycles(start_from_hopf(family, hopf.parameter, hopf.normal_form), (0.2, 1.0))
    at = 0.7
    np.testing.assert_allclose(
        np.interp(at, found.parameters, found.periods), np.interp(at, own.parameters, own.periods),
        rtol=1e-2,
    )  # fmt: skip


def test_an_error_of_julia_tells_of_the_request():
    with pytest.raises(JuliaExecutionError, match="expected") as caught:
        call("evaluate", {"source": "field(z, p, c) = z", "constants": {}, "n": 1, "parameters": 0},
             "fourth", np.zeros(1), 0.0, [], request="a derivative that there is not")  # fmt: skip
    assert caught.value.request == "a derivative that there is not"
    assert "evaluate" in caught.value.backtrace
