"""Elementwise primitives."""

import dataclasses

import jax

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    ATOM,
    SIGN,
    Expression,
    broadcast_dims,
    call,
    infix,
    kind_of,
    literal,
    prefix,
)
from bifbridge.continuation.bifurcationkit.translation._program import Equation
from bifbridge.continuation.bifurcationkit.translation._unsupported import unsupported

#: Functions that Julia has under the same name, with JAX's values and derivatives.
_SAME = "asinh atan cbrt cos cosh exp exp2 expm1 sin sinh tan tanh".split()  # noqa: SIM905
#: The primitive's name and the function's, which may be a helper.
_FUNCTIONS = {
    **{name: name for name in _SAME},
    "acos": "acos_or_nan",
    "acosh": "acosh_or_nan",
    "asin": "asin_or_nan",
    "atan2": "atan",
    "atanh": "atanh_or_nan",
    "erf": "erf",
    "erf_inv": "erf_inv",
    "erfc": "erfc",
    "log": "log_or_nan",
    "log1p": "log1p_or_nan",
    "logaddexp2": "logaddexp2",
    "logistic": "logistic",
    "max": "larger",
    "min": "smaller",
    "pow": "power_or_nan",
    "relu": "relu",
    "relu6": "relu6",
    "rem": "remainder",
    "sinc_maclaurin": "sinc_maclaurin",
    "sqrt": "sqrt_or_nan",
    "xlog1py": "xlog1py",
    "xlogy": "xlogy",
}
_INTEGER_FUNCTIONS = {
    "abs": "abs",
    "max": "max",
    "min": "min",
    "pow": "^",
    "rem": "rem",
    "div": "div",
    "sign": "sign",
}
_OPERATORS = {"add": "+", "add_any": "+", "sub": "-", "mul": "*", "div": "/"}
_COMPARISONS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}
_WITHOUT_DERIVATIVE = {"sign": "sign", "floor": "floor", "ceil": "ceil", "is_finite": "isfinite"}


def _aligned(emitter: Emitter, operands: list[Expression]) -> list[Expression]:
    """Operands ready for one broadcast: of one rank, and none that it would evaluate twice."""
    rank = max((len(operand.dims) for operand in operands), default=0)
    ready = []
    for operand in operands:
        if operand.dims != () and len(operand.dims) != rank:
            operand = emitter.full(operand)
        ready.append(operand)
    dims = broadcast_dims(ready)
    return [emitter.unfused(operand, dims) for operand in ready]


def _kind(equation: Equation) -> str:
    return kind_of(equation.outputs[0].dtype)


def _function(name: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        kind = _kind(equation)
        if kind != "f":
            return [_integer(equation, _aligned(emitter, operands), kind)]
        function = emitter.helper(name)
        return [call(function, _aligned(emitter, operands), equation.outputs[0].shape, kind)]

    return rule


def _integer(equation: Equation, operands: list[Expression], kind: str) -> Expression:
    function = _INTEGER_FUNCTIONS.get(equation.primitive)
    if function is None or (kind == "b" and function not in ("max", "min")):
        raise unsupported(
            equation.primitive,
            {**equation.params, "dtype": equation.outputs[0].dtype},
            equation.source,
            "it is known for floats only.",
        )
    shape = equation.outputs[0].shape
    if function == "^":
        return infix("^", operands[0], operands[1], shape, kind)
    return call(function, operands, shape, kind)


def _arithmetic(operator: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        shape, kind = equation.outputs[0].shape, _kind(equation)
        if kind == "f":
            simple = _simplified(operator, operands[0], operands[1])
            if simple is not None:
                return [simple.reshaped(shape, simple.dims)]
        left, right = _aligned(emitter, operands)
        if kind == "i" and operator == "/":
            return [call("div", [left, right], shape, kind)]
        if kind == "b":
            return [infix("|" if operator == "+" else "&", left, right, shape, kind)]
        return [infix(operator, left, right, shape, kind)]

    return rule


def _simplified(operator: str, left: Expression, right: Expression) -> Expression | None:
    """The operand that x + 0, x − 0, 1·x, x·1 or x/1 leaves, exactly."""
    neutral = 0.0 if operator in "+-" else 1.0
    if right.number == neutral:
        return left
    if left.number == neutral and operator in "+*":
        return right
    return None


def _comparison(operator: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        left, right = (_primal(emitter, operand) for operand in _aligned(emitter, operands))
        if operator == "!=" and right.number is False:
            return [left.reshaped(equation.outputs[0].shape, left.dims)]
        return [infix(operator, left, right, equation.outputs[0].shape, "b")]

    return rule


def _primal(emitter: Emitter, operand: Expression) -> Expression:
    if operand.kind != "f" or operand.number is not None:
        return operand
    return call(emitter.helper("primal"), [operand], operand.shape, "f")


def _without_derivative(function: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        inner = [_primal(emitter, operand) for operand in operands]
        return [call(function, inner, equation.outputs[0].shape, _kind(equation))]

    return rule


def _absolute(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    if _kind(equation) != "f":
        return _function("abs")(emitter, equation, operands)
    # JAX's derivative at 0 depends on its version.
    slope = float(jax.jvp(jax.lax.abs, (0.0,), (1.0,))[1])
    helper = emitter.helper("absolute" if slope == 1.0 else "absolute_flat")
    return [call(helper, operands, equation.outputs[0].shape, "f")]


def _round(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    inner = _primal(emitter, operands[0])
    to_even = "EVEN" in str(equation.params["rounding_method"])
    if to_even:
        return [call("round", [inner], inner.shape, _kind(equation))]
    mode = Expression("RoundNearestTiesAway", (), ())
    return [call("round", [inner, mode], inner.shape, _kind(equation))]


def _negative(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    return [prefix("-", operands[0], _kind(equation))]


def _not(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    return [prefix("!" if _kind(equation) == "b" else "~", operands[0], _kind(equation))]


def _bitwise(operator: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        shape, kind = equation.outputs[0].shape, _kind(equation)
        ready = _aligned(emitter, operands)
        if operator == "xor":
            return [call("xor", ready, shape, kind)]
        return [infix(operator, ready[0], ready[1], shape, kind)]

    return rule


def _power(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    exponent = 2 if equation.primitive == "square" else int(equation.params["y"])
    shape, kind = equation.outputs[0].shape, _kind(equation)
    return [infix("^", operands[0], _integer_literal(exponent), shape, kind)]


def _reciprocal_root(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    root = call(emitter.helper("sqrt_or_nan"), operands, operands[0].shape, "f")
    return [infix("/", literal(1.0, equation.outputs[0].dtype), root, root.shape, "f")]


def _one_minus_square(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    square = infix("^", operands[0], _integer_literal(2), operands[0].shape, "f")
    return [infix("-", literal(1.0, equation.outputs[0].dtype), square, square.shape, "f")]


def _integer_literal(number: int) -> Expression:
    return Expression(str(number), (), (), "i", SIGN if number < 0 else ATOM, number=number)


def _select(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    shape, kind = equation.outputs[0].shape, _kind(equation)
    if operands[0].number is not None:
        chosen = operands[1 + int(operands[0].number)]
        return [chosen.reshaped(shape, chosen.dims)]
    which, *cases = _aligned(emitter, operands)
    choose = emitter.helper("select") if kind == "f" else "ifelse"
    if which.kind == "b":
        return [call(choose, [which, cases[1], cases[0]], shape, kind)]
    result = cases[-1]
    for k in range(len(cases) - 2, -1, -1):
        chosen = infix("==", which, _integer_literal(k), which.shape, "b")
        result = call(choose, [chosen, cases[k], result], shape, kind)
    return [result]


def _clamp(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    lower, value, upper = _aligned(emitter, operands)
    kind = _kind(equation)
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
    inner = _primal(emitter, operand)
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
    return [_primal(emitter, operands[0])]


def _log_of_sum(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    numbers = [operand.number for operand in operands]
    if numbers[1] != 0 and numbers[0] != 0:
        return _function("logaddexp")(emitter, equation, operands)
    operand = operands[0] if numbers[1] == 0 else operands[1]
    return [call(emitter.helper("softplus"), [operand], equation.outputs[0].shape, "f")]


RULES: dict[str, Rule] = {
    **{name: _function(function) for name, function in _FUNCTIONS.items()},
    **{name: _arithmetic(operator) for name, operator in _OPERATORS.items()},
    **{name: _comparison(operator) for name, operator in _COMPARISONS.items()},
    **{name: _without_derivative(function) for name, function in _WITHOUT_DERIVATIVE.items()},
    "abs": _absolute,
    "and": _bitwise("&"),
    "clamp": _clamp,
    "convert_element_type": _convert,
    "copy": _same,
    "copy_p": _same,
    "integer_pow": _power,
    "logaddexp": _log_of_sum,
    "neg": _negative,
    "not": _not,
    "one_minus_square": _one_minus_square,
    "optimization_barrier": lambda emitter, equation, operands: operands,
    "or": _bitwise("|"),
    "reduce_precision": _same,
    "round": _round,
    "rsqrt": _reciprocal_root,
    "select_n": _select,
    "square": _power,
    "stop_gradient": _stop_gradient,
    "xor": _bitwise("xor"),
}
