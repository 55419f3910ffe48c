"""Curves with closed forms are followed to rounding, and their special points found exactly."""

import jax.numpy as jnp
import numpy as np
import pytest
from codim2_systems import form_of, start_point, wilson_cowan

from bifbridge.continuation import JaxEngine, Status
from bifbridge.continuation.jax_engine.two_parameter import bifurcation_curve
from bifbridge.normal_forms import BautinNormalForm, CuspNormalForm

LOGIT_SPAN = ((-15.0, 15.0), (-15.0, 15.0))
#: Parameter and state of special points of Wilson–Cowan at q = 0, to six digits.
FOLD = (3.117631, 0.788409, 0.926318)
HOPF = ((-0.027766, 0.265575, 0.217632), (3.111269, 0.764112, 0.910526))


def kinds(curve):
    return [point.kind for point in curve.special_points]


def cusp(z, p, q):
    return p + q * z - z**3


def test_folds_of_the_cusp():
    """27 p² = 4 q³, on both sides of the cusp, which is passed without a stop."""
    fold = start_point(cusp, "fold", 2 / 27**0.5, 1.0, [-(3**-0.5)])
    curve = bifurcation_curve(cusp, fold, 1.0, spans=((-1, 1), (-1, 2)))
    p, q = curve.parameters.T
    np.testing.assert_allclose(27 * p**2, 4 * q**3, atol=1e-13)
    assert p[0] == pytest.approx(-1, abs=1e-14)
    assert p[-1] == pytest.approx(1, abs=1e-14)
    assert curve.status == Status.SPAN_END
    assert kinds(curve) == ["cusp"]
    point = curve.special_points[0]
    assert point.converged
    np.testing.assert_allclose(point.parameters, 0, atol=1e-13)
    np.testing.assert_allclose(point.state, 0, atol=1e-10)
    assert float(form_of(point, CuspNormalForm).cubic) == pytest.approx(-1, abs=1e-10)


def test_a_fold_curve_may_start_at_its_cusp():
    """Where p and q stand still, only the state moves."""
    fold = start_point(cusp, "fold", 2 / 27**0.5, 1.0, [-(3**-0.5)])
    spans = ((-1.0, 1.0), (-1.0, 2.0))
    found = bifurcation_curve(cusp, fold, 1.0, spans=spans).special_points[0]
    curve = bifurcation_curve(cusp, found, kind="fold", spans=spans)
    p, q = curve.parameters.T
    np.testing.assert_allclose(27 * p**2, 4 * q**3, atol=1e-13)
    assert abs(np.min(q)) < 1e-12
    assert curve.ends == (Status.SPAN_END, Status.SPAN_END)


def test_an_isola_of_folds_is_closed():
    def field(z, p, q):
        return z**2 + p**2 + q**2 - 1

    fold = start_point(field, "fold", 1.0, 0.0, [0.0])
    curve = bifurcation_curve(field, fold, 0.0, spans=((-2, 2), (-2, 2)))
    assert curve.status == Status.CLOSED
    np.testing.assert_allclose(np.sum(curve.parameters**2, axis=1), 1, atol=1e-13)
    angles = np.unwrap(np.arctan2(curve.parameters[:, 1], curve.parameters[:, 0]))
    assert abs(angles[-1] - angles[0]) > 6
    assert curve.special_points == ()


def brusselator(z, p, q):
    x, y = z
    return jnp.stack([q - (p + 1) * x + x * x * y, p * x - x * x * y])


def test_hopf_points_of_the_brusselator():
    """B = 1 + A², ω = A."""
    hopf = start_point(brusselator, "hopf", 3.25, 1.5, [1.5, 3.25 / 1.5])
    curve = bifurcation_curve(brusselator, hopf, 1.5, spans=((1, 5), (0.2, 3)))
    p, q = curve.parameters.T
    np.testing.assert_allclose(p, 1 + q**2, atol=1e-12)
    np.testing.assert_allclose(curve.frequencies, q, atol=1e-12)
    np.testing.assert_allclose(curve.states, np.stack([q, p / q], 1), atol=1e-12)
    at = np.argmin(np.abs(q - 1.5))
    assert q[at] == pytest.approx(1.5, abs=1e-12)
    assert curve.tests["first_lyapunov"][at] == pytest.approx(-17 / 66, abs=1e-10)
    assert not np.any(curve.neutral)
    assert p[-1] == pytest.approx(5, abs=1e-13)
    assert kinds(curve) == []


def double_zeros():
    """All four Bogdanov–Takens points: tr A = det A = 0 is a quadratic equation in S'."""
    a = (76 + np.sqrt(76**2 + 4 * 456)) / 912
    found = []
    for e in (0.5 - np.sqrt(0.25 - a), 0.5 + np.sqrt(0.25 - a)):
        for i in (0.5 - np.sqrt(1.25 - 6 * a), 0.5 + np.sqrt(1.25 - 6 * a)):
            p = np.log(e / (1 - e)) - 12 * e + 10 * i + 2
            found.append((p, np.log(i / (1 - i)) - 10 * e + 2 * i + 3.5))
    return np.array(found)


def test_folds_of_wilson_cowan_meet_their_double_zeros():
    fold = start_point(wilson_cowan, "fold", FOLD[0], 0.0, FOLD[1:])
    curve = bifurcation_curve(wilson_cowan, fold, 0.0, spans=LOGIT_SPAN)
    assert sorted(kinds(curve)) == ["bogdanov_takens", "bogdanov_takens", "cusp"]
    e, i = curve.states.T
    a, b = e * (1 - e), i * (1 - i)
    np.testing.assert_allclose((12 * a - 1) * (-1 - 2 * b) + 100 * a * b, 0, atol=1e-12)
    for point in curve.special_points:
        if point.kind == "bogdanov_takens":
            away = np.linalg.norm(double_zeros() - point.parameters, axis=1)
            assert np.min(away) < 1e-12
    assert curve.unresolved == 0
    assert np.all(np.min(np.abs(curve.eigenvalues), axis=1) < 1e-6)


def test_hopf_curve_of_wilson_cowan_turns_into_neutral_saddles():
    """ω² = det A > 0 before the double zero, < 0 behind it; and the curve is point symmetric."""
    hopf = [start_point(wilson_cowan, "hopf", h[0], 0.0, h[1:]) for h in HOPF]
    curves = [bifurcation_curve(wilson_cowan, h, 0.0, spans=LOGIT_SPAN) for h in hopf]
    for curve in curves:
        assert kinds(curve) == ["bogdanov_takens", "bautin", "bogdanov_takens"]
        e, i = curve.states.T
        a, b = e * (1 - e), i * (1 - i)
        np.testing.assert_allclose(12 * a - 2 - 2 * b, 0, atol=1e-12)
        determinant = (12 * a - 1) * (-1 - 2 * b) + 100 * a * b
        np.testing.assert_allclose(curve.tests["frequency_squared"], determinant, atol=1e-11)
        np.testing.assert_array_equal(curve.neutral, determinant < 0)
        assert np.any(curve.neutral)
        assert not np.all(curve.neutral)
        assert np.array_equal(np.isnan(curve.frequencies), curve.neutral)
        first, _, last = curve.special_points
        assert np.all(~curve.neutral[first.index + 1 : last.index + 1])
        for point in (first, last):
            away = np.linalg.norm(double_zeros() - point.parameters, axis=1)
            assert np.min(away) < 1e-12
        assert "neutral saddles" in repr(curve)
    one, other = (curve.special_points[1] for curve in curves)
    np.testing.assert_allclose(one.parameters + other.parameters, [2, -1], atol=1e-11)
    first, second = form_of(one, BautinNormalForm), form_of(other, BautinNormalForm)
    for form in (first, second):
        assert abs(float(form.first_lyapunov)) < 1e-10
    assert float(first.second_lyapunov) == pytest.approx(float(second.second_lyapunov), rel=1e-9)


def test_a_hopf_curve_starts_from_a_double_zero():
    fold = start_point(wilson_cowan, "fold", FOLD[0], 0.0, FOLD[1:])
    spans = LOGIT_SPAN
    double = next(
        point
        for point in bifurcation_curve(wilson_cowan, fold, 0.0, spans=spans).special_points
        if point.kind == "bogdanov_takens"
    )
    curve = bifurcation_curve(wilson_cowan, double, kind="hopf", spans=spans)
    assert kinds(curve) == ["bogdanov_takens", "bautin", "bogdanov_takens"]
    distances = [np.linalg.norm(s.parameters - double.parameters) for s in curve.special_points]
    assert min(distances) < 1e-11
    engine = JaxEngine(max_points=5)
    short = bifurcation_curve(wilson_cowan, double, kind="fold", spans=spans, engine=engine)
    assert short.status == Status.POINT_LIMIT
    assert len(short) == 9
    assert kinds(short).count("bogdanov_takens") == 1
