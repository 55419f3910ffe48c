"""Julia: BifurcationKit.jl as an engine, and learned fields as Julia code.

In this order: `bifbridge julia doctor` in a shell says whether Julia is there, as
`julia_available` does in Python; then `BifurcationKit` goes where `bb.JaxEngine` goes, with
`ContinuationPar`, `NewtonPar` and the other options under the names they have in Julia. No Julia
is needed to write a field as Julia code: `julia_source` gives the text, `translate_function` and
`translate_family` give it with its constants, and `check_translation` compares it with the field.

Example:
    >>> import bifbridge as bb
    >>> print(bb.julia.julia_source(lambda z, p: p * z - z**3, [0.0]))
    function...
"""

from bifbridge.continuation.bifurcationkit import (
    PALC,
    BifurcationKit,
    Collocation,
    ContinuationPar,
    DefCont,
    KrylovKit,
    Natural,
    NewtonPar,
    Shooting,
    julia_available,
)
from bifbridge.continuation.bifurcationkit.translation import (
    JuliaField,
    check_translation,
    julia_source,
    translate_family,
    translate_function,
)

__all__ = [
    "PALC",
    "BifurcationKit",
    "Collocation",
    "ContinuationPar",
    "DefCont",
    "JuliaField",
    "KrylovKit",
    "Natural",
    "NewtonPar",
    "Shooting",
    "check_translation",
    "julia_available",
    "julia_source",
    "translate_family",
    "translate_function",
]
