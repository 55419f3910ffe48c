"""Julia expressions with what is needed to combine them: precedence, shape, broadcasting.

An array of JAX is a Julia array of the same logical shape, so only the order in memory differs.
A number of rank zero is a plain Julia number. An expression may stand for an array larger than
itself, with length one where it is constant: broadcasting expands it for free.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

Shape = tuple[int, ...]

COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)
_LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "^": POWER, "|": SUM, "&": PRODUCT}
_LEVELS |= dict.fromkeys((">", ">=", "<", "<=", "==", "!="), COMPARISON)


@dataclasses.dataclass(frozen=True)
class Selector:
    """What is taken along one axis.

    Attributes:
        start: zero-based first index; code, where only Julia knows it, then one-based.
        size: how many.
        step: the distance between them.
        dropped: whether the axis, of size one, is no longer there.
    """

    start: int | str
    size: int
    step: int = 1
    dropped: bool = False

    def text(self, length: int) -> str:
        """Code for between the brackets."""
        if isinstance(self.start, str):
            if self.dropped:
                return self.start
            first = self.start if self.start.isidentifier() else f"({self.start})"
            return f"{first}:{first}" if self.size == 1 else f"{first} .+ (0:{self.size - 1})"
        if self.dropped:
            return str(self.start + 1)
        if self.size == length and self.step == 1:
            return ":"
        step = f"{self.step}:" if self.step != 1 else ""
        last = self.start + self.step * (self.size - 1) + 1 if self.size else self.start
        return f"{self.start + 1}:{step}{last}"


@dataclasses.dataclass(frozen=True)
class Expression:
    """A piece of Julia code that evaluates to a number or an array.

    Attributes:
        text: the code.
        shape: the logical shape, as in JAX.
        dims: Julia's size of it: the shape, () for a number, or 1 on axes along which it is
            constant.
        kind: "f" for floats, "i" for integers, "b" for truth values.
        level: precedence of the outermost operator.
        dotted: whether the outermost operation is a broadcast that fuses with its neighbours.
        number: the value, if it is a literal.
        base: the array that this is a part of, if `selectors` are given.
        selectors: what is taken along each axis of the base.
        condition: the truth value that an integer 0 or 1 stems from.
    """

    text: str
    shape: Shape
    dims: Shape
    kind: str = "f"
    level: int = ATOM
    dotted: bool = False
    number: Any = None
    base: "Expression | None" = None
    selectors: "tuple[Selector, ...]" = ()
    condition: "Expression | None" = None

    @property
    def rank(self) -> int:
        """The number of axes of the logical shape."""
        return len(self.shape)

    @property
    def is_number(self) -> bool:
        """Whether Julia sees a number."""
        return self.dims == ()

    @property
    def is_cheap(self) -> bool:
        """Whether repeating the code repeats no work."""
        return self.text.isidentifier() or self.number is not None

    def reshaped(self, shape: Shape, dims: Shape) -> "Expression":
        """The same code, standing for another shape."""
        return dataclasses.replace(self, shape=shape, dims=dims)


def kind_of(dtype: Any) -> str:
    """The kind of a dtype."""
    if np.issubdtype(dtype, np.floating) or dtype.name in ("bfloat16",):
        return "f"
    if dtype == np.bool_:
        return "b"
    return "i" if np.issubdtype(dtype, np.integer) else "?"


def literal(value: Any, dtype: Any) -> Expression:
    """A number written out."""
    kind = kind_of(dtype)
    if kind == "b":
        return Expression("true" if value else "false", (), (), kind, number=bool(value))
    if kind == "i":
        return Expression(str(int(value)), (), (), kind, SIGN if value < 0 else ATOM, number=value)
    number = float(value)
    text = {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}.get(repr(number), repr(number))
    level = SIGN if text.startswith("-") else ATOM
    return Expression(text, (), (), kind, level, number=number)


def infix(
    operator: str, left: Expression, right: Expression, shape: Shape, kind: str
) -> Expression:
    """A binary operation, broadcast unless both sides are numbers."""
    level = _LEVELS[operator]
    dims = broadcast_dims([left, right])
    dotted = dims != ()
    text = (
        f"{_operand(left, level, dotted, False)} {'.' if dotted else ''}{operator} "
        f"{_operand(right, level, dotted, True)}"
    )
    return Expression(text, shape, dims, kind, level, dotted)


def prefix(operator: str, operand: Expression, kind: str) -> Expression:
    """A unary operator, broadcast unless the operand is a number."""
    dotted = not operand.is_number
    inner = _operand(operand, SIGN, dotted, True)
    text = f"{'.' if dotted else ''}{operator}{inner}"
    return Expression(text, operand.shape, operand.dims, kind, SIGN, dotted)


def call(function: str, operands: Sequence[Expression], shape: Shape, kind: str) -> Expression:
    """A scalar function, broadcast unless all operands are numbers."""
    dims = broadcast_dims(operands)
    dotted = dims != ()
    arguments = ", ".join(operand.text for operand in operands)
    text = f"{function}{'.' if dotted else ''}({arguments})"
    return Expression(text, shape, dims, kind, ATOM, dotted)


def broadcast_dims(operands: Sequence[Expression]) -> Shape:
    """Julia's size of a broadcast."""
    sizes = [operand.dims for operand in operands if operand.dims != ()]
    if not sizes:
        return ()
    return tuple(next((n for n in axis if n != 1), 1) for axis in zip(*sizes, strict=True))


def wrapped(expression: Expression, level: int) -> str:
    """The code, in parentheses if it binds less tightly than `level`."""
    return expression.text if expression.level >= level else f"({expression.text})"


def tuple_text(numbers: Sequence[Any]) -> str:
    """A Julia tuple."""
    inner = ", ".join(str(number) for number in numbers)
    return f"({inner},)" if len(numbers) == 1 else f"({inner})"


def _operand(operand: Expression, level: int, dotted: bool, right: bool) -> str:
    # Left-associative operators; comparisons would chain, powers associate to the right.
    needed = level + 1 if right or level in (COMPARISON, POWER) else level
    mixed = operand.level == level and operand.dotted != dotted and operand.level < SIGN
    return f"({operand.text})" if operand.level < needed or mixed else operand.text
