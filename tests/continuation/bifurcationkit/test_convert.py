"""What Julia returns, as plain data, becomes branches, curves and cycles: no Julia needed."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

import bifbridge as bb
from bifbridge.continuation import ContinuationProblem, LeafFamily, Status
from bifbridge.continuation.bifurcationkit import (
    PALC,
    BifurcationKit,
    Collocation,
    ContinuationPar,
    KrylovKit,
    Natural,
    NewtonPar,
    Shooting,
)
from bifbridge.continuation.bifurcationkit._convert import branch, special_point
from bifbridge.continuation.bifurcationkit._curves import curve
from bifbridge.continuation.bifurcationkit._cycles import cycle_branch, cycle_normal_form
from bifbridge.continuation.bifurcationkit._gradients import with_gradients
from bifbridge.continuation.bifurcationkit._messages import heard
from bifbridge.fields import CTRNN
from tests import helpers

PITCHFORK = {
    "class": "Pitchfork", "type": "SuperCritical", "a01": 0.0, "a02": 0.0, "b11": 1.0, "b20": 0.0,
    "b30": -6.0, "right": np.ones(1), "left": np.ones(1), "second_order": np.zeros(1),
}  # fmt: skip


def bisected(parameter=1e-7, status="converged", delta=(1, 0), index=2, kind="bp", form=None):
    return {
        "type": kind, "parameter": parameter, "state": np.array([1e-9]), "status": status,
        "precision": 1e-8, "interval": np.array([0.0, 1e-7]), "delta": np.array(delta),
        "index": index, "step": index, "tangent": np.array([0.0, 0.5]),
        "eigenvalues": np.array([parameter + 0j]), "critical": parameter + 0j,
        "normal_form": PITCHFORK if form is None else form,
    }  # fmt: skip


def polished(converged=True, kind="branch_point"):
    return {
        "kind": kind, "parameter": 0.0, "state": np.zeros(1), "omega": 0.0, "converged": converged,
        "moved": 1e-7, "imperfection": 0.0, "residual": 0.0, "critical": 0j,
        "eigenvalues": np.zeros(1, complex), "normal_form": PITCHFORK,
    }  # fmt: skip


def way(parameters, status="span_end", points=(), refined=()):
    parameters = np.asarray(parameters, float)
    tangents = np.zeros((len(parameters), 2))
    tangents[1:, 1] = 0.7 * np.sign(parameters[-1] - parameters[0])
    return {
        "parameters": parameters, "states": np.zeros((len(parameters), 1)), "tangents": tangents,
        "eigenvalues": parameters[:, None].astype(complex), "status": status,
        "iterations": np.ones(len(parameters), int), "points": list(points),
        "polished": list(refined),
    }  # fmt: skip


@pytest.fixture
def problem():
    return ContinuationProblem(helpers.pitchfork, [0.0], span=(-1, 1), parameter=0.3)


def test_two_ways_become_one_branch_in_the_order_of_arclength(problem):
    down = way([0.3, 0.1, -0.2, -1.0], points=[bisected(delta=(-1, 0))], refined=[polished()])
    up = way([0.3, 0.6, 1.0])
    found = branch(problem, [down, up])
    np.testing.assert_allclose(found.parameters, [-1.0, -0.2, 0.1, 0.3, 0.6, 1.0])
    np.testing.assert_allclose(found.tangents, np.tile([0.0, 1.0], (6, 1)))
    np.testing.assert_allclose(found.steps, [0.0, 0.8, 0.3, 0.2, 0.3, 0.4])
    assert found.ends == (Status.SPAN_END, Status.SPAN_END)
    (point,) = found.special_points
    # Down, one eigenvalue becomes stable; along the branch as it is stored it becomes unstable.
    assert (point.kind, point.jump, point.index) == ("pitchfork", 1, 1)
    assert point.raw["parameter"] == 1e-7
    assert found.balance.complete
    assert (found.balance.unstable_start, found.balance.unstable_end) == (0, 1)


def test_a_polished_point_stands_for_the_bisected_one_which_is_kept():
    point = special_point(bisected(), polished())
    assert (point.parameter, point.converged, point.multiplicity) == (0.0, True, 1)
    assert point.normal_form is not None
    np.testing.assert_allclose(point.normal_form.cubic, -1.0)
    assert point.raw["status"] == "converged"
    assert point.raw["refined"]["moved"] == 1e-7
    assert point.bracket == (0.0, 1e-7)


@pytest.mark.parametrize("status", ["converged", "guess", "guessL"])
def test_without_polishing_bifurcationkits_own_status_stands(status):
    assert special_point(bisected(status=status), None).converged == (status == "converged")


def test_a_point_that_newton_does_not_find_again_is_not_converged():
    point = special_point(bisected(status="guess"), polished(converged=False))
    assert not point.converged
    assert point.parameter == 1e-7


def test_a_fold_by_bifurcationkits_class_is_the_pitchfork_that_polishing_found():
    """From its side branch a pitchfork is reported as a fold 3e-5 away."""
    fold = PITCHFORK | {"class": "Fold", "type": "NA", "a01": -0.0039, "b20": 0.0236}
    point = special_point(bisected(status="guess", form=fold), polished())
    assert point.kind == "pitchfork"
    assert point.raw["normal_form"]["class"] == "Fold"
    assert special_point(bisected(status="guess", form=fold), None).kind == "fold"


@pytest.mark.parametrize(
    ("kind", "delta", "multiplicity"),
    [
        ("bp", (1, 0), 1),
        ("hopf", (2, 2), 1),
        ("nd", (2, 0), 2),
        ("nd", (-3, -2), 2),
        ("nd", (4, 4), 2),
    ],
)
def test_how_many_crossings_coincide(kind, delta, multiplicity):
    point = special_point(bisected(kind=kind, delta=delta, form={"error": "not simple"}), None)
    assert (point.multiplicity, point.jump) == (multiplicity, delta[0])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("span_end", Status.SPAN_END),
        ("point_limit", Status.POINT_LIMIT),
        ("norm_limit", Status.NORM_LIMIT),
        ("no_convergence", Status.NO_CONVERGENCE),
        ("singular", Status.SINGULAR),
        ("interrupted", Status.INTERRUPTED),
    ],
)
def test_endings(problem, word, expected):
    found = branch(problem, [way([0.3, 0.5], word)])
    assert found.status == expected
    assert len(found) == 2


@pytest.mark.parametrize("word", ["no_equilibrium", "not_finite"])
def test_a_start_without_equilibrium_is_a_status_not_an_exception(problem, word):
    nothing = way([0.3], word) | {"parameters": np.zeros(0), "states": np.zeros((0, 1))}
    found = branch(problem, [nothing])
    assert len(found) == 0
    assert found.status == Status[word.upper()]


def test_what_bifurcationkit_said_is_stored_with_a_branch(problem, tmp_path):
    found = branch(problem, [way([-1.0, 0.1, 1.0], points=[bisected()], refined=[polished()])])
    (point,) = bb.load(found.save(tmp_path / "branch.nc")).special_points
    (expected,) = found.special_points
    assert eqx.tree_equal(point.raw, expected.raw)
    assert point.raw["refined"]["critical"] == 0j
    assert point.raw["eigenvalues"].dtype == complex


def curve_way(q, points=()):
    q = np.asarray(q, float)
    return {
        "parameters": np.column_stack([q**2, q]), "states": q[:, None] + 0.0,
        "frequencies": np.sqrt(4 + q), "eigenvalues": 1j * np.sqrt(4 + q)[:, None],
        "iterations": np.ones(len(q), int), "tests": {"l1": q + 0j, "GH": q}, "status": "span_end",
        "points": list(points), "polished": [None] * len(points),
    }  # fmt: skip


def curve_point(index):
    return {
        "type": "gh", "parameters": np.array([0.0, 0.0]), "state": np.zeros(1), "omega": -2.0,
        "status": "converged", "precision": 1e-9, "index": index,
        "normal_form": {"error": "none"},
    }  # fmt: skip


def test_both_ways_of_a_curve():
    spans = ((-1.0, 1.0), (-1.0, 1.0))
    down = curve_way([0.2, -0.1, -1.0], [curve_point(1)])
    found = curve("hopf", [down, curve_way([0.2, 0.5, 1.0])], spans)
    np.testing.assert_allclose(found.parameters[:, 1], [-1.0, -0.1, 0.2, 0.5, 1.0])
    np.testing.assert_allclose(found.parameters[:, 0], found.parameters[:, 1] ** 2)
    np.testing.assert_allclose(found.frequencies**2, 4 + found.parameters[:, 1])
    assert not np.any(found.neutral)
    (point,) = found.special_points
    assert (point.kind, point.index, point.converged) == ("bautin", 1, True)
    np.testing.assert_allclose(point.frequencies, [2.0])
    assert point.raw["type"] == "gh"
    refined = {"parameters": np.array([1e-3, 2e-3]), "state": np.ones(1), "omega": -2.5}
    better = [refined | {"normal_form": {"error": "none"}}]
    found = curve("hopf", [curve_way([0.2, -0.1], [curve_point(1)]) | {"polished": better}], spans)
    (point,) = found.special_points
    np.testing.assert_allclose(point.parameters, refined["parameters"])
    np.testing.assert_allclose(point.frequencies, [2.5])
    np.testing.assert_allclose(point.raw["parameters"], 0)
    one = curve("hopf", [curve_way([0.2, 1.0])], spans)
    assert one.ends == (Status.RUNNING, Status.SPAN_END)
    assert one.status == Status.SPAN_END


def circles(radii, intervals=6, degree=4):
    """Circles at equidistant nodes, as BifurcationKit stores them."""
    times = np.linspace(0, 1, intervals + 1)
    local = np.linspace(0, 1, degree + 1)
    phase = 2 * np.pi * (times[:-1, None] + local / intervals)
    nodes = np.stack([np.cos(phase), np.sin(phase)], -1)
    return {
        "parameters": np.asarray(radii) ** 2, "periods": np.full(len(radii), 2.0),
        "times": np.tile(times, (len(radii), 1)),
        "nodes": np.asarray(radii)[:, None, None, None] * nodes,
        "multipliers": np.array([[np.exp(-4 * r**2), 1 + 1e-9] for r in radii], complex),
        "iterations": np.ones(len(radii), int), "points": [], "polished": [],
        "status": "span_end", "equidistant": True,
    }  # fmt: skip


def test_cycles_come_to_our_nodes_as_the_same_polynomials():
    found = cycle_branch(circles([0.5, 1.0]), 2)
    np.testing.assert_allclose(found.maxima, [[0.5, 0.5], [1.0, 1.0]], rtol=1e-4)
    np.testing.assert_allclose(found.minima, -found.maxima, rtol=1e-4)
    cycle = found.cycle(1)
    phases = np.linspace(0, 1, 13)
    exact = np.stack([np.cos(2 * np.pi * phases), np.sin(2 * np.pi * phases)], -1)
    np.testing.assert_allclose(cycle(phases), exact, atol=1e-4)
    np.testing.assert_allclose(found.multipliers[:, 0], np.exp([-1.0, -4.0]))
    np.testing.assert_allclose(found.trivial, 1.0, atol=1e-8)
    assert found.status == Status.SPAN_END
    assert found.balance.explained
    assert np.all(found.stable)


def cycle_point(kind, index, parameters):
    raw = circles(np.sqrt(parameters))
    return {
        "type": kind, "parameter": parameters[index], "period": 2.0, "times": raw["times"][0],
        "nodes": raw["nodes"][index], "status": "converged", "precision": 1e-8,
        "interval": np.zeros(2), "delta": np.array([1, 0]), "index": index,
        "multipliers": np.array([1.0, 1.0]), "normal_form": {"error": "none"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "kind"),
    [([0.1, 0.2, 0.25, 0.2, 0.1], "cycle_fold"), ([0.1, 0.2, 0.3, 0.4], "branch_point_of_cycles")],
)
def test_a_multiplier_one_is_a_fold_where_the_parameter_turns(parameters, kind):
    raw = circles(np.sqrt(parameters))
    raw |= {"points": [cycle_point("bp", 2, parameters)], "polished": [None]}
    (point,) = cycle_branch(raw, 2).special_points
    assert (point.kind, point.converged, point.index) == (kind, True, 1)


def test_a_bifurcation_of_cycles_lies_where_it_was_located_again():
    parameters = [0.1, 0.2, 0.3, 0.4]
    raw, bisected = circles(np.sqrt(parameters)), cycle_point("pd", 2, parameters)
    bisected["status"] = "guessL"
    form = {"class": "PeriodDoubling", "return_map": False, "b3": -0.3 + 0j}
    better = bisected | {
        "kind": "pd", "parameter": 0.29, "period": 2.5, "moved": 0.01,
        "normal_form": form | {"mode": np.ones((2, 25), complex)},
    }  # fmt: skip
    found = cycle_branch(raw | {"points": [bisected] * 2, "polished": [better, None]}, 2)
    polished, rough = found.special_points
    assert (polished.parameter, polished.period, polished.converged) == (0.29, 2.5, True)
    assert polished.normal_form is not None
    np.testing.assert_allclose(polished.normal_form.coefficient, -0.75)
    assert (polished.raw["parameter"], polished.raw["refined"]["moved"]) == (0.3, 0.01)
    assert (rough.parameter, rough.converged) == (0.3, False)


def test_a_fold_nearby_is_not_taken_for_a_branch_point_of_cycles():
    parameters = [0.1, 0.2, 0.3, 0.4]
    raw, bisected = circles(np.sqrt(parameters)), cycle_point("bp", 2, parameters)
    turn = bisected | {"kind": "fold", "parameter": 0.35, "moved": 0.05}
    (point,) = cycle_branch(raw | {"points": [bisected], "polished": [turn]}, 2).special_points
    assert (point.kind, point.parameter) == ("branch_point_of_cycles", 0.3)
    assert point.raw["refined"] is None


def test_cycle_normal_forms():
    raw = circles([1.0])
    mode = np.ones((2, 25), complex)
    flip = {"class": "PeriodDoubling", "return_map": False, "b3": -0.3 + 0j, "mode": mode}
    form = cycle_normal_form("period_doubling", flip, raw, 2.0)
    assert form is not None
    assert form.criticality == "supercritical"
    np.testing.assert_allclose(form.coefficient, -0.6)  # T b3
    np.testing.assert_allclose(form.map_coefficient, 1.2)
    assert form.mode.shape == (6, 5, 2)
    # dτ/dt = 1 + (a/T)|ξ|² in BifurcationKit: with θ = 0.5, T = 2 the difference is i·0.4·0.5/2.
    torus = {"return_map": False, "a": 0.4 + 0j, "d": -1 + 2j, "angle": 0.5, "mode": mode}
    form = cycle_normal_form("neimark_sacker", torus, raw, 2.0)
    assert form is not None
    np.testing.assert_allclose(form.coefficient, -2 + 3.9j)
    assert cycle_normal_form("neimark_sacker", torus | {"return_map": True}, raw, 2.0) is None
    assert cycle_normal_form("cycle_fold", {"error": "none"}, raw, 2.0) is None


def test_what_bifurcationkit_warned_of_is_logged(caplog):
    answer = {"ways": [], "messages": ["the value should be zero"]}
    assert heard(lambda entry, *arguments, **keywords: answer)("continue_equilibria", 1) is answer
    assert caplog.record_tuples == [
        ("bifbridge.bifurcationkit", 30, "BifurcationKit: the value should be zero")
    ]
    assert heard(lambda entry: 3.0)("evaluate") == 3.0


def test_options_have_bifurcationkits_names():
    options = BifurcationKit().options((-1.0, 3.0))
    assert options["continuation"]["ds"] == 0.04
    assert options["continuation"]["dsmax"] == 0.1
    assert (options["continuation"]["p_min"], options["continuation"]["p_max"]) == (-1.0, 3.0)
    assert options["continuation"]["nev"] is None
    assert options["algorithm"] == {"name": "PALC", "tangent": "Secant", "theta": 0.5}
    assert options["krylov"] is None
    matrix_free = BifurcationKit(krylov=KrylovKit(), algorithm=Natural()).options((0.0, 1.0))
    assert matrix_free["continuation"]["nev"] == 8
    assert matrix_free["algorithm"]["name"] == "Natural"


@pytest.mark.parametrize(
    "make",
    [
        lambda: ContinuationPar(ds=-0.1),
        lambda: ContinuationPar(n_inversion=3),
        lambda: ContinuationPar(max_steps=0),
        lambda: ContinuationPar(ds=0.1, dsmax=0.01).plain((0.0, 1.0)),
        lambda: NewtonPar(tol=0.0),
        lambda: NewtonPar(max_iterations=0),
        lambda: PALC(theta=1.0),
        lambda: Collocation(ntst=1),
        lambda: Shooting(segments=0),
    ],
)
def test_impossible_options_are_refused_with_what_was_expected(make):
    with pytest.raises(ValueError, match="got "):
        make()


def test_requests_that_have_no_answer_are_refused_before_julia_starts(problem):
    events = ContinuationProblem(
        helpers.pitchfork, [0.0], span=(-1, 1), events={"half": lambda z, p: p - 0.5}
    )
    with pytest.raises(ValueError, match="events"):
        BifurcationKit().run(events)
    point = special_point(bisected(), polished())
    with pytest.raises(ValueError, match="expected a fold or Hopf point"):
        BifurcationKit().bifurcation_curve(
            lambda z, p, q: p * z, point, 0.0, spans=((0, 1), (0, 1))
        )
    with pytest.raises(ValueError, match="give second="):
        BifurcationKit().bifurcation_curve(
            lambda z, p, q: p * z, point, spans=((0.0, 1.0), (0.0, 1.0)), kind="fold"
        )
    with pytest.raises(ValueError, match="expected 'hopf'"):
        BifurcationKit().cycles(helpers.pitchfork, point, (0.0, 1.0))


def test_gradients_are_ours():
    """−z + w tanh z has its pitchfork at w = 1, and ∂μ/∂w = 1 there."""
    field = CTRNN(jnp.array([[1.0]]))
    problem = ContinuationProblem(
        LeafFamily(field, "weights", (0, 0)), [0.0], span=(0, 2), names=["weights"]
    )
    refined = polished() | {"parameter": 1.0}
    found = branch(problem, [way([0.5, 1.5], points=[bisected(1.0)], refined=[refined])])
    form = with_gradients(problem, found).special_points[0].normal_form
    assert form is not None
    assert form.unfolding_gradient is not None
    np.testing.assert_allclose(form.unfolding_gradient, [1.0])
