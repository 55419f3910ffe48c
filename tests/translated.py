"""Translated fields against JAX: values and joint derivatives in state and parameter."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from julia_subprocess import shared_julia

from bifbridge.continuation.bifurcationkit.translation import translate_function


def assert_same(
    function: Callable[[Any, Any], Any],
    n: int = 4,
    parameter: Any = 0.7,
    *,
    orders: int = 2,
    kink: bool = False,
    tolerance: float = 1e-11,
) -> None:
    """Translate a field and compare it with JAX at a random state, and at zero if `kink`.

    Directions of the derivatives move state and parameter together; the last one moves the
    state alone, so that dual numbers of different depth meet.
    """
    julia = shared_julia()
    julia.load(translate_function(function, jnp.zeros(n), parameter))
    rng = np.random.default_rng(3)
    p = np.asarray(parameter, float)
    states = [rng.normal(size=n)] + ([np.zeros(n)] if kink else [])
    directions = [(rng.normal(size=n), rng.normal(size=p.shape)) for _ in range(orders)]
    if orders > 1:
        directions[-1] = (directions[-1][0], np.zeros(p.shape))
    for z in states:
        for order in range(orders + 1):
            chosen = directions[orders - order :]
            got = julia.derivative(z, p, chosen)
            expected = np.asarray(_along(function, chosen)(jnp.asarray(z), jnp.asarray(p)))
            scale = max(float(np.max(np.abs(expected))), 0.1)
            np.testing.assert_allclose(
                got / scale, expected / scale, rtol=0, atol=tolerance,
                err_msg=f"derivative of order {order} at {z}",
            )  # fmt: skip


def _along(function: Callable[[Any, Any], Any], directions: Any) -> Callable[[Any, Any], Any]:
    if not directions:
        return function
    direction = tuple(jnp.asarray(d) for d in directions[0])
    inner = _along(function, directions[1:])
    return lambda z, p: jax.jvp(inner, (z, p), direction)[1]
