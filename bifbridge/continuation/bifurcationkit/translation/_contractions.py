"""Products of matrices, vectors and batches of them."""

import math

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    ATOM,
    PRODUCT,
    Expression,
    Shape,
    infix,
    kind_of,
    tuple_text,
    wrapped,
)
from bifbridge.continuation.bifurcationkit.translation._program import Equation
from bifbridge.continuation.bifurcationkit.translation._shapes import transpose


def _dot(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    (contract, batch), shape = equation.params["dimension_numbers"], equation.outputs[0].shape
    kind = kind_of(equation.outputs[0].dtype)
    if all(operand.rank == 0 for operand in operands):
        return [infix("*", operands[0], operands[1], shape, kind)]
    left, right = (emitter.full(operand) for operand in operands)
    contract = [tuple(int(axis) for axis in axes) for axes in contract]
    batch = [tuple(int(axis) for axis in axes) for axes in batch]
    if not batch[0] and len(contract[0]) == 1 and left.rank <= 2 and right.rank <= 2:
        return [_product(left, right, contract[0][0], contract[1][0], shape, kind)]
    return [_general(emitter, (left, right), contract, batch, shape, kind)]


def _product(
    left: Expression, right: Expression, i: int, j: int, shape: Shape, kind: str
) -> Expression:
    """Matrix or vector times matrix or vector, summed over axis i of one and j of the other."""
    if left.rank == 1 and right.rank == 1:
        text = f"transpose({left.text}) * {wrapped(right, PRODUCT + 1)}"
        return Expression(text, (), (), kind, PRODUCT)
    if left.rank == 1:
        left, right, i, j = right, left, j, i
    matrix = left if i == 1 else transpose(left, (1, 0))
    other = right if right.rank == 1 or j == 0 else transpose(right, (1, 0))
    text = f"{wrapped(matrix, PRODUCT)} * {wrapped(other, PRODUCT + 1)}"
    return Expression(text, shape, shape, kind, PRODUCT)


def _general(
    emitter: Emitter,
    operands: tuple[Expression, Expression],
    contract: list[tuple[int, ...]],
    batch: list[tuple[int, ...]],
    shape: Shape,
    kind: str,
) -> Expression:
    """Any contraction, as matrix products of blocks."""
    free = [
        tuple(axis for axis in range(operand.rank) if axis not in (*summed, *shared))
        for operand, summed, shared in zip(operands, contract, batch, strict=True)
    ]
    left = _block(operands[0], batch[0], free[0], contract[0])
    right = _block(operands[1], batch[1], contract[1], free[1])
    if not batch[0]:
        text = f"{left} * {right}"
        level = PRODUCT
    else:
        text, level = f"{emitter.helper('batched_product')}({left}, {right})", ATOM
    result = Expression(text, shape, shape, kind, level)
    sizes = [math.prod(operands[k].shape[axis] for axis in free[k]) for k in (0, 1)]
    flat = (*sizes,) if not batch[0] else (_size(operands[0], batch[0]), *sizes)
    if flat == shape:
        return result
    if shape == ():
        return Expression(f"({text})[1]", (), (), kind)
    return Expression(f"reshape({text}, {tuple_text(shape)})", shape, shape, kind)


def _block(operand: Expression, *groups: tuple[int, ...]) -> str:
    """The operand with its axes brought together in groups, one axis per group."""
    kept = groups if groups[0] or len(groups) == 2 else groups[1:]
    moved = transpose(operand, [axis for group in kept for axis in group])
    sizes = tuple(_size(operand, group) for group in kept)
    if moved.shape == sizes:
        return wrapped(moved, ATOM)
    return f"reshape({moved.text}, {tuple_text(sizes)})"


def _size(operand: Expression, axes: tuple[int, ...]) -> int:
    return math.prod(operand.shape[axis] for axis in axes)


RULES: dict[str, Rule] = {"dot_general": _dot}
