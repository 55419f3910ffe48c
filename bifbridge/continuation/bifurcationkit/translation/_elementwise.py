"""Elementwise primitives that calculate."""

import jax

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    Expression,
    call,
    infix,
    literal,
    prefix,
)
from bifbridge.continuation.bifurcationkit.translation._operands import (
    aligned,
    integer_literal,
    result_kind,
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


def _function(name: str) -> Rule:
    def rule(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
        kind = result_kind(equation)
        if kind != "f":
            return [_integer(equation, aligned(emitter, operands), kind)]
        function = emitter.helper(name)
        return [call(function, aligned(emitter, operands), equation.outputs[0].shape, kind)]

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
        shape, kind = equation.outputs[0].shape, result_kind(equation)
        if kind == "f":
            simple = _simplified(operator, operands[0], operands[1])
            if simple is not None:
                return [simple.reshaped(shape, simple.dims)]
        left, right = aligned(emitter, operands)
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


def _absolute(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    if result_kind(equation) != "f":
        return _function("abs")(emitter, equation, operands)
    # JAX's derivative at 0 depends on its version.
    slope = float(jax.jvp(jax.lax.abs, (0.0,), (1.0,))[1])
    helper = emitter.helper("absolute" if slope == 1.0 else "absolute_flat")
    return [call(helper, operands, equation.outputs[0].shape, "f")]


def _negative(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    return [prefix("-", operands[0], result_kind(equation))]


def _power(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    exponent = 2 if equation.primitive == "square" else int(equation.params["y"])
    shape, kind = equation.outputs[0].shape, result_kind(equation)
    return [infix("^", operands[0], integer_literal(exponent), shape, kind)]


def _reciprocal_root(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    root = call(emitter.helper("sqrt_or_nan"), operands, operands[0].shape, "f")
    return [infix("/", literal(1.0, equation.outputs[0].dtype), root, root.shape, "f")]


def _one_minus_square(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    square = infix("^", operands[0], integer_literal(2), operands[0].shape, "f")
    return [infix("-", literal(1.0, equation.outputs[0].dtype), square, square.shape, "f")]


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
    "abs": _absolute,
    "integer_pow": _power,
    "logaddexp": _log_of_sum,
    "neg": _negative,
    "one_minus_square": _one_minus_square,
    "rsqrt": _reciprocal_root,
    "square": _power,
}
