"""The message for an operation that has no translation."""

import os
from typing import Any

from bifbridge._errors import UnsupportedPrimitiveError

#: What a user can do about any field that does not translate.
REMEDY = (
    'Use BifurcationKit(field="callback"), which evaluates the JAX field from Julia and takes '
    "derivatives through jax.jvp, or JaxEngine(), which needs no translation."
)
_LIBRARIES = tuple(os.sep + name + os.sep for name in ("jax", "jaxlib", "equinox", "jaxtyping"))
_HERE = os.path.dirname(os.path.abspath(__file__))
_LONGEST = 80


def unsupported(
    primitive: str, params: dict[str, Any], source: Any, reason: str = ""
) -> UnsupportedPrimitiveError:
    """The error to raise for an equation."""
    line = user_line(source)
    parts = [f"The JAX operation {primitive!r} has no translation to Julia."]
    if reason:
        parts = [
            f"This use of the JAX operation {primitive!r} does not translate to Julia: {reason}"
        ]
    shown = ", ".join(f"{key}={_short(value)}" for key, value in params.items() if _plain(value))
    if shown:
        parts.append(f"Its parameters: {shown}.")
    if line:
        parts.append(f"It stems from {line}.")
    parts.append(REMEDY)
    return UnsupportedPrimitiveError(" ".join(parts), primitive, line)


def user_line(source: Any) -> str:
    """The innermost line outside JAX, Equinox and this package that made an equation."""
    for record in source or ():
        for frame in getattr(getattr(record, "traceback", None), "frames", ()):
            if frame.file_name.startswith(_HERE) or any(n in frame.file_name for n in _LIBRARIES):
                continue
            return f"{frame.file_name}:{frame.line_num} ({frame.function_name})"
    return ""


def _plain(value: Any) -> bool:
    return not (callable(value) or hasattr(value, "eqns") or hasattr(value, "jaxpr"))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
