"""The self-test accepts what agrees and refuses what does not, with the numbers. No Julia here."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge._errors import TranslationMismatchError
from bifbridge.continuation.bifurcationkit.translation import check_translation


def evaluator_of(function):
    """What a Julia that computes `function` would answer."""

    def along(f, v):
        return lambda z: jax.jvp(f, (z,), (v,))[1]

    def evaluate(kind, z, p, directions=()):
        f = lambda s: function(s, p)  # noqa: E731
        if kind == "parameter":
            return jax.jacfwd(lambda q: function(jnp.asarray(z), q))(jnp.asarray(p))
        for v in directions:
            f = along(f, jnp.asarray(v))
        return np.asarray(f(jnp.asarray(z)))

    return evaluate


def field(z, p):
    return p * jax.nn.relu(z) - z**3


STATE = np.array([0.4, -0.3])


def test_a_faithful_evaluator_passes_with_its_largest_error():
    assert check_translation(evaluator_of(field), field, STATE, 0.7) < 1e-14


@pytest.mark.parametrize(
    ("wrong", "quantity"),
    [
        (lambda z, p: field(z, p) + 1e-8, "F"),
        (lambda z, p: field(z, p) + 1e-8 * z, "J·v"),
        (lambda z, p: p * jnp.maximum(z, 0) - z**3, "J·v"),
        (lambda z, p: field(z, p) + 1e-7 * (p - 0.7) * (z[0] * 0 + 1), "∂F/∂p"),
    ],
)
def test_a_mismatch_is_refused_with_numbers_and_the_way_out(wrong, quantity):
    with pytest.raises(TranslationMismatchError, match="disagrees with JAX") as caught:
        check_translation(evaluator_of(wrong), field, STATE * 0, 0.7)
    error = caught.value
    assert error.error > error.tolerance == 1e-10
    if quantity != "∂F/∂p":
        assert error.quantity in ("F", quantity)
    assert f"{error.error:.2e}" in str(error)
    assert 'BifurcationKit(field="callback")' in str(error)


@pytest.mark.parametrize(("kind", "name"), [("second", "D²F(v, w)"), ("third", "D³F(v, w, r)")])
def test_higher_derivatives_are_compared(kind, name):
    right = evaluator_of(field)

    def evaluate(asked, z, p, directions=()):
        return right(asked, z, p, directions) * (1 + 1e-8 * (asked == kind))

    with pytest.raises(TranslationMismatchError) as caught:
        check_translation(evaluate, field, STATE, 0.7)
    assert caught.value.quantity == name


def test_a_result_of_another_shape_is_refused():
    right = evaluator_of(field)
    with pytest.raises(TranslationMismatchError, match=r"Julia's has shape \(1,\)"):
        check_translation(lambda *a: right(*a)[:1], field, STATE, 0.7)


def test_where_jax_has_no_number_nothing_is_compared():
    def root(z, p):
        return p * jnp.sqrt(z)

    right = evaluator_of(root)
    assert check_translation(right, root, STATE + 4, 0.7) < 1e-14


def test_a_field_that_is_nan_in_julia_only_is_refused():
    with pytest.raises(TranslationMismatchError):
        check_translation(evaluator_of(lambda z, p: z * jnp.nan), field, STATE, 0.7)


def test_a_vector_of_parameters():
    def plane(z, p):
        return p[0] * z - p[1] * z**3

    assert check_translation(evaluator_of(plane), plane, STATE, np.array([0.7, 0.2])) < 1e-14
