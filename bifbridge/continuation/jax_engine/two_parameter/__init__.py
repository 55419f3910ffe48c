"""Curves of bifurcations in two parameters, and the points of codimension two on them."""

from bifbridge.continuation.jax_engine.two_parameter._bifurcation_curve import (
    bifurcation_curve as bifurcation_curve,
)
from bifbridge.continuation.jax_engine.two_parameter._bifurcation_curve import (
    frequency_of as frequency_of,
)
from bifbridge.continuation.jax_engine.two_parameter._families import (
    AbstractTwoParameterFamily as AbstractTwoParameterFamily,
)
from bifbridge.continuation.jax_engine.two_parameter._families import (
    FunctionTwoParameterFamily as FunctionTwoParameterFamily,
)
from bifbridge.continuation.jax_engine.two_parameter._families import (
    LeafTwoParameterFamily as LeafTwoParameterFamily,
)
from bifbridge.continuation.jax_engine.two_parameter._families import (
    PlainTwoParameterFamily as PlainTwoParameterFamily,
)
from bifbridge.continuation.jax_engine.two_parameter._families import (
    as_two_parameter_family as as_two_parameter_family,
)
from bifbridge.continuation.jax_engine.two_parameter._resume import resume_curve as resume_curve
