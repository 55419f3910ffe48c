"""Functions that carry their own derivative: by name where JAX's, checked where a user's.

JAX differentiates a `custom_jvp` function by its rule, Julia by the body that is translated. At
kinks these differ even in JAX's own library: relu'(0) is 0 by the rule and 1/2 by the body.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import jaxpr_as_fun

from bifbridge.continuation.bifurcationkit.translation._fold import equation_function

#: Functions of JAX whose rule differs from their body somewhere; each has a Julia counterpart.
NAMED_RULES = ("relu", "relu6", "logaddexp", "logaddexp2", "xlogy", "xlog1py", "_sinc_maclaurin")
_JAX = os.path.dirname(os.path.abspath(jax.__file__)) + os.sep
_TOLERANCE = 1e-9


def named_rule(eqn: Any) -> str | None:
    """The name of a function of JAX with a Julia counterpart."""
    information = getattr(eqn.params["call_jaxpr"].jaxpr.debug_info, "func_src_info", None) or ""
    name, _, place = information.partition(" at ")
    return name if name in NAMED_RULES and place.startswith(_JAX) else None


def rule_agrees(eqn: Any, orders: int = 3) -> bool:
    """Whether a function's own derivative is the derivative of its body."""
    ruled = equation_function(eqn)
    body = jaxpr_as_fun(eqn.params["call_jaxpr"])
    tangents = _tangent if eqn.primitive.name == "custom_jvp_call" else _cotangent
    rng = np.random.default_rng(0)
    shapes = [variable.aval for variable in eqn.invars]
    points = [[_filled(aval, value) for aval in shapes] for value in (0.0, 0.5)]
    points += [[_drawn(aval, rng) for aval in shapes] for _ in range(3)]
    direction = [_drawn(aval, rng) for aval in shapes]
    for point in points:
        held = [_fixed(variable, value) for variable, value in zip(eqn.invars, point, strict=True)]
        for ours, theirs in zip(
            tangents(body, held, direction, orders),
            tangents(ruled, held, direction, orders),
            strict=True,
        ):
            if not np.allclose(ours, theirs, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True):
                return False
    return True


def _tangent(
    function: Callable[..., Sequence[Any]], point: list[Any], direction: list[Any], orders: int
) -> list[np.ndarray]:
    places = [k for k, value in enumerate(point) if jnp.issubdtype(value.dtype, jnp.floating)]

    def along(t: Any) -> list[Any]:
        moved = list(point)
        for k in places:
            moved[k] = point[k] + t * direction[k]
        return [v for v in function(*moved) if jnp.issubdtype(v.dtype, jnp.floating)]

    values, current = [], along
    for _ in range(orders + 1):
        values += [np.asarray(value) for value in current(jnp.asarray(0.0))]
        current = _differentiated(current)
    return values


def _differentiated(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda t: jax.jvp(function, (t,), (jnp.ones_like(t),))[1]


def _cotangent(
    function: Callable[..., Sequence[Any]], point: list[Any], direction: list[Any], orders: int
) -> list[np.ndarray]:
    values, pullback = jax.vjp(lambda *operands: list(function(*operands)), *point)
    gradients = pullback([_cotangent_of(value) for value in values])
    floating = [g for g in gradients if g.dtype != jax.dtypes.float0]
    return [np.asarray(value) for value in [*values, *floating]]


def _cotangent_of(value: Any) -> Any:
    if jnp.issubdtype(value.dtype, jnp.floating):
        return jnp.cos(jnp.arange(value.size, dtype=value.dtype)).reshape(value.shape)
    return np.zeros(value.shape, jax.dtypes.float0)


def _fixed(variable: Any, value: Any) -> Any:
    return jnp.asarray(variable.val, value.dtype) if hasattr(variable, "val") else value


def _filled(aval: Any, value: float) -> Any:
    return jnp.full(aval.shape, value, aval.dtype)


def _drawn(aval: Any, rng: np.random.Generator) -> Any:
    return jnp.asarray(2 * rng.normal(size=aval.shape), aval.dtype)
