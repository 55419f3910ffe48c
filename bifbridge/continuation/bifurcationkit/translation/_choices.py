"""Primitives that compare, choose, round and convert."""

import dataclasses

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    Expression,
    call,
    infix,
    kind_of,
    literal,
    prefix,
)
from bifbridge.continuation.bifurcationkit.translation._operands import (
    aligned,
    integer_literal,
    primal,
    result_kind,
)
from bifbridge.continuation.bifurcationkit.translation._program import Equation
from bifbridge.continuation.bifurcationkit.translation._unsupported import unsupported

_COMPARISONS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}
_WITHOUT_DERIVATIVE = {"sign": "sign", "floor": "floor", "ceil": "ceil", "is_finite": "isfinite"}


def _comparison(operator: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        left, right = (primal(emitter, operand) for operand in aligned(emitter, operands))
        if operator == "!=" and right.number is False:
            return [left.reshaped(equation.outputs[0].shape, left.dims)]
        return [infix(operator, left, right, equation.outputs[0].shape, "b")]

    return rule


def _without_derivative(function: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        inner = [primal(emitter, operand) for operand in operands]
        return [call(function, inner, equation.outputs[0].shape, result_kind(equation))]

    return rule


def _round(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    inner = primal(emitter, operands[0])
    to_even = "EVEN" in str(equation.params["rounding_method"])
    if to_even:
        return [call("round", [inner], inner.shape, result_kind(equation))]
    mode = Expression("RoundNearestTiesAway", (), ())
    return [call("round", [inner, mode], inner.shape, result_kind(equation))]


def _not(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    kind = result_kind(equation)
    return [prefix("!" if kind == "b" else "~", operands[0], kind)]


def _bitwise(operator: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        shape, kind = equation.outputs[0].shape, result_kind(equation)
        ready = aligned(emitter, operands)
        if operator == "xor":
            return [call("xor", ready, shape, kind)]
        return [infix(operator, ready[0], ready[1], shape, kind)]

    return rule


def _select(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    shape, kind = equation.outputs[0].shape, result_kind(equation)
    if operands[0].number is not None:
        chosen = operands[1 + int(operands[0].number)]
        return [chosen.reshaped(shape, chosen.dims)]
    which, *cases = aligned(emitter, operands)
    choose = emitter.helper("select") if kind == "f" else "ifelse"
    if which.kind == "b":
        return [call(choose, [which, cases[1], cases[0]], shape, kind)]
    result = cases[-1]
    for k in range(len(cases) - 2, -1, -1):
        chosen = infix("==", which, integer_literal(k), which.shape, "b")
        result = call(choose, [chosen, cases[k], result], shape, kind)
    return [result]


def _clamp(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    lower, value, upper = aligned(emitter, operands)
    kind = result_kind(equation)
    function = emitter.helper("clamped") if kind == "f" else "clamp"
    return [call(function, [value, lower, upper], equation.outputs[0].shape, kind)]


def _convert(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    (operand,) = operands
    target = kind_of(equation.outputs[0].dtype)
    if target == "?" or operand.kind == "?":
        raise unsupported(
            equation.primitive,
            equation.params,
            equation.source,
            "only real numbers have a counterpart.",
        )
    if operand.number is not None:
        number = literal(operand.number, equation.outputs[0].dtype)
        return [number.reshaped(operand.shape, operand.dims)]
    if target == operand.kind:
        return [operand]
    if target == "f":
        return [call("Float64", [operand], operand.shape, "f")]
    inner = primal(emitter, operand)
    if target == "b":
        zero = literal(0, equation.outputs[0].dtype) if operand.kind == "b" else _zero(operand)
        return [infix("!=", inner, zero, operand.shape, "b")]
    if operand.kind == "b":
        number = call("Int", [inner], operand.shape, "i")
        return [dataclasses.replace(number, condition=operand)]
    return [call("trunc", [Expression("Int", (), ()), inner], operand.shape, "i")]


def _zero(operand: Expression) -> Expression:
    return Expression("0.0" if operand.kind == "f" else "0", (), (), operand.kind, number=0)


def _same(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    return [operands[0]]


def _stop_gradient(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    return [primal(emitter, operands[0])]


RULES: dict[str, Rule] = {
    **{name: _comparison(operator) for name, operator in _COMPARISONS.items()},
    **{name: _without_derivative(function) for name, function in _WITHOUT_DERIVATIVE.items()},
    "and": _bitwise("&"),
    "clamp": _clamp,
    "convert_element_type": _convert,
    "copy": _same,
    "copy_p": _same,
    "not": _not,
    "optimization_barrier": lambda emitter, equation, operands: operands,
    "or": _bitwise("|"),
    "reduce_precision": _same,
    "round": _round,
    "select_n": _select,
    "stop_gradient": _stop_gradient,
    "xor": _bitwise("xor"),
}
