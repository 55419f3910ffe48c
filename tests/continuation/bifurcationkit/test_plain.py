"""Only plain data crosses, in 64 bits and in shape."""

import contextlib

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation.bifurcationkit._callback import CallbackField
from bifbridge.continuation.bifurcationkit._interrupt import StepHook
from bifbridge.continuation.bifurcationkit._plain import encode


@pytest.fixture
def stack():
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "none"), (True, "bool"), (3, "int"), (2.5, "float"), (1j, "complex"), ("x", "text"),
        (np.float64(2.5), "float"), (np.int32(3), "int"), (np.bool_(True), "bool"),
    ],
)  # fmt: skip
def test_numbers_and_text_keep_their_kind(value, kind, stack):
    found, content = encode(value, stack)
    assert found == kind
    assert content == value


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.arange(6, dtype=np.float32).reshape(2, 3), np.float64),
        (np.arange(4, dtype=np.int8), np.int64),
        (np.ones((2, 2), bool), np.bool_),
        (np.ones(2, np.complex64), np.complex128),
        (np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.float64),
        (np.arange(6.0)[::-2], np.float64),
        (np.array(1.5), np.float64),
        (np.zeros((0, 3)), np.float64),
        (jnp.arange(3.0), np.float64),
    ],
)
def test_arrays_are_widened_and_keep_shape_and_values(array, dtype, stack):
    kind, content = encode(array, stack)
    assert kind == "array"
    assert content.dtype == dtype
    assert content.shape == array.shape
    assert content.flags.c_contiguous
    np.testing.assert_array_equal(content, np.asarray(array))


def test_collections_are_encoded_item_by_item(stack):
    kind, content = encode({"a": [1, (2.0, "b")], "c": {}}, stack)
    assert kind == "dict"
    assert content == [
        ("a", ("list", [("int", 1), ("tuple", [("float", 2.0), ("text", "b")])])),
        ("c", ("dict", [])),
    ]


def test_fields_and_hooks_cross_as_addresses(stack):
    kind, (name, arguments) = encode(CallbackField(lambda z, p: p * z, 3), stack)
    assert (kind, name) == ("pointer", "CallbackField")
    assert arguments[0] > 0
    assert arguments[1:] == (3, 0)
    kind, (name, arguments) = encode(StepHook(), stack)
    assert (kind, name) == ("pointer", "StepHook")
    assert arguments[0] > 0


@pytest.mark.parametrize("value", [object(), np.array(["a"]), {1: 2}, lambda z: z, {"": 1}])
def test_anything_else_is_refused(value, stack):
    with pytest.raises(TypeError, match="expected"):
        encode(value, stack)
