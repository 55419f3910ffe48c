"""Coefficients agree with a reduction by other means and with recorded values of Lorenz-84."""

import json
from pathlib import Path

import codim2_systems as systems
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.normal_forms import (
    bautin_normal_form,
    bogdanov_takens_normal_form,
    hopf_hopf_normal_form,
    zero_hopf_normal_form,
)

RECORDED_SYSTEMS = json.loads(
    (Path(__file__).parents[1] / "reference" / "bifurcationkit-0.8.json").read_text()
)


RECORDED = next(s for s in RECORDED_SYSTEMS["systems"] if s["id"] == "lorenz84")["codim2_curves"]


def polynomial(blocks, n, seed):
    """A random cubic field with the given linear blocks, in mixed coordinates."""
    rng = np.random.default_rng(seed)
    size = sum(len(block) for block in blocks)
    matrix = np.diag(-rng.uniform(0.5, 2, n))
    at = 0
    for block in blocks:
        matrix[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    matrix[:size, size:] = 0
    frame = rng.normal(size=(n, n))
    linear = jnp.asarray(frame @ matrix @ np.linalg.inv(frame))
    a, b, c, d = (jnp.asarray(rng.normal(size=(n, n)) / n) for _ in range(4))
    return lambda z: linear @ z + a @ (b @ z) ** 2 + c @ (d @ z) ** 3


def turning(omega):
    return np.array([[0, -omega], [omega, 0]])


def recorded(curve, kind, index=0):
    points = [p for p in RECORDED[curve]["special_points"] if p["type"] == kind]
    point = points[index]
    return point, lambda z: systems.lorenz84(z, (point["F"], point["T"]))


def as_complex(pair):
    return complex(*pair)


def test_zero_hopf_against_a_reduction_of_the_composed_field():
    velocity = polynomial([np.zeros((1, 1)), turning(1.4)], 4, seed=5)
    form = zero_hopf_normal_form(velocity, jnp.zeros(4), 1.4)
    g = systems.reduce_to_centre(velocity, jnp.zeros(4), [1.4], 3, real=1)
    assert float(form.g200) == pytest.approx(g(0, (2, 0, 0)).real, abs=1e-9)
    assert float(form.g011) == pytest.approx(g(0, (0, 1, 1)).real, abs=1e-9)
    assert float(form.g300) == pytest.approx(g(0, (3, 0, 0)).real, abs=1e-9)
    assert float(form.g111) == pytest.approx(g(0, (1, 1, 1)).real, abs=1e-9)
    assert complex(form.g110) == pytest.approx(g(1, (1, 1, 0)), abs=1e-9)
    assert complex(form.g210) == pytest.approx(g(1, (2, 1, 0)), abs=1e-9)
    assert complex(form.g021) == pytest.approx(g(1, (0, 2, 1)), abs=1e-9)


def test_hopf_hopf_against_a_reduction_of_the_composed_field():
    velocity = polynomial([turning(2.3), turning(0.8)], 5, seed=6)
    form = hopf_hopf_normal_form(velocity, jnp.zeros(5), [2.3, 0.8])
    g = systems.reduce_to_centre(velocity, jnp.zeros(5), [2.3, 0.8], 3)
    assert complex(form.g2100) == pytest.approx(g(0, (2, 1, 0, 0)), abs=1e-9)
    assert complex(form.g1011) == pytest.approx(g(0, (1, 0, 1, 1)), abs=1e-9)
    assert complex(form.g1110) == pytest.approx(g(2, (1, 1, 1, 0)), abs=1e-9)
    assert complex(form.g0021) == pytest.approx(g(2, (0, 0, 2, 1)), abs=1e-9)


def test_bautin_of_lorenz84():
    point, velocity = recorded(1, "gh")
    form = bautin_normal_form(velocity, point["state"], point["omega"])
    known = point["normal_form"]
    assert complex(form.cubic) == pytest.approx(as_complex(known["G21"]) / 2, abs=1e-9)
    assert complex(form.quintic) == pytest.approx(as_complex(known["G32"]) / 12, abs=1e-8)
    assert float(form.second_lyapunov) == pytest.approx(known["l2"] / point["omega"], abs=1e-8)


@pytest.mark.slow
def test_quintic_coefficient_against_a_reduction_of_the_composed_field():
    point, velocity = recorded(1, "gh")
    state = jnp.array(point["state"])
    form = bautin_normal_form(velocity, state, point["omega"])
    # The reduction takes the real part of the eigenvalue, 1e-9 here, to be zero.
    g = systems.reduce_to_centre(velocity, state, [point["omega"]], 5)
    assert complex(form.quintic) == pytest.approx(g(0, (3, 2)) / 12, abs=1e-7)


def test_bogdanov_takens_of_lorenz84():
    point, _ = recorded(1, "bt")
    refined = point["refined"]
    form = bogdanov_takens_normal_form(
        lambda z: systems.lorenz84(z, (refined["F"], refined["T"])), refined["state"]
    )
    assert abs(float(form.quadratic)) == pytest.approx(abs(point["normal_form"]["a"]), abs=1e-8)
    assert abs(float(form.mixed)) == pytest.approx(abs(point["normal_form"]["b"]), abs=1e-8)


def test_zero_hopf_of_lorenz84():
    point, velocity = recorded(0, "zh")
    form = zero_hopf_normal_form(velocity, point["state"], 1.1)
    known = point["normal_form"]
    assert float(form.frequency) == pytest.approx(known["omega"], abs=1e-12)
    assert float(form.g200) == pytest.approx(known["G200"], abs=1e-9)
    assert float(form.g011) == pytest.approx(known["G011"], abs=1e-9)
    assert complex(form.g110) == pytest.approx(as_complex(known["G110"]), abs=1e-9)
    assert float(form.g111) == pytest.approx(known["G111"][0], abs=1e-8)
    assert complex(form.g021) == pytest.approx(as_complex(known["G021"]), abs=1e-8)
    assert "s = +1" in repr(form)


def test_hopf_hopf_of_lorenz84():
    point, velocity = recorded(1, "hh")
    known = point["normal_form"]
    form = hopf_hopf_normal_form(
        velocity, point["state"], [known["lambda1"][1], known["lambda2"][1]]
    )
    assert complex(form.g2100) == pytest.approx(as_complex(known["G2100"]), abs=1e-7)
    assert complex(form.g1011) == pytest.approx(as_complex(known["G1011"]), abs=1e-7)
    assert complex(form.g1110) == pytest.approx(as_complex(known["G1110"]), abs=1e-7)
    assert complex(form.g0021) == pytest.approx(as_complex(known["G0021"]), abs=1e-7)
    assert "Hopf–Hopf: ω = 1.15155, 0.743219" in repr(form)
