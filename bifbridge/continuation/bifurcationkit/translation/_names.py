"""Identifiers that Julia accepts and that no two things share."""

import re

_KEYWORDS = """
    abstract baremodule begin break catch const continue do else elseif end export false finally
    for function global if import in isa let local macro module mutable primitive quote return
    struct true try type using where while
"""
#: Functions and constants of Julia that the code may use, and the arguments of `field`.
_TAKEN = """
    Array Bool CartesianIndices Float64 Inf Int NaN RoundNearestTiesAway T Val abs all any argmax
    argmin asinh atan cat cbrt ceil clamp convert copy cos cosh cumprod cumsum div dropdims eltype
    exp exp2 expm1 fill floor getindex hcat ifelse isfinite max maximum min minimum permutedims
    prod promote_type rem repeat reshape reverse round sign sin sinh sum tan tanh transpose trunc
    undef vcat vec xor c e field im p pi z
"""


class Names:
    """The identifiers in use.

    Args:
        reserved: more identifiers that must not be taken, such as helper functions.
    """

    def __init__(self, reserved: tuple[str, ...] = ()):
        self._taken = {*_KEYWORDS.split(), *_TAKEN.split(), *reserved}

    def fresh(self, wish: str) -> str:
        """An unused identifier."""
        stem = identifier(wish)
        name, k = stem, 1
        while name in self._taken:
            k += 1
            name = f"{stem}_{k}"
        self._taken.add(name)
        return name


def identifier(text: str) -> str:
    """The nearest identifier, valid in Julia and in Python."""
    name = re.sub(r"\W+", "_", text).strip("_")
    if not name:
        return "value"
    return f"_{name}" if name[0].isdigit() else name
