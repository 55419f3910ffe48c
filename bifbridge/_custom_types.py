"""Shapes used throughout, so that a signature reads as mathematics.

n: states, p: parameters, N: trials, T: saved times, m: inputs, o: read-outs.
"""

from collections.abc import Callable
from typing import Any

from jaxtyping import Array, ArrayLike, Float, Int

State = Float[Array, " n"]
ParameterVector = Float[Array, " p"]
Times = Float[Array, " T"]
Input = Float[Array, " m"]
Scalar = Float[Array, ""]
RealScalarLike = Float[ArrayLike, ""] | Int[ArrayLike, ""] | float | int
InitialStates = Float[Array, "N n"]
Trajectories = Float[Array, "N T n"]
#: Weights of the saved times in an inner product, the same for all trials or one row for each.
Weights = Float[Array, " T"] | Float[Array, "N T"]

#: Any callable `f(t, z, u) -> dz/dt`; every parameter is a leaf of it.
VectorField = Callable[[Any, Any, Any], Any]
