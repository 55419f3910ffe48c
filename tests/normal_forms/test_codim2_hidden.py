"""Textbook normal forms hidden by smooth coordinate changes give their coefficients back."""

import codim2_systems as systems
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.normal_forms import (
    bautin_normal_form,
    bogdanov_takens_normal_form,
    cusp_normal_form,
    hopf_hopf_normal_form,
    zero_hopf_normal_form,
)

TURNING = np.array([1, -1j]) / 2**0.5
N = 5


def stretch(linear, first, vector):
    """How far a coordinate change stretches a core eigenvector."""
    return np.linalg.norm(linear[:, first : first + len(vector)] @ vector)


@pytest.mark.parametrize("cubic", [-2.0, 0.7])
def test_cusp(cubic):
    velocity, state, linear = systems.hide(lambda x: cubic * x**3 + 0.4 * x**4, 1, N)
    form = cusp_normal_form(velocity, state)
    assert form.kind == "cusp"
    assert float(form.cubic) == pytest.approx(cubic / stretch(linear, 0, [1.0]) ** 2, abs=1e-10)
    assert abs(float(form.quadratic)) < 1e-12
    assert abs(float(form.eigenvalue)) < 1e-12


@pytest.mark.parametrize(("a", "b"), [(2.0, -3.0), (-0.5, -0.8)])
def test_bogdanov_takens(a, b):
    def core(x):
        higher = 0.3 * x[0] ** 3 - 0.2 * x[0] ** 2 * x[1] + 0.1 * x[1] ** 3
        return jnp.stack([x[1], a * x[0] ** 2 + b * x[0] * x[1] + higher])

    velocity, state, linear = systems.hide(core, 2, N, seed=1)
    form = bogdanov_takens_normal_form(velocity, state)
    size = stretch(linear, 0, [1.0])
    sign = np.sign(linear[:, 0] @ np.asarray(form.right))
    assert float(form.quadratic) == pytest.approx(sign * a / size, abs=1e-10)
    assert float(form.mixed) == pytest.approx(sign * b / size, abs=1e-10)
    assert form.criticality == ("supercritical" if a * b < 0 else "subcritical")


def test_bogdanov_takens_vectors_are_jordan_chains():
    def core(x):
        return jnp.stack([x[1], x[0] ** 2 + x[0] * x[1]])

    velocity, state, _ = systems.hide(core, 2, N, seed=1)
    form = bogdanov_takens_normal_form(velocity, state)
    matrix = np.stack([
        np.asarray(velocity(state + 1e-6 * e) - velocity(state - 1e-6 * e)) / 2e-6
        for e in np.eye(N)
    ]).T
    np.testing.assert_allclose(matrix @ form.right, 0, atol=1e-8)
    np.testing.assert_allclose(matrix @ form.generalised, form.right, atol=1e-8)
    np.testing.assert_allclose(matrix.T @ form.left, 0, atol=1e-8)
    np.testing.assert_allclose(matrix.T @ form.left_generalised, form.left, atol=1e-8)
    lefts = np.stack([form.left_generalised, form.left])
    rights = np.stack([form.right, form.generalised], 1)
    np.testing.assert_allclose(lefts @ rights, np.eye(2), atol=1e-12)
    assert float(form.right @ form.generalised) == pytest.approx(0, abs=1e-12)


@pytest.mark.slow
def test_bautin_to_fifth_order():
    c1, c2, omega = 0.7j, 0.4 - 0.2j, 1.3

    def core(x):
        s = x @ x
        value = (x[0] + 1j * x[1]) * (1j * omega + c1 * s + c2 * s * s)
        return jnp.stack([value.real, value.imag])

    velocity, state, linear = systems.hide(core, 2, 4)
    form = bautin_normal_form(velocity, state, 1.2)
    # |q| = 1 makes w = √2 times the textbook's coordinate, and longer by the stretch.
    size = stretch(linear, 0, TURNING)
    assert complex(form.cubic) == pytest.approx(2 * c1 / size**2, abs=1e-10)
    assert complex(form.quintic) == pytest.approx(4 * c2 / size**4, abs=1e-8)
    assert float(form.frequency) == pytest.approx(omega, abs=1e-12)
    assert float(form.second_lyapunov) == pytest.approx(1.6 / size**4 / omega, abs=1e-8)


@pytest.mark.parametrize(("b", "c"), [(0.8, -0.5), (-0.6, -1.1)])
def test_zero_hopf_up_to_a_change_of_time(b, c):
    d, e, omega = 0.4 + 0.9j, -0.7, 1.4

    def core(x):
        u, w = x[0], x[1] + 1j * x[2]
        turning = w * (1j * omega + d * u + e * u * u)
        steady = b * u * u + c * (x[1] ** 2 + x[2] ** 2)
        clock = 1 + 0.3 * u - 0.2 * x[1] + 0.1 * u * x[2] + 0.25 * u * u
        return clock * jnp.stack([steady, turning.real, turning.imag])

    velocity, state, linear = systems.hide(core, 3, N, seed=2)
    form = zero_hopf_normal_form(velocity, state, 1.3)
    steady, turning = stretch(linear, 0, [1.0]), stretch(linear, 1, TURNING)
    sign = np.sign(linear[:, 0] @ np.asarray(form.right))
    assert float(form.g200) == pytest.approx(sign * 2 * b / steady, abs=1e-10)
    assert float(form.g011) == pytest.approx(sign * 2 * c * steady / turning**2, abs=1e-10)
    assert float(form.g110.real) == pytest.approx(sign * d.real / steady, abs=1e-10)
    assert float(form.theta) == pytest.approx(d.real / (2 * b), abs=1e-10)
    assert form.s == np.sign(b * c)
    assert float(form.e) == pytest.approx(e / steady**2, abs=1e-8)


def test_hopf_hopf():
    omega1, omega2 = 2.1, 0.9
    c11, c12, c21, c22 = -0.5 + 0.2j, 0.8 - 0.1j, -0.3 + 0.6j, 0.4 + 0.3j

    def core(x):
        w1, w2 = x[0] + 1j * x[1], x[2] + 1j * x[3]
        r1, r2 = x[0] ** 2 + x[1] ** 2, x[2] ** 2 + x[3] ** 2
        v1 = w1 * (1j * omega1 + c11 * r1 + c12 * r2)
        v2 = w2 * (1j * omega2 + c21 * r1 + c22 * r2)
        return jnp.stack([v1.real, v1.imag, v2.real, v2.imag])

    velocity, state, linear = systems.hide(core, 4, 6, seed=3)
    form = hopf_hopf_normal_form(velocity, state, [0.8, 2.2])
    s1, s2 = stretch(linear, 0, TURNING), stretch(linear, 2, TURNING)
    np.testing.assert_allclose(form.frequencies, [omega1, omega2], atol=1e-12)
    assert complex(form.g2100) == pytest.approx(4 * c11 / s1**2, abs=1e-9)
    assert complex(form.g1011) == pytest.approx(2 * c12 / s2**2, abs=1e-9)
    assert complex(form.g1110) == pytest.approx(2 * c21 / s1**2, abs=1e-9)
    assert complex(form.g0021) == pytest.approx(4 * c22 / s2**2, abs=1e-9)
    ratios = [form.p11, form.p12, form.p21, form.p22, form.theta, form.delta]
    expected = [2 * c11.real / s1**2, 2 * c12.real / s2**2, 2 * c21.real / s1**2]
    expected += [2 * c22.real / s2**2, c12.real / c22.real, c21.real / c11.real]
    np.testing.assert_allclose([float(r) for r in ratios], expected, atol=1e-8)
    assert not form.simple


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="expected at least two"):
        bogdanov_takens_normal_form(lambda z: z**2, jnp.zeros(1))
    with pytest.raises(ValueError, match="expected at least three"):
        zero_hopf_normal_form(lambda z: z**2, jnp.zeros(2), 1.0)
    with pytest.raises(ValueError, match="expected at least four"):
        hopf_hopf_normal_form(lambda z: z**2, jnp.zeros(3), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"expected \(2,\)"):
        hopf_hopf_normal_form(lambda z: z**2, jnp.zeros(4), [1.0])
    with pytest.raises(ValueError, match=r"expected \(n,\)"):
        cusp_normal_form(lambda z: z**2, jnp.zeros((2, 2)))
