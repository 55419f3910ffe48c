"""Learned networks, families and textbook systems, run by a real Julia and self-tested."""

import equinox as eqx
import helpers
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from julia_subprocess import shared_julia
from translated import assert_same

import bifbridge as bb
from bifbridge.continuation.bifurcationkit.translation import check_translation, translate_family


class Gated(eqx.Module):
    cell: eqx.nn.GRUCell

    def __call__(self, z, p):
        return self.cell(jnp.array([p, 1.0]), z) - z


class LongShortTerm(eqx.Module):
    cell: eqx.nn.LSTMCell

    def __call__(self, z, p):
        hidden, memory = jnp.split(z, 2)
        return jnp.concatenate(self.cell(jnp.array([p, 1.0]), (hidden, memory))) - z


class Perceptron(eqx.Module):
    layers: eqx.nn.MLP
    norm: eqx.nn.LayerNorm

    def __call__(self, z, p):
        return p * self.norm(self.layers(z)) - z


class LowRank(eqx.Module):
    left: jax.Array
    right: jax.Array

    def __call__(self, z, p):
        return -z + p * self.left @ (self.right.T @ jnp.tanh(z)) / z.size


def perceptron(activation):
    layers = eqx.nn.MLP(3, 3, 5, 2, activation=activation, key=jr.key(2))
    return Perceptron(layers, eqx.nn.LayerNorm(3))


def hidden():
    family, *_ = helpers.hide(lambda x, p: p * x - x**3, 4)
    return lambda z, p: family.velocity(p)(z)


#: Made when their test runs, not when it is collected.
FIELDS = {
    "gru": lambda: (Gated(eqx.nn.GRUCell(2, 3, key=jr.key(0))), 3),
    "lstm": lambda: (LongShortTerm(eqx.nn.LSTMCell(2, 3, key=jr.key(1))), 6),
    "mlp of softplus": lambda: (perceptron(jax.nn.softplus), 3),
    "mlp of relu": lambda: (perceptron(jax.nn.relu), 3),
    "low rank": lambda: (LowRank(*jr.normal(jr.key(3), (2, 4, 2))), 4),
    "bratu": lambda: (helpers.bratu, 5),
    "wilson-cowan": lambda: (helpers.wilson_cowan, 2),
    "hidden": lambda: (hidden(), 4),
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields_have_jax_derivatives_to_third_order(name):
    field, n = FIELDS[name]()
    assert_same(field, n, orders=3)


def network(key=0):
    return bb.random_ctrnn(3, inputs=2, key=jr.key(key))


def direction():
    size = bb.fields.flatten_parameters(network())[0].size
    return bb.DirectionFamily(network(), jr.normal(jr.key(2), (size,)))


FAMILIES = {
    "gain": lambda: bb.LeafFamily(network(), "gain", inputs=jnp.ones(2)),
    "one weight": lambda: bb.LeafFamily(network(), "weights", (1, 2)),
    "input": lambda: bb.InputFamily(network(), jnp.ones(2), jnp.array([1.0, -2.0])),
    "line": lambda: bb.LineFamily(network(), network(1)),
    "direction": direction,
}


@pytest.mark.parametrize("name", FAMILIES)
def test_families_of_the_ctrnn_pass_the_self_test(name):
    family = FAMILIES[name]()
    translated = translate_family(family, jnp.zeros(3))
    evaluator = shared_julia().evaluator(translated)
    state = np.array([0.3, -0.2, 0.5])
    check_translation(evaluator, lambda z, p: family.velocity(p)(z), state, 0.8)


def test_a_network_in_single_precision_computes_in_double():
    network = bb.random_ctrnn(3, key=jr.key(0), dtype=jnp.float32)
    family = bb.LeafFamily(network, "gain")
    translated = translate_family(family, jnp.zeros(3))
    assert all(value.dtype == np.float64 for value in translated.constants.values())
    double = jax.tree.map(lambda leaf: leaf.astype(float), network)
    exact = bb.LeafFamily(double, "gain")
    z = np.array([0.3, -0.2, 0.5])
    got = shared_julia().evaluator(translated)("value", z, 0.7)
    np.testing.assert_allclose(got, exact.velocity(0.7)(jnp.asarray(z)), rtol=1e-14)
