"""Writing statements: which results get a name, and what that name is."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bifbridge.continuation.bifurcationkit.translation._expression import (
    ATOM,
    Expression,
    Shape,
    kind_of,
    literal,
    tuple_text,
)
from bifbridge.continuation.bifurcationkit.translation._helpers import helpers, with_dependencies
from bifbridge.continuation.bifurcationkit.translation._names import Names
from bifbridge.continuation.bifurcationkit.translation._program import (
    Atom,
    Constant,
    Equation,
    Program,
    Variable,
)
from bifbridge.continuation.bifurcationkit.translation._unsupported import unsupported

#: A single-use result longer than this gets a line of its own.
INLINE_LENGTH = 64
RETURN_LENGTH = 120
Rule = Callable[["Emitter", Equation, list[Expression]], list[Expression]]


class Emitter:
    """Code under construction.

    Attributes:
        rules: how each primitive is written.
        names: identifiers in use.
        constants: arrays that the code reads, by name.
        recipes: how those constants came about that are not leaves of the field, by name.
        needs_type: whether the code uses T, the promoted element type.
        takes_views: whether the code reads parts of arrays, which need not be copied.
    """

    def __init__(self, rules: dict[str, Rule], names: Names):
        self.rules = rules
        self.names = names
        self.constants: dict[str, np.ndarray] = {}
        self.recipes: dict[str, str] = {}
        self.needs_type = False
        self.takes_views = False
        self._lines: list[str] = []
        self._indent = 1
        self._helpers: set[str] = set()
        self._known: dict[Any, Expression] = {}
        self._scope: dict[Variable, Expression] = {}

    @property
    def lines(self) -> list[str]:
        """The statements so far."""
        return self._lines

    def helper_sources(self) -> list[str]:
        """Julia source of the helper functions that the code calls."""
        return [helpers()[name] for name in with_dependencies(self._helpers)]

    def helper(self, name: str) -> str:
        """Note that a function is called."""
        if name in helpers():
            self._helpers.add(name)
        return name

    def line(self, text: str) -> None:
        """Write one statement."""
        self._lines.append("    " * self._indent + text)

    def block(self, opening: str, body: Callable[[], None], closing: str | None = "end") -> None:
        """Write an indented block."""
        self.line(opening)
        self._indent += 1
        body()
        self._indent -= 1
        if closing is not None:
            self.line(closing)

    def bind(self, variable: Variable, expression: Expression) -> None:
        """Let a variable of the program stand for code."""
        self._scope[variable] = expression

    def run(self, program: Program) -> list[Expression]:
        """Write the statements of a program whose inputs are bound."""
        uses = program.uses()
        for equation in program.equations:
            operands = [self.read(atom) for atom in equation.inputs]
            if equation.bodies:
                operands = [self.named(operand) for operand in operands]
            rule = self.rules.get(equation.primitive)
            if rule is None:
                raise unsupported(equation.primitive, equation.params, equation.source)
            results = rule(self, equation, operands)
            for variable, result in zip(equation.outputs, results, strict=True):
                longest = RETURN_LENGTH if variable in program.outputs else INLINE_LENGTH
                once = uses[variable] <= 1 and len(result.text) <= longest
                stem = _STEMS.get(equation.primitive, "value")
                self.bind(variable, result if once else self.named(result, stem))
        return [self.read(atom) for atom in program.outputs]

    def read(self, atom: Atom) -> Expression:
        """Code for an operand."""
        return self._scope[atom] if isinstance(atom, Variable) else self._constant(atom)

    def named(self, expression: Expression, stem: str = "value") -> Expression:
        """Give a result a name, unless repeating its code costs nothing."""
        if expression.is_cheap or expression.base is not None or expression.condition is not None:
            return expression
        return self.assign(expression, stem)

    def assign(self, expression: Expression, stem: str) -> Expression:
        """Write `name = code`."""
        name = self.names.fresh(stem)
        self.line(f"{name} = {expression.text}")
        return self.name_of(name, expression)

    def name_of(self, name: str, like: Expression) -> Expression:
        """An expression that is a name."""
        return Expression(name, like.shape, like.dims, like.kind)

    def full(self, expression: Expression) -> Expression:
        """An expression of the whole logical shape."""
        if expression.dims == expression.shape:
            return expression
        if expression.is_number:
            text = f"fill({expression.text}, {tuple_text(expression.shape)})"
        else:
            text = f"{self.helper('expand')}({expression.text}, {tuple_text(expression.shape)})"
        return Expression(text, expression.shape, expression.shape, expression.kind)

    def promoted(self, expression: Expression) -> Expression:
        """An expression whose elements have the type of the field's result."""
        if expression.kind != "f":
            return expression
        self.needs_type = True
        dot = "" if expression.is_number else "."
        text = f"convert{dot}(T, {expression.text})"
        return Expression(text, expression.shape, expression.dims, "f", ATOM, dot == ".")

    def unfused(self, expression: Expression, dims: Shape) -> Expression:
        """Name a broadcast that would be evaluated again for every element of a larger one."""
        repeated = expression.dotted and expression.dims not in ((), dims)
        return self.assign(expression, "value") if repeated else expression

    def _constant(self, constant: Constant) -> Expression:
        number = constant.number
        if number is not None:
            return literal(number, constant.dtype)
        uniform = _uniform(constant)
        if uniform is not None:
            return literal(uniform, constant.dtype).reshaped(constant.shape, ())
        key = self._key(constant)
        if key not in self._known:
            self._known[key] = self._load(constant)
        return self._known[key]

    def _load(self, constant: Constant) -> Expression:
        kind = kind_of(constant.dtype)
        if kind == "?" or not isinstance(constant.value, np.ndarray):
            raise unsupported(
                "constant", {"dtype": constant.dtype}, (), "only real numbers have a counterpart."
            )
        name = self.names.fresh(constant.name or ("derived" if constant.recipe else "constant"))
        dtype = {"f": np.float64, "i": np.int64, "b": np.bool_}[kind]
        self.constants[name] = np.ascontiguousarray(constant.value, dtype).reshape(constant.shape)
        if constant.recipe:
            self.recipes[name] = constant.recipe
        return Expression(name, constant.shape, constant.shape, kind)

    @staticmethod
    def _key(constant: Constant) -> Any:
        if constant.name is not None or not isinstance(constant.value, np.ndarray):
            return constant.name or id(constant.value)
        return constant.shape, constant.dtype.str, constant.value.tobytes()


def _uniform(constant: Constant) -> Any:
    """The number that fills an unnamed array, or None."""
    if constant.name is not None or not isinstance(constant.value, np.ndarray):
        return None
    entries = constant.value.ravel()
    same = entries.size > 0 and bool((entries == entries[0]).all())
    return entries[0].item() if same and kind_of(constant.dtype) != "?" else None


_STEMS = {
    "argmax": "position",
    "argmin": "position",
    "concatenate": "joined",
    "dot_general": "product",
    "exp": "exponential",
    "gather": "part",
    "dynamic_slice": "part",
    "logistic": "gate",
    "reduce_max": "largest_entry",
    "reduce_sum": "total",
    "reshape": "reshaped",
    "scatter": "updated",
    "slice": "part",
    "split": "part",
    "tanh": "activation",
    "transpose": "transposed",
}
