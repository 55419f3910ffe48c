"""The Julia text itself: readable, complete, and refused where it would be wrong. No Julia here."""

import re

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

import bifbridge as bb
from bifbridge._errors import PrecisionError, TranslationError, UnsupportedPrimitiveError
from bifbridge.continuation.bifurcationkit.translation import (
    translate_family,
    translate_function,
)
from bifbridge.continuation.bifurcationkit.translation._helpers import helpers, with_dependencies


def field_of(source: str) -> str:
    """The function `field` without the helpers before it."""
    start = source.index("function field")
    return source[source.rindex("\n", 0, start) + 1 if "\n" in source[:start] else 0 :]


def test_the_ctrnn_reads_like_its_equation():
    family = bb.LeafFamily(bb.random_ctrnn(3, key=jr.key(0)), "gain")
    translated = translate_family(family, jnp.zeros(3))
    assert translated.source == (
        "function field(z, p, c)\n"
        "    weights = c.weights\n"
        "    bias = c.bias\n"
        "    time_constant = c.time_constant[]\n"
        "    return (p .* (weights * tanh.(z)) .+ bias .- z) ./ time_constant\n"
        "end\n"
    )
    assert translated.julia_source() == translated.source
    assert (translated.n, translated.parameters) == (3, 0)
    np.testing.assert_array_equal(translated.constants["weights"], family.field.weights)  # pyright: ignore[reportAttributeAccessIssue]
    assert translated.constants["time_constant"].shape == ()


def test_a_gated_network_reads_like_its_equations():
    class Gated(eqx.Module):
        cell: eqx.nn.GRUCell

        def __call__(self, z, p):
            return self.cell(jnp.array([p, 1.0]), z) - z

    source = translate_function(Gated(eqx.nn.GRUCell(2, 3, key=jr.key(0))), jnp.zeros(3)).source
    lines = [line.strip() for line in field_of(source).splitlines()]
    assert lines[0] == "@views function field(z, p, c)"
    assert "value = cell_weight_ih * [p, 1.0] .+ cell_bias" in lines
    assert "value_2 = cell_weight_hh * z" in lines
    assert "activation = tanh.(value[7:9] .+ value_3)" in lines
    assert lines[-2] == "return value_4 .- z"


def test_a_textbook_system_reads_like_its_equations():
    def lorenz(z, rho):
        x, y, w = z
        return jnp.array([10 * (y - x), x * (rho - w) - y, x * y - 2.5 * w])

    assert field_of(translate_function(lorenz, jnp.zeros(3)).source) == (
        "@views function field(z, p, c)\n"
        "    return [10.0 * (z[2] - z[1]), z[1] * (p - z[3]) - z[2], z[1] * z[2] - 2.5 * z[3]]\n"
        "end\n"
    )


def test_loops_and_branches_stay_loops_and_branches():
    def field(z, p):
        total = jax.lax.scan(lambda h, x: (jnp.tanh(h * x), None), z, jnp.array([1.0, 2.0]))[0]
        return jax.lax.cond(z[0] > p, lambda x: x, lambda x: -x, total)

    source = field_of(translate_function(field, jnp.zeros(3)).source)
    assert "for step in 1:2" in source
    assert "if primal(z[1]) > primal(p)" in source
    assert source.count("tanh") == 1


def test_arrays_that_a_function_closes_over_keep_their_names():
    coupling = jnp.array([[0.0, 1.0], [2.0, 3.0]])
    model = {"bias": jnp.array([1.0, 2.0])}

    def field(z, p):
        return p * coupling @ z + model["bias"] + coupling @ jnp.sin(z)

    assert set(translate_function(field, jnp.zeros(2)).constants) == {"coupling", "model_bias"}


def test_names_avoid_keywords_functions_and_each_other():
    class Odd(eqx.Module):
        end: jax.Array
        sum: jax.Array
        z: jax.Array
        tanh: dict

        def __call__(self, z, p):
            return self.end * z + self.sum * p + self.z + self.tanh["λ-1"] * jnp.tanh(z)

    first, second, third = jnp.arange(6.0).reshape(3, 2)
    odd = Odd(first, second, third, {"λ-1": jnp.array([1.0, 3.0])})
    names = set(translate_function(odd, jnp.zeros(2)).constants)
    assert names == {"end_2", "sum_2", "z_2", "tanh_λ_1"}


def test_equal_arrays_without_a_name_are_kept_once():
    def field(z, p):
        return z * jnp.asarray([1.0, 2.0]) + p * jnp.asarray([1.0, 2.0])

    assert list(translate_function(field, jnp.zeros(2)).constants) == ["constant"]


def test_what_depends_on_nothing_is_computed_beforehand():
    weights = jnp.array([[0.5, 1.0], [2.0, 3.0]])

    def field(z, p):
        return weights / jnp.linalg.norm(weights) @ z * p

    translated = translate_function(field, jnp.zeros(2))
    (array,) = translated.constants.values()
    np.testing.assert_allclose(array, weights / np.linalg.norm(weights))
    assert re.search(r"= c\.\w+  # div\(weights", translated.source)


def test_what_is_used_twice_is_computed_once():
    source = translate_function(
        lambda z, p: jnp.tanh(z) * p + jnp.tanh(z) ** 2, jnp.zeros(2)
    ).source
    assert source.count("tanh.(z)") == 1


def test_single_precision_becomes_double():
    weights = jnp.asarray([[0.1, 0.2], [0.3, 0.4]], jnp.float32)
    translated = translate_function(lambda z, p: p * weights @ z, jnp.zeros(2))
    assert translated.constants["weights"].dtype == np.float64
    assert "Float32" not in translated.source


def test_helpers_bring_what_they_call_and_appear_in_order():
    needed = with_dependencies(["erf_inv", "larger"])
    assert set(needed) == {"primal", "larger", "erf", "erfc", "erf_inv"}
    assert needed == [name for name in helpers() if name in needed]


def test_every_comparison_in_a_helper_looks_at_values():
    for name, source in helpers().items():
        for left in re.findall(r"(\w+(?:\([^()]*\))?) (?:<=?|>=?|==) ", source):
            known = left.startswith("primal(") or left in {"0", "place", "value"}
            assert known or "abs(primal" in source or name in ("primal", "within"), (name, left)


def test_an_operation_without_translation_names_itself_its_line_and_the_remedy():
    def field(z, p):
        return jnp.linalg.inv(jnp.outer(z, z) + p * jnp.eye(2)) @ z

    with pytest.raises(UnsupportedPrimitiveError) as caught:
        translate_function(field, jnp.zeros(2))
    message = str(caught.value)
    assert caught.value.primitive in {"lu", "custom_linear_solve", "triangular_solve"}
    assert "test_source.py" in caught.value.source
    assert "(field)" in re.sub(r"[\w.<>]*\.field", "field", caught.value.source)
    assert repr(caught.value.primitive) in message
    assert caught.value.source in message
    assert 'BifurcationKit(field="callback")' in message


def test_parameters_of_an_untranslatable_operation_are_shown():
    with pytest.raises(UnsupportedPrimitiveError, match=r"Its parameters: .*dimension=0"):
        translate_function(lambda z, p: jnp.sort(z) * p, jnp.zeros(3))


def test_complex_numbers_are_refused():
    with pytest.raises(UnsupportedPrimitiveError):
        translate_function(lambda z, p: jnp.abs(jnp.exp(1j * z)) * p, jnp.zeros(3))


def test_a_derivative_rule_that_is_not_the_bodys_is_refused():
    @jax.custom_jvp
    def surrogate(x):
        return jnp.where(x > 0, 1.0, 0.0)

    surrogate.defjvps(lambda g, ans, x: g * jnp.exp(-(x**2)))
    with pytest.raises(UnsupportedPrimitiveError, match="its own derivative rule"):
        translate_function(lambda z, p: surrogate(z) - p * z, jnp.zeros(2))


def test_a_users_relu_with_a_rule_of_its_own_is_not_taken_for_jax_s():
    @jax.custom_jvp
    def relu(x):
        return jnp.maximum(x, 0)

    relu.defjvps(lambda g, ans, x: g * (x >= 0))
    with pytest.raises(UnsupportedPrimitiveError, match="its own derivative rule"):
        translate_function(lambda z, p: relu(z) - p * z, jnp.zeros(2))


def test_a_derivative_rule_that_is_the_bodys_goes_through():
    @jax.custom_jvp
    def square(x):
        return x * x

    square.defjvps(lambda g, ans, x: 2 * x * g)

    @jax.custom_vjp
    def cube(x):
        return x * x * x

    cube.defvjp(lambda x: (cube(x), x), lambda x, g: (3 * x * x * g,))
    source = translate_function(lambda z, p: square(z) + p * cube(z), jnp.zeros(2)).source
    assert source.count("*") == source.count(".*")


@pytest.mark.parametrize("wrong", [lambda z, p: z[:1], lambda z, p: (z, z), lambda z, p: p])
def test_a_field_that_changes_shape_is_refused(wrong):
    with pytest.raises(TranslationError, match=r"state of shape \(2,\)"):
        translate_function(wrong, jnp.zeros(2))


def test_double_precision_is_needed():
    with jax.enable_x64(False), pytest.raises(PrecisionError, match="Translation to Julia"):
        translate_function(lambda z, p: p * z, jnp.zeros(2))
