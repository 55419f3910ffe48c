"""What crosses the border to Julia: plain data only, checked on this side.

A value crosses as the tuple (kind, content) that julia/BifBridge/python/border.jl decodes.
"""

import contextlib
from typing import Any

import numpy as np

from bifbridge.continuation.bifurcationkit._callback import CallbackField
from bifbridge.continuation.bifurcationkit._interrupt import StepHook

#: Kinds of numbers, and what each is widened to.
_WIDE = {"f": np.float64, "c": np.complex128, "i": np.int64, "u": np.int64, "b": np.bool_}


def encode(value: Any, stack: contextlib.ExitStack) -> tuple[str, Any]:
    """A value as the border takes it."""
    # Arrays become 64-bit ones and keep their shape: x[i, j] here is x[i + 1, j + 1] there.
    match value:
        case None:
            return "none", None
        case bool():
            return "bool", value
        case int():
            return "int", value
        case float():
            return "float", value
        case complex():
            return "complex", value
        case str():
            return "text", value
        case list():
            return "list", [encode(item, stack) for item in value]
        case tuple():
            return "tuple", [encode(item, stack) for item in value]
        case dict():
            return "dict", [(_name(key), encode(item, stack)) for key, item in value.items()]
        case CallbackField():
            address = stack.enter_context(value.pointer())
            return "pointer", ("CallbackField", (address, value.n, value.parameters))
        case StepHook():
            return "pointer", ("StepHook", (stack.enter_context(value.pointer()),))
        case np.generic():
            return encode(_array(value).item(), stack)
    return "array", _array(value)


def _array(value: Any) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype.kind not in _WIDE:
        raise TypeError(
            f"Julia was given {value!r} of type {type(value).__name__}; expected numbers, text, "
            "None, numpy arrays of numbers, or lists, tuples and dicts of such."
        )
    # Not ascontiguousarray, which gives an array without axes one.
    return np.array(array, _WIDE[array.dtype.kind], order="C")


def _name(key: Any) -> str:
    if not (isinstance(key, str) and key):
        raise TypeError(f"Julia was given a dict with the key {key!r}; expected texts as keys.")
    return key
