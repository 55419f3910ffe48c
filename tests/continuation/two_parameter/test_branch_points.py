"""Branch points in two parameters: those that persist, and those that do not."""

import jax.numpy as jnp
import numpy as np
import pytest
from codim2_systems import start_point

from bifbridge.continuation import LeafFamily, SpecialPoint, Status
from bifbridge.continuation.jax_engine.two_parameter import (
    FunctionTwoParameterFamily,
    LeafTwoParameterFamily,
    bifurcation_curve,
)
from bifbridge.fields import CTRNN

SPANS = ((-1.0, 1.0), (-2.0, 2.0))


def test_a_pitchfork_changes_criticality():
    """ż = pz + qz³ − z⁵: c₃ = q all along."""

    def field(z, p, q):
        return p * z + q * z**3 - z**5

    curve = bifurcation_curve(
        field, start_point(field, "pitchfork", 0.0, -1.1, [0.0]), -1.1, spans=SPANS
    )
    np.testing.assert_allclose(curve.tests["cubic"], curve.parameters[:, 1], atol=1e-12)
    np.testing.assert_allclose(curve.parameters[:, 0], 0, atol=1e-14)
    np.testing.assert_allclose(curve.tests["imperfection"], 0, atol=1e-14)
    (point,) = curve.special_points
    assert point.kind == "degenerate_pitchfork"
    assert point.converged
    np.testing.assert_allclose(point.parameters, 0, atol=1e-11)


def test_a_transcritical_turns_round():
    """ż = pz + qz² − z³: b₂ = q all along."""

    def field(z, p, q):
        return p * z + q * z**2 - z**3

    curve = bifurcation_curve(
        field, start_point(field, "transcritical", 0.0, -1.1, [0.0]), -1.1, spans=SPANS
    )
    assert [point.kind for point in curve.special_points] == ["degenerate_transcritical"]
    np.testing.assert_allclose(curve.special_points[0].parameters, 0, atol=1e-11)
    np.testing.assert_allclose(
        np.abs(curve.tests["quadratic"]), np.abs(curve.parameters[:, 1]), atol=1e-12
    )


def test_an_imperfect_branch_point_says_so():
    """ż = pz − z³ + q has its pitchfork at q = 0 alone; β makes up for q elsewhere."""

    def field(z, p, q):
        return p * z - z**3 + q

    start = start_point(field, "pitchfork", 0.0, 0.0, [0.0])
    curve = bifurcation_curve(field, start, 0.0, spans=SPANS)
    assert curve.status == Status.SPAN_END
    imperfection = curve.tests["imperfection"]
    np.testing.assert_allclose(np.abs(imperfection), np.abs(curve.parameters[:, 1]), atol=1e-12)


def network():
    weights = np.random.default_rng(3).normal(size=(8, 8)) / 8**0.5
    return (weights + weights.T) / 2


def first_pitchfork(weights):
    values = np.linalg.eigvalsh(weights)
    eigenvalues = (values[::-1] / values[-1] - 1).astype(complex)
    return SpecialPoint("pitchfork", float(1 / values[-1]), np.zeros(8), eigenvalues)


def test_pitchforks_of_a_network_against_its_eigenvalues():
    """Gain × largest eigenvalue of W is one, whatever its first entry is."""
    weights = network()
    family = LeafTwoParameterFamily(
        LeafFamily(CTRNN(jnp.asarray(weights)), "gain"), "weights", (0, 0)
    )
    curve = bifurcation_curve(
        family, first_pitchfork(weights), float(weights[0, 0]), spans=((0.0, 5.0), (-2.0, 2.0))
    )
    assert curve.status == Status.SPAN_END
    for gain, entry in curve.parameters:
        moved = weights.copy()
        moved[0, 0] = entry
        assert gain * np.linalg.eigvalsh(moved)[-1] == pytest.approx(1, abs=1e-12)
    dataset = curve.to_xarray()
    assert dataset.sizes["point"] == len(curve)
    assert dataset.attrs["kind"] == "branch_point"
    np.testing.assert_array_equal(dataset["test_cubic"], curve.tests["cubic"])


def test_a_pair_crossing_at_a_pitchfork_is_reported():
    def field(z, p, q):
        s = z[0] ** 2 + z[1] ** 2 + z[2] ** 2
        return jnp.stack([
            (p + 0.2 * q) * z[0] - z[0] ** 3,
            (q - s) * z[1] - 2 * z[2],
            2 * z[1] + (q - s) * z[2],
        ])

    start = start_point(field, "pitchfork", 0.2, -1.0, [0.0, 0.0, 0.0])
    curve = bifurcation_curve(field, start, -1.0, spans=SPANS)
    (point,) = curve.special_points
    assert point.kind == "zero_hopf"
    assert point.normal_form is None
    np.testing.assert_allclose(point.parameters, 0, atol=1e-11)
    np.testing.assert_allclose(point.frequencies, [2.0], atol=1e-9)


def test_families_refuse_what_they_cannot_vary():
    family = LeafFamily(CTRNN(jnp.eye(2)), "gain")
    with pytest.raises(ValueError, match="no parameter is called 'gian'"):
        LeafTwoParameterFamily(family, "gian")
    built = FunctionTwoParameterFamily(lambda p, q: CTRNN(q * jnp.eye(2), gain=p))
    found = built.velocity(jnp.asarray(2.0), jnp.asarray(3.0))(jnp.array([0.1, 0.0]))
    assert float(found[0]) == pytest.approx(6 * np.tanh(0.1) - 0.1, abs=1e-15)


def test_starts_that_span_no_curve_are_refused():
    def field(z, p, q):
        return p + q * z - z**3

    fold = start_point(field, "fold", 2 / 27**0.5, 1.0, [-(3**-0.5)])
    with pytest.raises(ValueError, match="give second="):
        bifurcation_curve(field, fold, spans=SPANS)
    with pytest.raises(ValueError, match="lies outside"):
        bifurcation_curve(field, fold, 3.0, spans=SPANS)
    endpoint = start_point(field, "endpoint", 0.0, 1.0, [-1.0])
    with pytest.raises(ValueError, match="spans no curve"):
        bifurcation_curve(field, endpoint, 1.0, spans=SPANS)


def test_a_start_without_any_fold_nearby_fails_with_a_status():
    def field(z, p, q):
        return p - z + q

    start = start_point(field, "fold", 0.0, 0.0, [0.0])
    curve = bifurcation_curve(field, start, 0.0, spans=SPANS)
    assert not curve.status.ok
    assert len(curve) == 0
    assert "Curve of 0 folds" in repr(curve)
