"""Families: one field for every value of a parameter, the way into a continuation.

First choose what varies, then hand the family to `bb.ContinuationProblem`. A plain function
f(z, p) needs no family. `LeafFamily` varies one number of a model, `LineFamily` goes straight from
one model to another, `DirectionFamily` along a direction of θ, `InputFamily` along a constant
input; `PlainFamily` and `FunctionFamily` wrap functions, and `as_family` does what
`ContinuationProblem` does to its argument. Families in two parameters are in `bb.two_parameter`.

Example:
    >>> import jax.numpy as jnp
    >>> import bifbridge as bb
    >>> family = bb.families.LeafFamily(bb.CTRNN(jnp.array([[2.0]])), "gain")
    >>> branch = bb.continuation(bb.ContinuationProblem(family, [0.0], span=(0.1, 1)))
    >>> [(point.kind, round(float(point.parameter), 6)) for point in branch.special_points]
    [('pitchfork', 0.5)]
"""

from bifbridge.continuation._families import (
    AbstractFamily,
    DirectionFamily,
    FunctionFamily,
    InputFamily,
    LeafFamily,
    LineFamily,
    PlainFamily,
    as_family,
)

__all__ = [
    "AbstractFamily",
    "DirectionFamily",
    "FunctionFamily",
    "InputFamily",
    "LeafFamily",
    "LineFamily",
    "PlainFamily",
    "as_family",
]
