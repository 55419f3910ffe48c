"""The extended Lorenz-84 model has all five kinds of points of codimension two."""

import codim2_systems as systems
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from codim2_systems import form_of, start_point

from bifbridge.continuation import JaxEngine, Status
from bifbridge.continuation.jax_engine.two_parameter import bifurcation_curve
from bifbridge.normal_forms import (
    BautinNormalForm,
    BogdanovTakensNormalForm,
    CuspNormalForm,
    HopfHopfNormalForm,
    ZeroHopfNormalForm,
)
from tests.reference.systems import recorded

pytestmark = pytest.mark.slow

SPANS = ((-1.0, 3.2), (-0.2, 0.2))
ENGINE = JaxEngine(step=0.02, max_step=0.05)


def field(z, p, q):
    return systems.lorenz84(z, (p, q))


def codim1(index):
    """A recorded special point of the branch at T = 0.04, as refined by Newton's method."""
    special = recorded()["lorenz84"]["branches"][0]["special_points"][index]
    kind = "fold" if special["type"] == "bp" else special["type"]
    return start_point(field, kind, special["refined"]["param"], 0.04, special["refined"]["state"])


@pytest.fixture(scope="module")
def curves():
    starts = [codim1(k) for k in range(4)]
    return [bifurcation_curve(field, s, 0.04, spans=SPANS, engine=ENGINE) for s in starts]


def of_kind(curve, kind):
    return [point for point in curve.special_points if point.kind == kind]


def recorded_point(curve, kind):
    points = recorded()["lorenz84"]["codim2_curves"][curve]["special_points"]
    return next(point for point in points if point["type"] == kind)


def test_every_kind_is_found_and_none_twice(curves):
    fold, first, second, third = ([p.kind for p in c.special_points] for c in curves)
    pair = ["bogdanov_takens", "zero_hopf"]
    assert fold == [*pair, "cusp", *reversed(pair)]
    outer = ["hopf_hopf", "bautin", "bogdanov_takens"]
    assert first == [*outer, *reversed(outer)]
    assert second == first
    assert third == ["hopf_hopf", "zero_hopf", "zero_hopf", "hopf_hopf"]
    assert all(curve.status == Status.SPAN_END for curve in curves)
    assert all(curve.unresolved == 0 for curve in curves)
    assert all(point.converged for curve in curves for point in curve.special_points)


def test_points_agree_with_the_recorded_ones(curves):
    fold, first, _, third = curves
    takens = recorded_point(0, "bt")["refined"]
    for curve in (fold, first):
        point = of_kind(curve, "bogdanov_takens")[-1 if curve is fold else 0]
        distance = np.abs(np.abs(point.parameters) - [takens["F"], takens["T"]])
        assert np.max(distance) < 1e-12
        form = form_of(point, BogdanovTakensNormalForm)
        assert abs(float(form.quadratic)) == pytest.approx(0.21442335, abs=1e-8)
        assert abs(float(form.mixed)) == pytest.approx(0.60651455, abs=1e-8)
    cases = [(fold, "zero_hopf", 0, "zh", 1e-6), (third, "zero_hopf", 0, "zh", 1e-6)]
    cases += [(first, "hopf_hopf", 1, "hh", 1e-6), (first, "bautin", 1, "gh", 2e-5)]
    for curve, kind, source, name, tolerance in cases:
        known = recorded_point(source, name)
        point = of_kind(curve, kind)[-1]
        assert abs(point.parameter - known["F"]) < tolerance
        assert abs(abs(point.second_parameter) - abs(known["T"])) < tolerance


def test_located_points_have_exactly_their_eigenvalues(curves):
    """The zero at a double zero is a square root of rounding; all others are exact."""
    steady = {"cusp": 1, "zero_hopf": 1, "bogdanov_takens": 2}
    for curve in curves:
        for point in curve.special_points:
            velocity = lambda z, point=point: field(z, *point.parameters)  # noqa: E731
            values = np.linalg.eigvals(np.asarray(jax.jacfwd(velocity)(jnp.asarray(point.state))))
            assert np.max(np.abs(velocity(jnp.asarray(point.state)))) < 1e-14
            expected = [0.0] * steady.get(point.kind, 0)
            expected += [s * 1j * w for w in point.frequencies for s in (1, -1)]
            tolerance = 1e-6 if point.kind == "bogdanov_takens" else 1e-12
            for value in expected:
                assert np.min(np.abs(values - value)) < tolerance


def test_each_point_is_found_alike_from_both_of_its_curves(curves):
    fold, first, second, third = curves
    for one, other, kind in (
        (fold, first, "bogdanov_takens"),
        (fold, third, "zero_hopf"),
        (first, third, "hopf_hopf"),
        (first, second, "bautin"),
    ):
        for point in of_kind(one, kind):
            twins = [np.abs(point.parameters - t.parameters) for t in of_kind(other, kind)]
            assert min(np.max(twin) for twin in twins) < 1e-11


def test_normal_forms_are_those_of_the_located_points(curves):
    fold, first, _, third = curves
    cusp = form_of(of_kind(fold, "cusp")[0], CuspNormalForm)
    assert abs(float(cusp.quadratic)) < 1e-12
    bautin = form_of(of_kind(first, "bautin")[0], BautinNormalForm)
    assert abs(float(bautin.first_lyapunov)) < 1e-12
    assert float(bautin.quintic.real) == pytest.approx(0.1558, abs=2e-4)
    double = form_of(of_kind(third, "hopf_hopf")[0], HopfHopfNormalForm)
    assert float(double.p11) == pytest.approx(0.5105934623 / 2, abs=1e-5)
    assert float(double.p22) == pytest.approx(-0.30996263236 / 2, abs=1e-5)
    zero = form_of(of_kind(fold, "zero_hopf")[0], ZeroHopfNormalForm)
    assert zero.s == 1
    assert float(zero.theta) == pytest.approx(0.3261347 / 0.8778511, abs=1e-5)


def test_the_stretch_between_the_double_zeros_is_neutral(curves):
    first = curves[1]
    one, other = of_kind(first, "bogdanov_takens")
    inside = np.arange(len(first))
    inside = (inside > one.index) & (inside <= other.index)
    np.testing.assert_array_equal(first.neutral, inside)


def test_recorded_points_lie_on_the_curves(curves):
    """Distance of a recorded point from the polygon is that of a chord from its arc."""
    for curve, index in ((curves[0], 0), (curves[1], 1)):
        for known in np.array(recorded()["lorenz84"]["codim2_curves"][index]["curve"]):
            inside = np.all((known > np.array(SPANS)[:, 0]) & (known < np.array(SPANS)[:, 1]))
            assert not inside or np.min(_to_segments(curve.parameters, known)) < 1e-3


def _to_segments(points, known):
    start, along = points[:-1], np.diff(points, axis=0)
    share = np.sum((known - start) * along, 1) / np.sum(along**2, 1)
    nearest = start + np.clip(share, 0, 1)[:, None] * along
    return np.linalg.norm(nearest - known, axis=1)
