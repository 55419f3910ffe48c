"""A vector field as Julia source."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation._families import AbstractFamily, as_family
from bifbridge.continuation.bifurcationkit.translation import (
    _choices,
    _contractions,
    _control_flow,
    _elementwise,
    _gather,
    _indexing,
    _reductions,
    _shapes,
)
from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import Expression
from bifbridge.continuation.bifurcationkit.translation._helpers import helpers
from bifbridge.continuation.bifurcationkit.translation._names import Names
from bifbridge.continuation.bifurcationkit.translation._program import Program
from bifbridge.continuation.bifurcationkit.translation._trace import (
    FamilyFunction,
    in_double_precision,
    trace,
)

#: How each primitive is written.
RULES: dict[str, Rule] = {
    **_choices.RULES,
    **_elementwise.RULES,
    **_reductions.RULES,
    **_shapes.RULES,
    **_indexing.RULES,
    **_gather.RULES,
    **_contractions.RULES,
    **_control_flow.RULES,
}


@dataclasses.dataclass(frozen=True)
class JuliaField:
    """A vector field dz/dt = f(z, p) as Julia code and the arrays that it reads.

    The code defines `field(z, p, c)`, where `c` holds the constants by name. It works for states
    and parameters of any mix of `Float64` and (nested) dual numbers of ForwardDiff, and computes
    in double precision whatever the precision of the JAX field.

    Attributes:
        source: Julia source: helper functions and `field`.
        constants: arrays by name, of floats, integers or truth values.
        n: the number of states.
        parameters: the number of parameters if `p` is a vector, 0 if it is a number.

    Example:
        See `translate_function`.
    """

    source: str
    constants: dict[str, np.ndarray]
    n: int
    parameters: int = 0

    def julia_source(self) -> str:
        """The Julia code.

        Returns:
            The source text.
        """
        return self.source

    def __repr__(self) -> str:
        of = "a parameter" if self.parameters == 0 else f"{self.parameters} parameters"
        arrays = ", ".join(f"{name} {value.shape}" for name, value in self.constants.items())
        return (
            f"JuliaField of {self.n} states and {of}; constants: {arrays or 'none'}\n{self.source}"
        )


def translate_function(
    function: Callable[[Any, Any], Any], state: Any, parameter: Any = 0.0
) -> JuliaField:
    """Translate f(z, p), written with JAX, to Julia.

    Arrays in single precision are converted: the Julia code computes in double precision.

    Args:
        function: (z, p) ↦ dz/dt, a plain function or an Equinox module, whose leaves then name
            the constants.
        state: any state of the shape that is meant, (n,).
        parameter: any parameter: a number, or a vector of shape (k,).

    Returns:
        The Julia field.

    Raises:
        UnsupportedPrimitiveError: if an operation has no translation; the message names it, the
            line that it stems from, and the way without translation.
        TranslationError: if the field does not return a vector of the state's shape.

    Example:
        >>> import bifbridge as bb
        >>> print(bb.julia.translate_function(lambda z, p: p - 2 * z**2, [0.0]))
        JuliaField of 1 states and a parameter; constants: none
        function field(z, p, c)
            return p .- 2.0 .* z .^ 2
        end
    """  # noqa: DOC502
    require_x64("Translation to Julia")
    shape = np.shape(parameter)
    program = trace(in_double_precision(function), state, parameter)
    source, constants = _write(program)
    return JuliaField(source, constants, program.inputs[0].shape[0], shape[0] if shape else 0)


def translate_family(family: Any, state: Any) -> JuliaField:
    """Translate a family of fields to Julia.

    Args:
        family: an `AbstractFamily`, or a plain function f(z, p).
        state: any state of the shape that is meant, (n,).

    Returns:
        The Julia field, with a number for parameter.

    Raises:
        UnsupportedPrimitiveError: if an operation has no translation.
        TranslationError: if the field does not return a vector of the state's shape.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> family = bb.LeafFamily(bb.CTRNN(jnp.eye(2)), "gain")
        >>> sorted(bb.julia.translate_family(family, jnp.zeros(2)).constants)
        ['bias', 'time_constant', 'weights']
    """  # noqa: DOC502
    return translate_function(FamilyFunction(as_family(family)), state)


def julia_source(field: Any, state: Any, parameter: Any = 0.0) -> str:
    """The Julia code of a field, to read or to keep.

    Args:
        field: an `AbstractFamily`, or a function f(z, p).
        state: any state of the shape that is meant, (n,).
        parameter: of a function any parameter: a number, or a vector of shape (k,).

    Returns:
        Julia source that defines `field(z, p, c)`.

    Example:
        >>> import bifbridge as bb
        >>> print(bb.julia.julia_source(lambda z, p: p * z - z**3, [0.0]))
        function field(z, p, c)
            return p .* z .- z .^ 3
        end
    """
    function = FamilyFunction(field) if isinstance(field, AbstractFamily) else field
    return translate_function(function, state, parameter).julia_source()


def _write(program: Program) -> tuple[str, dict[str, np.ndarray]]:
    emitter = Emitter(RULES, Names(tuple(helpers())))
    for name, variable in zip(("z", "p"), program.inputs, strict=True):
        emitter.bind(variable, Expression(name, variable.shape, variable.shape))
    (result,) = emitter.run(program)
    if result.kind != "f":
        result = Expression(f"Float64.({result.text})", result.shape, result.dims)
    emitter.line(f"return {_owned(emitter.full(result))}")
    views = "@views " if emitter.takes_views else ""
    words = set(re.findall(r"\w+", "\n".join(emitter.lines)))
    constants = {name: value for name, value in emitter.constants.items() if name in words}
    opening = [f"{views}function field(z, p, c)", *_unpacked(emitter, constants)]
    if emitter.needs_type:
        opening.append("    T = promote_type(Float64, eltype(z), eltype(p))")
    body = "\n".join([*opening, *emitter.lines, "end"])
    return "\n\n".join([*emitter.helper_sources(), body]) + "\n", constants


def _unpacked(emitter: Emitter, constants: dict[str, np.ndarray]) -> list[str]:
    lines = []
    for name, value in constants.items():
        recipe = emitter.recipes.get(name)
        comment = f"  # {recipe}" if recipe else ""
        lines.append(f"    {name} = c.{name}{'[]' if value.ndim == 0 else ''}{comment}")
    return lines


def _owned(result: Expression) -> str:
    """The code of a result that shares no memory with the state or a constant."""
    fresh = result.dotted or result.text.startswith(("[", "vcat(", "fill("))
    return result.text if fresh or " * " in result.text else f"copy({result.text})"
