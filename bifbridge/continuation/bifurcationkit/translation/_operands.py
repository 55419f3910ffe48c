"""What rules of elementwise primitives do to their operands before they combine them."""

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter
from bifbridge.continuation.bifurcationkit.translation._expression import (
    ATOM,
    SIGN,
    Expression,
    broadcast_dims,
    call,
    kind_of,
)
from bifbridge.continuation.bifurcationkit.translation._program import Equation


def aligned(emitter: Emitter, operands: list[Expression]) -> list[Expression]:
    """Operands ready for one broadcast: of one rank, and none that it would evaluate twice."""
    rank = max((len(operand.dims) for operand in operands), default=0)
    ready = []
    for operand in operands:
        if operand.dims != () and len(operand.dims) != rank:
            operand = emitter.full(operand)
        ready.append(operand)
    dims = broadcast_dims(ready)
    return [emitter.unfused(operand, dims) for operand in ready]


def result_kind(equation: Equation) -> str:
    """The kind of the first output's numbers."""
    return kind_of(equation.outputs[0].dtype)


def primal(emitter: Emitter, operand: Expression) -> Expression:
    """An operand without its derivative."""
    if operand.kind != "f" or operand.number is not None:
        return operand
    return call(emitter.helper("primal"), [operand], operand.shape, "f")


def integer_literal(number: int) -> Expression:
    """An integer as Julia writes it."""
    return Expression(str(number), (), (), "i", SIGN if number < 0 else ATOM, number=number)
