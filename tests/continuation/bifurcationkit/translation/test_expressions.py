"""Random expressions, run by a real Julia: values and derivatives to second order."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from translated import assert_same

MATRIX = np.random.default_rng(5).normal(size=(3, 3))
UNARY = [
    jnp.tanh, jnp.sin, jnp.abs, jax.nn.relu, jax.nn.softplus, jax.nn.sigmoid, jnp.negative,
    jnp.cumsum, jnp.flip, jnp.square, lambda x: MATRIX @ x, lambda x: x - jnp.mean(x),
    lambda x: jnp.roll(x, 1), lambda x: x[jnp.array([2, 0, 1])], lambda x: jnp.max(x) * x,
    lambda x: jnp.outer(x, x).reshape(-1)[::4], lambda x: jnp.where(x > 0.3, x, 0.5),
    lambda x: jnp.concatenate([x[1:], x[:1] ** 2]), lambda x: jnp.exp(-(x**2)),
]  # fmt: skip
BINARY = [
    jnp.add, jnp.subtract, jnp.multiply, jnp.maximum, jnp.minimum, jnp.arctan2, jnp.logaddexp,
    lambda a, b: a / (1 + b**2), lambda a, b: jnp.where(a > b, a, 2 * b),
    lambda a, b: jnp.outer(a, b).sum(axis=0), lambda a, b: a * jnp.dot(a, b),
]  # fmt: skip

leaves = st.sampled_from([
    lambda z, p: z,
    lambda z, p: p * z,
    lambda z, p: z + p,
    lambda z, p: jnp.asarray([0.5, -1.0, p]),
    lambda z, p: jnp.full(3, p),
    lambda z, p: jnp.arange(3.0),
])


def applied_to_one(pair):
    function, inner = pair
    return lambda z, p: function(inner(z, p))


def applied_to_two(triple):
    function, left, right = triple
    return lambda z, p: function(left(z, p), right(z, p))


def grown(inner):
    one = st.tuples(st.sampled_from(UNARY), inner).map(applied_to_one)
    two = st.tuples(st.sampled_from(BINARY), inner, inner).map(applied_to_two)
    return one | two


@given(st.recursive(leaves, grown, max_leaves=6))
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)
def test_random_expressions_have_jax_values_and_derivatives(expression):
    # Scaled, so that exponentials and products of products keep their digits.
    assert_same(lambda z, p: expression(z / 2, p) * 1.0, 3, orders=2, tolerance=1e-10)
