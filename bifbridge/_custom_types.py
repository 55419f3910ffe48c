"""Shapes used throughout, so that a signature reads as mathematics.

n: states, p: parameters, N: trials, T: saved times, m: inputs, o: read-outs.
"""

import abc
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

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

#: A guess of a state, or several: an array, a number or a list of numbers.
StateLike = ArrayLike | Sequence[Any]
#: An interval of a parameter, lower end first.
Span = tuple[float | int, float | int]
#: Leaves of a field that make up θ, by dotted name; None for all of them.
Names = Sequence[str] | None


@runtime_checkable
class VectorField(Protocol):
    """Any callable f(t, z, u) → dz/dt; every parameter is a leaf of it."""

    @abc.abstractmethod
    def __call__(self, t: RealScalarLike, z: State, u: Input | None, /) -> State:
        """The velocity of one state."""
        ...
