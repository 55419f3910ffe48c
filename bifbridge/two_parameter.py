"""Two parameters: curves of bifurcations, and the points of codimension two on them.

In this order: a branch in one parameter (`bb.continuation`) gives a special point; then
`bifurcation_curve` follows it in a second parameter, with f(z, p, q) or one of the families here
for the field, and `cycle_bifurcation_curve` does so for a special point of cycles. Cusps, Bautin
and Bogdanov–Takens points lie on the curve; `nearest_codim_two_point` looks for one without it.
`bifurcation_point` and `codim_two_point` polish a location and may be differentiated with
`jax.grad`.

Example:
    >>> import bifbridge as bb
    >>> def f(z, p, q):
    ...     return p + q * z - z**3
    >>> problem = bb.ContinuationProblem(lambda z, p: f(z, p, 1.0), [-1.5], span=(-1, 1))
    >>> fold = bb.continuation(problem).special_points[0]
    >>> curve = bb.two_parameter.bifurcation_curve(f, fold, 1.0, spans=((-1, 1), (-1, 2)))
    >>> [point.kind for point in curve.special_points]
    ['cusp']
"""

from bifbridge.continuation._bifurcation_point import BifurcationPoint, bifurcation_point
from bifbridge.continuation._codim_two_point import CodimTwoLocation, codim_two_point
from bifbridge.continuation._nearest_point import nearest_codim_two_point
from bifbridge.continuation.jax_engine.cycle_curves import cycle_bifurcation_curve
from bifbridge.continuation.jax_engine.two_parameter import (
    AbstractTwoParameterFamily,
    FunctionTwoParameterFamily,
    LeafTwoParameterFamily,
    PlainTwoParameterFamily,
    as_two_parameter_family,
    bifurcation_curve,
)

__all__ = [
    "AbstractTwoParameterFamily",
    "BifurcationPoint",
    "CodimTwoLocation",
    "FunctionTwoParameterFamily",
    "LeafTwoParameterFamily",
    "PlainTwoParameterFamily",
    "as_two_parameter_family",
    "bifurcation_curve",
    "bifurcation_point",
    "codim_two_point",
    "cycle_bifurcation_curve",
    "nearest_codim_two_point",
]
