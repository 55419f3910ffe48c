"""Places of codimension two and their derivatives, against closed forms and differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import codim_two_point
from tests.codim2_systems import hide


def cusp(x, p, q, a):
    return jnp.stack([p + a[0] + (q + a[1] * p) * x[0] + a[2] * x[0] ** 2 - x[0] ** 3])


def bogdanov_takens(x, p, q, a):
    square = x[0] ** 2 + (1 + a[0]) * x[0] * x[1]
    return jnp.stack([x[1] + a[1] * x[0] ** 2, p + a[0] + (q + a[2]) * x[1] + a[1] * x[0] + square])


def bautin(x, p, q, a):
    square = x @ x
    growth = p + a[0] + (q + a[1] + a[2] * x[0]) * square - square**2
    return growth * x + (1 + a[1]) * jnp.stack([-x[1], x[0]]) + a[2] * jnp.stack([x[0] ** 2, 0.0])


def zero_hopf(x, p, q, a):
    turning = jnp.stack([-x[2], x[1]])
    growth = q + a[1] + (1 + a[0]) * x[0]
    slow = p + a[2] + x[0] ** 2 + a[0] * x[0] - (x[1] ** 2 + x[2] ** 2)
    return jnp.concatenate([slow[None], growth * x[1:] + (1.5 + a[0]) * turning])


SYSTEMS = {
    "cusp": (cusp, 1, ()),
    "bogdanov_takens": (bogdanov_takens, 2, ()),
    "bautin": (bautin, 2, (1.0,)),
    "zero_hopf": (zero_hopf, 3, (1.5,)),
}


def locator(kind):
    """θ ↦ (p, q) of the point, hidden in six dimensions by a smooth change of coordinates.

    The Bautin system, with its derivatives of third order, stays as it is: it would compile long.
    """
    core, dimension, frequencies = SYSTEMS[kind]
    hidden = kind != "bautin"
    origin = hide(lambda x: x, dimension, 6)[1] if hidden else jnp.zeros(dimension)

    def place(theta):
        def field(z, p, q):
            def inner(x):
                return core(x, p, q, theta)

            return hide(inner, dimension, 6)[0](z) if hidden else inner(z)

        found = codim_two_point(field, origin, (0.01, -0.01), kind, frequencies=frequencies)
        return found.parameters

    return jax.jit(place), jax.jit(jax.jacobian(place))


def differences(function, theta):
    """Central differences, extrapolated once."""
    columns = []
    for unit in np.eye(theta.size):
        first, second, third = (
            (function(theta + h * unit) - function(theta - h * unit)) / (2 * h)
            for h in (4e-3, 2e-3, 1e-3)
        )
        once, again = (4 * second - first) / 3, (4 * third - second) / 3
        columns.append((16 * again - once) / 15)
    return np.stack(columns, -1)


@pytest.mark.parametrize("kind", SYSTEMS)
def test_the_derivative_of_both_parameters_is_that_of_differences(kind):
    place, slope = locator(kind)
    theta = np.array([0.02, -0.03, 0.04])
    assert np.all(np.isfinite(place(theta)))
    np.testing.assert_allclose(slope(theta), differences(place, theta), atol=1e-8)


def test_a_cusp_in_closed_form():
    place, slope = locator("cusp")
    a, b, c = 0.02, -0.03, 0.04
    # Completing the cube: x = y + c/3 leaves p + a + (q + bp)c/3 + 2c³/27 and q + bp + c²/3.
    p = -a + c**3 / 27
    np.testing.assert_allclose(place(jnp.array([a, b, c])), [p, -(c**2) / 3 - b * p], atol=1e-12)
    expected = [[-1, 0, c**2 / 9], [b, -p, -2 * c / 3 - b * c**2 / 9]]
    np.testing.assert_allclose(slope(jnp.array([a, b, c])), expected, atol=1e-10)


def test_a_wrong_number_of_frequencies_is_refused():
    with pytest.raises(ValueError, match="got 0 frequencies"):
        codim_two_point(lambda z, p, q: z, [0.0, 0.0], (0, 0), "bautin")
