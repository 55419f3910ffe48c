"""A family of fields on its way to Julia: translated and tested, or called back."""

from collections.abc import Callable
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np

from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.bifurcationkit._callback import CallbackField
from bifbridge.continuation.bifurcationkit.translation import (
    JuliaField,
    translate_family,
    translate_function,
)
from bifbridge.continuation.bifurcationkit.translation._self_test import check_translation

#: How a field gets to Julia.
Way = Literal["translate", "callback"]
#: `call` of the runtime, here or in a process of its own.
Call = Callable[..., Any]


def field_request(
    family: AbstractFamily, state: Any, parameter: float, way: Way, call: Call, *, test: bool = True
) -> Any:
    """A one-parameter family as Julia takes it."""
    if way == "callback":
        return CallbackField(family, int(np.size(state)))
    translated = translate_family(family, state)
    if test:
        _check(translated, lambda z, p: family.velocity(p)(z), state, parameter, call)
    return _plain(translated)


def plane_request(
    function: Callable[[Any, Any], Any],
    state: Any,
    parameters: Any,
    way: Way,
    call: Call,
    *,
    test: bool = True,
) -> Any:
    """A field of two parameters as Julia takes it."""
    if way == "callback":
        return CallbackField(function, int(np.size(state)), 2)
    parameters = jnp.asarray(parameters, float)
    translated = translate_function(function, state, parameters)
    if test:
        _check(translated, function, state, parameters, call)
    return _plain(translated)


def _check(
    translated: JuliaField,
    function: Callable[[Any, Any], Any],
    state: Any,
    parameter: Any,
    call: Call,
) -> None:
    request = _plain(translated)

    def evaluator(kind: str, z: Any, p: Any, directions: Any = ()) -> np.ndarray:
        at = float(p) if np.ndim(p) == 0 else np.asarray(p, float)
        vectors = [np.asarray(v, float) for v in directions]
        return call(
            "evaluate", request, kind, np.asarray(z, float), at, vectors,
            request=f"the self-test of the translated field ({kind})",
        )  # fmt: skip

    check_translation(evaluator, function, state, parameter)


def _plain(translated: JuliaField) -> dict[str, Any]:
    return {
        "source": translated.source,
        "constants": {name: np.asarray(value) for name, value in translated.constants.items()},
        "n": translated.n,
        "parameters": translated.parameters,
    }
