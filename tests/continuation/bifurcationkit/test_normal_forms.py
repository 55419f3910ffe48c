"""Coefficients that BifurcationKit computed, taken into our convention: ours must come out."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation.bifurcationkit._normal_forms import codim_two, normal_form
from bifbridge.normal_forms import (
    BautinNormalForm,
    BogdanovTakensNormalForm,
    CuspNormalForm,
    HopfHopfNormalForm,
    HopfNormalForm,
    ScalarNormalForm,
    ZeroHopfNormalForm,
    bautin_normal_form,
    bogdanov_takens_normal_form,
    bordered_solve,
    cusp_normal_form,
    hopf_hopf_normal_form,
    hopf_normal_form,
    multilinear,
    scalar_normal_form,
    zero_hopf_normal_form,
)
from tests.reference.systems import field, lorenz84, recorded

KIND = {"Fold": "fold", "Pitchfork": "branch_point", "Transcritical": "branch_point"}


#: One or two recorded points of each kind, in one to eight dimensions.
POINTS = [
    ("fold", 0), ("transcritical", 0), ("subcritical_pitchfork", 0), ("brusselator", 0),
    ("wilson_cowan", 0), ("wilson_cowan", 2), ("lorenz63", 0), ("ctrnn8_nonsymmetric", 0),
    ("ctrnn8_bias", 1), ("gru4_origin", 0),
]  # fmt: skip


def second_order(name, state, p, right, left):
    """BifurcationKit's Ψ20: AΨ20 + sw = −B(v, v) + (wᵀB(v, v))v, vᵀΨ20 = 0."""

    def velocity(z):
        return field(name)(z, p)

    matrix = jax.jacfwd(velocity)(jnp.asarray(state))
    curvature = multilinear(velocity, jnp.asarray(state), jnp.asarray(right), jnp.asarray(right))
    force = -curvature + (left @ curvature) * right
    return np.asarray(bordered_solve(matrix, jnp.asarray(left), jnp.asarray(right), force)[0])


def raw_of(name, k) -> tuple[dict[str, Any], Any, Any, Any]:
    """What Julia would return at a recorded point: its numbers, with eigenvectors of the matrix."""
    point = recorded()[name]["branches"][0]["special_points"][k]
    best = point.get("refined", point)
    state, p = np.asarray(best.get("state")), best["param"]
    matrix = np.asarray(jax.jacfwd(lambda z: field(name)(z, p))(jnp.asarray(state)))
    form = dict(best["normal_form"])
    values, right = np.linalg.eig(matrix)
    target = 1j * form["omega"] if form["class"] == "Hopf" else 0.0
    index = int(np.argmin(np.abs(values - target)))
    left = np.conj(np.linalg.inv(right)[index])
    if form["class"] == "Hopf":
        form |= {"right": right[:, index], "left": left}
        form |= {key: complex(*form[key]) for key in ("a", "b")}
    else:
        given = np.asarray(form["right_vector"])
        scale = given @ np.real(right[:, index])
        # The left vector of the matrix belongs to its right one: wᵀv = 1 for the given v.
        left = np.real(left) * scale
        second = second_order(name, state, p, given, left)
        form |= {"right": given, "left": left, "second_order": second}
    return form, state, p, values


@pytest.mark.parametrize(("name", "k"), POINTS)
def test_recorded_coefficients_become_ours(name, k):
    form, state, p, values = raw_of(name, k)
    kind = "hopf" if form["class"] == "Hopf" else KIND[form["class"]]
    found = normal_form(form, state, values, kind)

    def velocity(z):
        return field(name)(z, p)

    if kind == "hopf":
        assert isinstance(found, HopfNormalForm)
        own = hopf_normal_form(velocity, jnp.asarray(state), abs(form["omega"]))
        np.testing.assert_allclose(complex(found.cubic), complex(own.cubic), rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(found.right, own.right, atol=1e-7)
        np.testing.assert_allclose(found.left, own.left, atol=1e-6)
    else:
        assert isinstance(found, ScalarNormalForm)
        own = scalar_normal_form(velocity, jnp.asarray(state), kind=kind)
        # A branch point was only bisected: what vanishes there does so to its precision.
        np.testing.assert_allclose(found.quadratic, own.quadratic, rtol=1e-6, atol=1e-5)
        np.testing.assert_allclose(found.cubic, own.cubic, rtol=1e-5, atol=1e-8)
        np.testing.assert_allclose(found.second_order, own.second_order, atol=1e-5)
        np.testing.assert_allclose(found.right, own.right, atol=1e-6)
        np.testing.assert_allclose(float(found.left @ found.right), 1.0, rtol=1e-10)


def test_imaginary_parts_come_conjugated_where_the_frequency_is_positive():
    """ż = (r + 2i)z + (−1.5 + 0.7i)z|z|², |z|² = 2|y|²: BifurcationKit says −3 − 1.4i."""
    raw = {"class": "Hopf", "omega": 2.0, "b": -3 - 1.4j, "a": 1 + 0j}
    q = np.array([1, -1j]) / np.sqrt(2)
    eigenvalues = np.array([2j, -2j])
    up = normal_form(raw | {"right": q, "left": q}, np.zeros(2), eigenvalues, "hopf")
    down = raw | {"omega": -2.0, "b": -3 + 1.4j, "right": q.conj(), "left": q.conj()}
    turned = normal_form(down, np.zeros(2), eigenvalues, "hopf")
    for form in (up, turned):
        assert isinstance(form, HopfNormalForm)
        np.testing.assert_allclose(complex(form.cubic), -3 + 1.4j)
        np.testing.assert_allclose(form.frequency, 2.0)
        np.testing.assert_allclose(complex(form.eigenvalue), 2j)
        np.testing.assert_allclose(np.vdot(form.left, form.right), 1.0)
        assert form.criticality == "supercritical"


def test_a_vector_of_another_length_and_sign_changes_no_equation():
    """ẏ = b₂y² + c₃y³ along v = (−3, 0) is the same flow as along (1, 0)."""
    plain = {
        "class": "Transcritical", "a01": 0.0, "b20": 0.8, "b30": -6.0,
        "right": np.array([1.0, 0.0]), "left": np.array([1.0, 0.0]),
        "second_order": np.array([0.0, 2.0]),
    }  # fmt: skip
    # Along v' = −3v the coordinate is a' = −a/3: quadratic terms gain −3, cubic ones 9.
    stretched = plain | {
        "b20": -2.4, "b30": -54.0, "right": np.array([-3.0, 0.0]),
        "left": np.array([-1 / 3, 0.0]), "second_order": np.array([0.0, 18.0]),
    }  # fmt: skip
    eigenvalues = np.array([0.0, -1.0])
    first, second = (
        normal_form(r, np.zeros(2), eigenvalues, "branch_point") for r in (plain, stretched)
    )
    assert isinstance(first, ScalarNormalForm)
    assert isinstance(second, ScalarNormalForm)
    for name in ("quadratic", "cubic", "right", "left", "second_order"):
        np.testing.assert_allclose(getattr(first, name), getattr(second, name), atol=1e-14)
    np.testing.assert_allclose([first.quadratic, first.cubic], [0.4, -1.0])


def test_a_bisected_point_keeps_bifurcationkits_class():
    """Off a pitchfork by 1e-6 the quadratic coefficient is no longer zero to rounding."""
    raw = {
        "class": "Pitchfork", "a01": 1e-7, "b20": 6e-6, "b30": -6.0, "right": np.ones(1),
        "left": np.ones(1), "second_order": np.zeros(1),
    }  # fmt: skip
    form = normal_form(raw, np.zeros(1), np.array([1e-6]), "")
    assert isinstance(form, ScalarNormalForm)
    assert form.kind == "pitchfork"
    assert float(form.margin) == 0.0


def test_no_normal_form_stays_none():
    assert normal_form({"error": "singular"}, np.zeros(1), np.zeros(1), "") is None
    assert normal_form({"class": "NdBranchPoint"}, np.zeros(2), np.zeros(2), "") is None
    assert codim_two({"error": "no"}, np.zeros(1)) is None


def codim2(curve: int, kind: str) -> tuple[dict[str, Any], Any, Any]:
    special = recorded()["lorenz84"]["codim2_curves"][curve]["special_points"]
    point = next(point for point in special if point["type"] == kind)
    best = point.get("refined", point)
    state = jnp.asarray(best["state"])

    def velocity(z):
        return lorenz84(z, best["F"], best["T"])

    return dict(point["normal_form"]), state, velocity


def as_complex(raw, *names) -> dict[str, Any]:
    return raw | {name: complex(*raw[name]) for name in names}


def test_bogdanov_takens():
    raw, state, velocity = codim2(0, "bt")
    own = bogdanov_takens_normal_form(velocity, state)
    # The same chain, twice as long and turned over: a and b as BifurcationKit would scale them.
    raw |= {
        "right": -2 * np.stack([own.right, own.generalised + 0.3 * own.right]),
        "left": np.stack([own.left_generalised - 0.3 * own.left, own.left]) / -2,
        "a": -2 * raw["a"] * np.sign(raw["a"] * float(own.quadratic)),
        "b": -2 * raw["b"] * np.sign(raw["a"] * float(own.quadratic)),
    }
    found = codim_two(raw, np.asarray(state))
    assert isinstance(found, BogdanovTakensNormalForm)
    np.testing.assert_allclose(found.quadratic, own.quadratic, rtol=1e-3)
    np.testing.assert_allclose(found.mixed, own.mixed, rtol=1e-3)
    for name in ("right", "generalised", "left", "left_generalised"):
        np.testing.assert_allclose(getattr(found, name), getattr(own, name), atol=1e-9)


def test_bautin():
    raw, state, velocity = codim2(1, "gh")
    raw = as_complex(raw, "G21", "G32")
    own = bautin_normal_form(velocity, state, raw["omega"])
    found = codim_two(raw | {"right": own.right, "left": own.left}, np.asarray(state))
    assert isinstance(found, BautinNormalForm)
    np.testing.assert_allclose(complex(found.cubic), complex(own.cubic), rtol=1e-6, atol=1e-8)
    # BifurcationKit takes fourth and fifth derivatives by differences: the order and the sign.
    np.testing.assert_allclose(found.second_lyapunov, own.second_lyapunov, rtol=0.3)
    down = raw | {"omega": -raw["omega"], "right": np.conj(own.right), "left": np.conj(own.left)}
    down |= {name: np.conj(raw[name]) for name in ("G21", "G32")}
    turned = codim_two(down, np.asarray(state))
    assert isinstance(turned, BautinNormalForm)
    np.testing.assert_allclose(complex(turned.quintic), complex(found.quintic))


def test_zero_hopf():
    raw, state, velocity = codim2(0, "zh")
    raw = as_complex(raw, "G110", "G111", "G021")
    own = zero_hopf_normal_form(velocity, state, raw["omega"])
    names = ("right", "left", "right_turning", "left_turning")
    vectors = {name: np.asarray(getattr(own, name)) for name in names}
    found = codim_two(raw | vectors, np.asarray(state))
    assert isinstance(found, ZeroHopfNormalForm)
    # The sign of q₀ was not recorded: it is that of G₂₀₀.
    sign = np.sign(float(found.g200 * own.g200))
    np.testing.assert_allclose(found.g200 * sign, own.g200, rtol=1e-4)
    np.testing.assert_allclose(found.g011 * sign, own.g011, rtol=1e-4)
    np.testing.assert_allclose(complex(found.g110) * sign, complex(own.g110), rtol=1e-4)
    np.testing.assert_allclose(complex(found.g021), complex(own.g021), rtol=1e-4)
    assert (found.s, np.sign(found.theta)) == (own.s, np.sign(own.theta))
    # BifurcationKit has no G₃₀₀ and G₂₁₀, and its G₁₁₁ holds for quadratic fields only.
    assert all(np.isnan(complex(getattr(found, name))) for name in ("g300", "g111", "g210"))


def test_hopf_hopf():
    raw, state, velocity = codim2(1, "hh")
    raw = as_complex(raw, "G2100", "G0021", "G1110", "G1011")
    frequencies = [raw["lambda1"][1], raw["lambda2"][1]]
    own = hopf_hopf_normal_form(velocity, state, jnp.asarray(frequencies))
    raw |= {"frequencies": frequencies, "right": 2 * own.rights, "left": own.lefts / 2}
    raw |= {name: 4 * raw[name] for name in ("G2100", "G0021", "G1110", "G1011")}
    found = codim_two(raw, np.asarray(state))
    assert isinstance(found, HopfHopfNormalForm)
    for name in ("g2100", "g1011", "g1110", "g0021"):
        np.testing.assert_allclose(
            complex(getattr(found, name)), complex(getattr(own, name)), rtol=1e-3
        )
    np.testing.assert_allclose(found.rights, own.rights, atol=1e-12)


def test_a_cusp_with_vectors_of_two_eigenvalues_is_refused():
    # Recorded: a network of four units whose other eigenvalues are unstable too.
    right = np.array([-0.9998594, -0.0015314, -0.01447541, 0.00832394])
    left = np.array([-93.64586274, 79590.11188642, -1924.60293486, 167.28833431])
    raw = {"class": "Cusp", "c": 19430273.387070447, "right": right, "left": left}
    assert codim_two(raw, np.zeros(4)) is None


def test_cusp():
    def velocity(z):
        return jnp.stack([-(z[0] ** 3), -z[1] + z[0] ** 2])

    own = cusp_normal_form(velocity, jnp.zeros(2))
    raw = {
        "class": "Cusp",
        "c": -4.0,
        "right": np.array([-2.0, 0.0]),
        "left": np.array([-0.5, 0.0]),
    }
    found = codim_two(raw, np.zeros(2))
    assert isinstance(found, CuspNormalForm)
    np.testing.assert_allclose(found.cubic, own.cubic)
    np.testing.assert_allclose(found.right, own.right, atol=1e-12)
