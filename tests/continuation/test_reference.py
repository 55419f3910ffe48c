"""Branches and normal forms agree with recorded ones of an independent program."""

import numpy as np
import pytest

from bifbridge.continuation import ContinuationProblem, continuation
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm
from tests.reference import systems

QUICK = [
    "wilson_cowan", "lorenz63", "ctrnn8_nonsymmetric", "gru4_origin", "lorenz84", "bratu50",
    "ctrnn32_close_pair",
]  # fmt: skip
# Every system is a program of its own to compile: together these take more than ten seconds.
MORE = [
    "pitchfork", "transcritical", "fold", "subcritical_pitchfork", "stuart_landau", "brusselator",
    "fitzhugh_nagumo", "ctrnn8_bias", "ctrnn8_bias_gain", "ctrnn8_bias_gain_lower", "gru4_input",
    "gru4_input_scale", "ctrnn32_symmetric",
]  # fmt: skip
CLASSES = {
    "Fold": "fold",
    "Transcritical": "transcritical",
    "Pitchfork": "pitchfork",
    "Hopf": "hopf",
}


def expected_points(system):
    """Kind, parameter and normal form, from the best source that the record has."""
    for point in system["branches"][0]["special_points"]:
        if point["type"] == "endpoint":
            continue
        refined = point.get("refined") or {}
        form = refined.get("normal_form") or point["normal_form"]
        kind = CLASSES[point["normal_form"]["class"]]
        if "exact" in point:
            yield kind, point["exact"]["param"], form, 1e-12
        elif "param" in refined:
            yield kind, refined["param"], form, 1e-11
        else:
            yield kind, point["param"], form, 1e-8


def assert_form(found, form):
    """Coefficients in our convention: b₂ = b20/2, c₃ = b30/6, c₁ = conj(b)."""
    if isinstance(found, HopfNormalForm):
        assert float(found.frequency) == pytest.approx(form["omega"], rel=1e-7)
        b = complex(*form["b"])
        assert complex(found.cubic) == pytest.approx(b.conjugate(), rel=1e-6)
        return
    assert isinstance(found, ScalarNormalForm)
    if found.kind == "pitchfork":
        assert float(found.cubic) == pytest.approx(form["b30"] / 6, rel=1e-5)
    else:
        assert abs(float(found.quadratic)) == pytest.approx(abs(form["b20"]) / 2, rel=1e-5)


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE)]
)
def test_every_recorded_point_is_found_with_its_coefficients(name):
    system = systems.recorded()[name]
    problem = ContinuationProblem(
        systems.field(name),
        np.array(system["start_state"]),
        span=tuple(system["span"]),
        parameter=system["start_param"],
    )
    branch = continuation(problem)
    assert branch.balance.complete
    assert all(point.converged for point in branch.special_points)
    for kind, parameter, form, tolerance in expected_points(system):
        near = min(
            (point for point in branch.special_points if point.kind == kind),
            key=lambda point, p=parameter: abs(point.parameter - p),
        )
        assert near.parameter == pytest.approx(parameter, abs=tolerance)
        assert_form(near.normal_form, form)
    known = len(list(expected_points(system)))
    # The record lacks the close pair; nothing else may be found that is not there.
    extra = {"ctrnn32_close_pair": 2}.get(name, 0)
    assert len(branch.special_points) == known + extra


def test_the_close_pair_is_where_the_eigenvalues_of_the_weights_say():
    weights = systems.symmetric_weights(0.0)
    problem = ContinuationProblem(
        systems.field("ctrnn32_close_pair"), np.zeros(32), span=(0.9, 1.01)
    )
    found = [point.parameter for point in continuation(problem).special_points]
    gains = 1 / np.linalg.eigvalsh(weights)[::-1][:2]
    np.testing.assert_allclose(found, gains, atol=1e-13)
