"""A field behind a C function pointer gives exact derivatives of any order."""

import ctypes
import math
import pickle

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import LeafFamily
from bifbridge.continuation.bifurcationkit._callback import CallbackField, _compiled
from bifbridge.continuation.bifurcationkit._worker import _pickled
from tests import helpers

SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int64, *[ctypes.c_void_p] * 4)


def through_pointer(field, z, p):
    """Call the field as Julia does: raw addresses, coefficients in C's order."""
    z, p = np.ascontiguousarray(z, float), np.ascontiguousarray(p, float)
    out = np.full(z.shape, np.nan)
    widths = np.array([size - 1 for size in z.shape[1:]], dtype=np.int64)
    with field.pointer() as address:
        status = SIGNATURE(address)(
            widths.size, widths.ctypes.data, z.ctypes.data, p.ctypes.data, out.ctypes.data
        )
        if status:
            raise RuntimeError(f"status {status}")
    return out


def cubic(z, p):
    return jnp.stack([p * z[0] - z[0] ** 3 + z[1], jnp.tanh(z[0]) * z[1] + p**2])


def test_plain_numbers_give_the_field():
    z, p = np.array([0.3, -0.7]), np.array([1.3])
    found = through_pointer(CallbackField(cubic, 2), z, p)
    np.testing.assert_allclose(found, cubic(jnp.asarray(z), 1.3), rtol=1e-15)


def test_one_level_of_duals_gives_the_jacobian_and_the_parameter_derivative():
    z, p = np.array([0.3, -0.7]), 1.3
    coefficients = np.column_stack([z, np.eye(2), np.zeros(2)])
    parameter = np.array([[p, 0, 0, 1]])
    found = through_pointer(CallbackField(cubic, 2), coefficients, parameter)
    by_state, by_parameter = jax.jacfwd(cubic, (0, 1))(jnp.asarray(z), p)
    np.testing.assert_allclose(found[:, 1:3], by_state, rtol=1e-14)
    np.testing.assert_allclose(found[:, 3], by_parameter, rtol=1e-14)


@pytest.mark.parametrize("function", [jnp.sin, jnp.exp, jnp.tanh])
def test_three_levels_give_all_derivatives_up_to_the_third(function):
    # z = x + ε₁ + ε₂ + ε₃: the coefficient of a product of k of them is the k-th derivative.
    x = 0.4
    z = np.zeros((1, 2, 2, 2))
    z[0, 0, 0, 0] = x
    z[0, 1, 0, 0] = z[0, 0, 1, 0] = z[0, 0, 0, 1] = 1
    p = np.zeros((1, 2, 2, 2))
    p[0, 0, 0, 0] = 1
    found = through_pointer(CallbackField(lambda z, p: p * function(z), 1), z, p)[0]
    derivatives = [function]
    for _ in range(3):
        derivatives.append(jax.grad(derivatives[-1]))
    for index in np.ndindex(2, 2, 2):
        expected = float(derivatives[sum(index)](x))
        assert found[index] == pytest.approx(expected, rel=1e-13), index


def test_levels_of_unequal_width_mix_state_and_parameter():
    # f = p²z³ with z = 2 + 3ε₁, p = 5 + η, two partials outside and one inside.
    z = np.zeros((1, 3, 2))
    z[0, 0, 0], z[0, 1, 0] = 2, 3
    p = np.zeros((1, 3, 2))
    p[0, 0, 0], p[0, 0, 1], p[0, 2, 0] = 5, 1, 7
    found = through_pointer(CallbackField(lambda z, p: p**2 * z**3, 1), z, p)[0]
    value, by_z, by_p, by_zp, by_pp = 200.0, 300.0, 80.0, 120.0, 16.0
    np.testing.assert_allclose(
        found, [[value, by_p], [3 * by_z, 3 * by_zp], [7 * by_p, 7 * by_pp]], rtol=1e-14
    )


def test_a_vector_of_parameters():
    field = CallbackField(lambda z, p: p[0] * z + p[1], 1, parameters=2)
    found = through_pointer(field, [[2, 0, 0]], [[3, 1, 0], [4, 0, 1]])
    np.testing.assert_array_equal(found, [[10, 2, 1]])


def test_a_learned_network_by_one_of_its_numbers():
    known = helpers.symmetric_network(4)
    family = LeafFamily(known.field, "gain")
    z, v = np.linspace(-0.5, 0.5, 4), np.linspace(1, 2, 4)
    found = through_pointer(
        CallbackField(family, 4), np.column_stack([z, v]), np.array([[1.2, 0.5]])
    )
    value, slope = jax.jvp(
        lambda z, p: family.velocity(p)(z),
        (jnp.asarray(z), jnp.asarray(1.2)),
        (jnp.asarray(v), jnp.asarray(0.5)),
    )
    np.testing.assert_allclose(found, np.column_stack([value, slope]), rtol=1e-13)


def test_kinks_have_the_derivatives_that_jax_gives_them():
    field = CallbackField(lambda z, p: jax.nn.softplus(z) + jax.nn.relu(z), 1)
    found = through_pointer(field, [[0.0, 1.0]], [[0.0, 0.0]])
    np.testing.assert_allclose(found, [[math.log(2), 0.5]], rtol=1e-15)


def test_other_weights_are_the_same_program():
    def family(seed):
        return LeafFamily(helpers.symmetric_network(4, seed=seed).field, "gain")

    before = _compiled.cache_info().misses
    for seed in (1, 2, 3):
        through_pointer(CallbackField(family(seed), 4), np.zeros(4), np.ones(1))
    assert _compiled.cache_info().misses <= before + 1


def test_an_exception_in_the_field_arrives_as_it_was_raised():
    def broken(z, p):
        raise ZeroDivisionError("no such field")

    with pytest.raises(ZeroDivisionError, match="no such field"):
        through_pointer(CallbackField(broken, 1), [1.0], [1.0])


def test_a_field_that_changes_shape_is_refused():
    field = CallbackField(lambda z, p: jnp.append(z, p), 2)
    with pytest.raises(ValueError, match=r"shape \(3,\) from the field, expected \(2,\)"):
        through_pointer(field, [1.0, 2.0], [1.0])


def test_not_a_number_passes_for_julia_to_judge():
    found = through_pointer(CallbackField(lambda z, p: jnp.log(z), 1), [-1.0], [0.0])
    assert np.isnan(found).all()


def test_a_field_in_single_precision_answers_in_double():
    field = CallbackField(lambda z, p: (p * z).astype(jnp.float32), 1)
    found = through_pointer(field, [1 / 3], [1.0])
    assert found[0] == np.float32(1 / 3)


def test_a_field_that_pickles_crosses_to_another_process():
    family = LeafFamily(helpers.symmetric_network(4).field, "gain")
    field = pickle.loads(_pickled((CallbackField(family, 4),)))[0]
    z = np.linspace(-1, 1, 4)
    np.testing.assert_array_equal(
        through_pointer(field, z, [1.1]), through_pointer(CallbackField(family, 4), z, [1.1])
    )
