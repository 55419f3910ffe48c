"""Short texts of objects: numbers as numbers, large arrays as shape and range, code by name."""

from collections.abc import Mapping
from dataclasses import fields
from types import FunctionType
from typing import Any

import jax
import numpy as np
from jax.core import Tracer

WIDTH, MOST_LINES = 100, 10
_WIDEST, _MOST_TEXT = 115, 70


def short_repr(self: Any) -> str:
    """The fields of a module or dataclass with their numbers, in at most ten lines."""
    shown = [one for one in fields(self) if one.repr and not one.name.startswith("_")]
    parts = [f"{one.name}={short_value(getattr(self, one.name, None))}" for one in shown]
    name = type(self).__name__
    line = f"{name}({', '.join(parts)})"
    return line if len(line) <= WIDTH else "\n".join([f"{name}(", *filled(parts), ")"])


def shortened(lines: list[str], rest: str, most: int = MOST_LINES) -> str:
    """Lines of bounded number and width; `rest` says how the others are had."""
    if len(lines) > most:
        lines = [*lines[: most - 1], f"  … {len(lines) - most + 1} lines more: {rest}"]
    return "\n".join(x if len(x) <= _WIDEST else f"{x[: _WIDEST - 1]}…" for x in lines)


def filled(parts: list[str], most: int = MOST_LINES - 2) -> list[str]:
    """Parts in indented lines; those beyond the last line are only counted."""
    lines = [""]
    for used, part in enumerate(parts):
        if lines[-1] and len(lines[-1]) + len(part) + 4 > WIDTH:
            if len(lines) == most:
                lines[-1] += f" … and {len(parts) - used} more"
                break
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else '    '}{part},"
    return [*lines[:-1], lines[-1].removesuffix(",")]


def short_value(value: Any) -> str:
    """One value as text of bounded length."""
    text = _text(value).replace("\n", " ")
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…"


def array_text(array: Any) -> str:
    """A small array in full, a large one as shape and range."""
    if isinstance(array, Tracer):
        return f"traced {array.shape}"
    if not _at_hand(array):
        return f"{array.shape}"
    values = np.asarray(array)
    if values.dtype.kind not in "biufc":
        return f"{values.shape} of {values.dtype}"
    if values.ndim == 0:
        return _number(values.item())
    if values.ndim == 1 and 0 < values.size <= 4:
        return f"[{', '.join(_number(x) for x in values.tolist())}]"
    return f"{values.shape} {_range(values)}"


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic | jax.Array):
        return array_text(value)
    if isinstance(value, float | complex) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, tuple | list):
        return _sequence(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {short_value(x)}" for key, x in value.items()) + "}"
    if isinstance(value, FunctionType) or (callable(value) and hasattr(value, "__name__")):
        return str(value.__name__)
    if hasattr(value, "func") and callable(value):
        return f"{_text(value.func)}(…)"
    return _object(value)


def _sequence(values: Any) -> str:
    inner = ", ".join(short_value(x) for x in values[:5])
    more = f", … {len(values)} in all" if len(values) > 5 else ""
    if isinstance(values, list):
        return f"[{inner}{more}]"
    return f"({inner}{more}{',' if len(values) == 1 else ''})"


def _object(value: Any) -> str:
    text = repr(value)
    name = type(value).__name__
    short = "\n" not in text and len(text) <= _MOST_TEXT and " at 0x" not in text
    plain = type(value).__module__.startswith("bifbridge") or not hasattr(value, "__dict__")
    return text if short and plain else f"{name}(…)"


def _number(value: Any) -> str:
    if isinstance(value, bool | int):
        return str(value)
    return f"{value:.6g}"


def _range(values: np.ndarray) -> str:
    if values.size == 0:
        return "empty"
    sizes = np.abs(values) if values.dtype.kind == "c" else values
    known = sizes[~np.isnan(sizes)] if sizes.dtype.kind == "f" else sizes
    if known.size == 0:
        return "all nan"
    what = "of modulus " if values.dtype.kind == "c" else ""
    gaps = f", {sizes.size - known.size} nan" if known.size < sizes.size else ""
    low, high = known.min().item(), known.max().item()
    return f"{what}from {_number(low)} to {_number(high)}{gaps}"


def _at_hand(array: Any) -> bool:
    # An array of another process, or one whose memory was given away, cannot be looked at.
    if not isinstance(array, jax.Array):
        return True
    return array.is_fully_addressable and not array.is_deleted()
