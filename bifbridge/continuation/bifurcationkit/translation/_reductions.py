"""Reductions and cumulative sums."""

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    SUM,
    Expression,
    Shape,
    call,
    kind_of,
    literal,
    tuple_text,
)
from bifbridge.continuation.bifurcationkit.translation._program import Equation
from bifbridge.continuation.bifurcationkit.translation._unsupported import unsupported

#: What Julia's reductions of nothing do not know.
_EMPTY = {"reduce_max": float("-inf"), "reduce_min": float("inf")}


def _reduction(function: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        (operand,) = operands
        axes = tuple(int(axis) for axis in equation.params["axes"])
        shape, kind = equation.outputs[0].shape, kind_of(equation.outputs[0].dtype)
        if not axes:
            return [operand]
        if equation.primitive in _EMPTY and 0 in operand.shape and 0 not in shape:
            return [
                literal(_EMPTY[equation.primitive], equation.outputs[0].dtype).reshaped(shape, ())
            ]
        return [_reduced(function, emitter.full(operand), axes, shape, kind)]

    return rule


def _reduced(
    function: str, operand: Expression, axes: tuple[int, ...], shape: Shape, kind: str
) -> Expression:
    if len(axes) == operand.rank:
        return Expression(f"{function}({operand.text})", shape, (), kind)
    dims = str(axes[0] + 1) if len(axes) == 1 else tuple_text([axis + 1 for axis in axes])
    text = f"dropdims({function}({operand.text}; dims={dims}); dims={dims})"
    return Expression(text, shape, shape, kind)


def _extreme(function: str, plain: str) -> Rule:
    integers = _reduction(plain)
    floats = _reduction(function)

    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        if kind_of(equation.outputs[0].dtype) != "f":
            return integers(emitter, equation, operands)
        emitter.helper(function)
        return floats(emitter, equation, operands)

    return rule


def _position(function: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        operand = emitter.full(operands[0])
        if operand.kind == "f":
            operand = call(emitter.helper("primal"), [operand], operand.shape, "f")
        shape, axis = equation.outputs[0].shape, equation.params["axes"][0] + 1
        if operand.rank == 1:
            return [Expression(f"{function}({operand.text}) - 1", shape, (), "i", SUM)]
        found = f"{function}({operand.text}; dims={axis})"
        text = f"dropdims(getindex.({found}, {axis}) .- 1; dims={axis})"
        return [Expression(text, shape, shape, "i")]

    return rule


def _cumulative(function: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        operand, dims = emitter.full(operands[0]), equation.params["axis"] + 1
        if operand.kind == "b":
            raise unsupported(
                equation.primitive, equation.params, equation.source, "the operand is boolean."
            )
        text = f"{function}({operand.text}; dims={dims})"
        if equation.params["reverse"]:
            flipped = f"reverse({operand.text}; dims={dims})"
            text = f"reverse({function}({flipped}; dims={dims}); dims={dims})"
        return [Expression(text, operand.shape, operand.shape, operand.kind)]

    return rule


RULES: dict[str, Rule] = {
    "argmax": _position("argmax"),
    "argmin": _position("argmin"),
    "cumprod": _cumulative("cumprod"),
    "cumsum": _cumulative("cumsum"),
    "reduce_and": _reduction("all"),
    "reduce_max": _extreme("largest", "maximum"),
    "reduce_min": _extreme("smallest", "minimum"),
    "reduce_or": _reduction("any"),
    "reduce_prod": _reduction("prod"),
    "reduce_sum": _reduction("sum"),
}
