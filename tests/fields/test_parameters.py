"""θ is a faithful flat view of the chosen leaves."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import flatten_parameters, leaf_names, parameter_slices, random_ctrnn

FIELD = random_ctrnn(3, inputs=2, key=jr.key(0))


def test_round_trip_keeps_every_leaf():
    theta, rebuild = flatten_parameters(FIELD)
    assert eqx.tree_equal(rebuild(theta), FIELD)
    assert theta.shape == (9 + 6 + 3 + 1 + 1,)


def test_only_the_named_leaves_move():
    theta, rebuild = flatten_parameters(FIELD, ["weights"])
    moved = rebuild(theta + 1)
    np.testing.assert_array_equal(moved.weights, FIELD.weights + 1)
    np.testing.assert_array_equal(moved.input_weights, FIELD.input_weights)


def test_slices_find_each_leaf():
    theta, _ = flatten_parameters(FIELD, ["weights", "bias"])
    where = parameter_slices(FIELD, ["weights", "bias"])
    assert list(where) == ["weights", "bias"]
    np.testing.assert_array_equal(theta[where["weights"]], FIELD.weights.ravel())
    assert where["bias"] == slice(9, 12)


def test_a_subtree_is_selected_by_its_name():
    mlp = eqx.nn.MLP(2, 2, 4, 1, key=jr.key(1))
    theta, _ = flatten_parameters(mlp, ["layers.1"])
    assert theta.shape == (4 * 2 + 2,)
    assert "layers.0.weight" in leaf_names(mlp)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'wieghts'.*weights, input_weights, bias"):
        flatten_parameters(FIELD, ["wieghts"])


def test_gradients_flow_through_the_view():
    theta, rebuild = flatten_parameters(FIELD, ["gain"])
    z = jnp.array([0.1, 0.2, 0.3])
    slope = (rebuild(theta + 1e-6)(0.0, z, None) - rebuild(theta - 1e-6)(0.0, z, None)) / 2e-6
    np.testing.assert_allclose(slope, FIELD.weights @ jnp.tanh(z), rtol=1e-8)
