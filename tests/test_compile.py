"""Quickly compiled functions work inside and outside other programs."""

import jax
import jax.numpy as jnp
import numpy as np

from bifbridge._compile import quick_jit


def test_the_same_result_alone_nested_mapped_and_differentiated():
    @quick_jit
    def square(x, *, scale=1.0):
        return scale * x**2

    x = jnp.array([1.0, 2.0])
    np.testing.assert_array_equal(square(x, scale=3.0), [3, 12])
    np.testing.assert_array_equal(jax.jit(square)(x), [1, 4])
    np.testing.assert_array_equal(jax.vmap(square)(x), [1, 4])
    assert float(jax.grad(square)(3.0)) == 6


def test_the_function_keeps_its_name():
    @quick_jit
    def named(x):
        """It has a docstring."""
        return x

    assert named.__name__ == "named"
    assert named.__doc__ == "It has a docstring."
