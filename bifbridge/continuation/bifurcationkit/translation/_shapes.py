"""Primitives that rearrange an array. JAX counts memory by rows, Julia by columns."""

from collections.abc import Sequence

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    ATOM,
    Expression,
    Selector,
    Shape,
    kind_of,
    tuple_text,
    wrapped,
)
from bifbridge.continuation.bifurcationkit.translation._indexing import part, select_part
from bifbridge.continuation.bifurcationkit.translation._program import Equation

#: A vector of numbers longer than this is written with one number a line.
_LINE = 80


def _broadcast(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    operand, shape = operands[0], equation.outputs[0].shape
    if operand.is_number:
        return [operand.reshaped(shape, ())]
    dims = [1] * len(shape)
    for axis, target in enumerate(equation.params["broadcast_dimensions"]):
        dims[target] = operand.dims[axis]
    return [_with_dims(operand, shape, tuple(dims))]


def _with_dims(operand: Expression, shape: Shape, dims: Shape) -> Expression:
    """Insert or remove axes of length one, which moves nothing in memory."""
    if operand.dims == dims:
        return operand.reshaped(shape, dims)
    text = f"reshape({operand.text}, {tuple_text(dims)})"
    return Expression(text, shape, dims, operand.kind)


def _squeeze(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    operand, shape = operands[0], equation.outputs[0].shape
    if operand.is_number:
        return [operand.reshaped(shape, ())]
    dropped = {axis % operand.rank for axis in equation.params["dimensions"]}
    if operand.base is not None:
        return [_drop_selected(operand, dropped, shape)]
    if shape == ():
        return [_only_entry(operand)]
    dims = tuple(n for axis, n in enumerate(operand.dims) if axis not in dropped)
    return [_with_dims(operand, shape, dims)]


def _drop_selected(operand: Expression, dropped: set[int], shape: Shape) -> Expression:
    assert operand.base is not None
    selectors, axis = [], 0
    for selector in operand.selectors:
        if selector.dropped:
            selectors.append(selector)
            continue
        drop = axis in dropped
        selectors.append(
            Selector(selector.start, selector.size, selector.step, True) if drop else selector
        )
        axis += 1
    return part(operand.base, selectors, shape)


def _only_entry(operand: Expression) -> Expression:
    return Expression(f"{wrapped(operand, ATOM)}[1]", (), (), operand.kind)


def _reshape(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    operand, shape = operands[0], equation.outputs[0].shape
    return [reshape(emitter, operand, shape)]


def reshape(emitter: Emitter, operand: Expression, shape: Shape) -> Expression:
    """Code for JAX's reshape, which reads and writes by rows."""
    if operand.is_number:
        return operand.reshaped(shape, ())
    operand = emitter.full(operand)
    if operand.shape == shape:
        return operand
    if shape == ():
        return _only_entry(operand)
    if _long_axes(operand.shape) == _long_axes(shape):
        return _with_dims(operand, shape, shape)
    if operand.rank == 2 and len(shape) == 1:
        text = f"vec(transpose({operand.text}))"
    elif operand.rank == 1 and len(shape) == 2:
        text = f"transpose(reshape({operand.text}, {tuple_text(shape[::-1])}))"
    else:
        text = f"{emitter.helper('reshape_rows')}({operand.text}, {tuple_text(shape)})"
    return Expression(text, shape, shape, operand.kind)


def _long_axes(shape: Shape) -> list[int]:
    return [n for n in shape if n != 1]


def _transpose(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    return [transpose(operands[0], equation.params["permutation"])]


def transpose(operand: Expression, permutation: Sequence[int]) -> Expression:
    """Code for a permutation of axes."""
    permutation = tuple(int(axis) for axis in permutation)
    shape = tuple(operand.shape[axis] for axis in permutation)
    if operand.is_number or permutation == tuple(range(operand.rank)):
        return operand.reshaped(shape, operand.dims)
    dims = tuple(operand.dims[axis] for axis in permutation)
    if permutation == (1, 0):
        text = f"transpose({operand.text})"
    else:
        text = f"permutedims({operand.text}, {tuple_text([axis + 1 for axis in permutation])})"
    return Expression(text, shape, dims, operand.kind)


def _concatenate(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    return [concatenate(emitter, operands, int(equation.params["dimension"]))]


def concatenate(emitter: Emitter, operands: Sequence[Expression], axis: int) -> Expression:
    """Code that joins arrays along an axis."""
    shape = list(operands[0].shape)
    shape[axis] = sum(operand.shape[axis] for operand in operands)
    kept = [operand for operand in operands if 0 not in operand.shape] or list(operands[:1])
    if len(kept) == 1:
        return kept[0]
    shape, kind = tuple(shape), operands[0].kind
    if len(shape) == 1 and all(operand.is_number and operand.shape == (1,) for operand in kept):
        return Expression(_vector([operand.text for operand in kept]), shape, shape, kind)
    pieces = ", ".join(_piece(emitter, operand) for operand in kept)
    if axis < 2:
        return Expression(f"{('vcat', 'hcat')[axis]}({pieces})", shape, shape, kind)
    return Expression(f"cat({pieces}; dims=Val({axis + 1}))", shape, shape, kind)


def _vector(entries: Sequence[str]) -> str:
    line = f"[{', '.join(entries)}]"
    if len(line) <= _LINE:
        return line
    return "[\n" + "".join(f"        {entry},\n" for entry in entries) + "    ]"


def _piece(emitter: Emitter, operand: Expression) -> str:
    # vcat takes numbers among vectors.
    return operand.text if operand.shape == (1,) else emitter.full(operand).text


def _stack(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    axis = int(equation.params["axis"])
    pieces = []
    for operand in operands:
        shape = (*operand.shape[:axis], 1, *operand.shape[axis:])
        if operand.is_number:
            pieces.append(operand.reshaped(shape, ()))
        else:
            dims = (*operand.dims[:axis], 1, *operand.dims[axis:])
            pieces.append(_with_dims(operand, shape, dims))
    return [concatenate(emitter, pieces, axis)]


def _reverse(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    operand = operands[0]
    if operand.is_number:
        return [operand]
    text = operand.text
    for axis in equation.params["dimensions"]:
        if operand.dims[axis] != 1:
            text = f"reverse({text}; dims={axis + 1})"
    return [Expression(text, operand.shape, operand.dims, operand.kind)]


def _pad(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    operand, value = emitter.full(operands[0]), operands[1]
    shape = equation.outputs[0].shape
    low, _, interior = zip(*equation.params["padding_config"], strict=True)
    arguments = [tuple_text(numbers) for numbers in (shape, low, [n + 1 for n in interior])]
    text = f"{emitter.helper('pad')}({operand.text}, {value.text}, {', '.join(arguments)})"
    return [Expression(text, shape, shape, kind_of(equation.outputs[0].dtype))]


def _split(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    axis, operand = int(equation.params["axis"]), emitter.named(operands[0])
    parts, start = [], 0
    for output in equation.outputs:
        size = output.shape[axis]
        parts.append(select_part(emitter, operand, {axis: Selector(start, size)}, output.shape))
        start += size
    return parts


def _tile(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    operand, shape = operands[0], equation.outputs[0].shape
    if operand.is_number:
        return [operand.reshaped(shape, ())]
    repeats = [int(n) for n in equation.params["reps"]]
    operand = reshape(emitter, operand, (1,) * (len(repeats) - operand.rank) + operand.shape)
    text = f"repeat({operand.text}, {', '.join(str(n) for n in repeats)})"
    return [Expression(text, shape, shape, operand.kind)]


RULES: dict[str, Rule] = {
    "broadcast_in_dim": _broadcast,
    "concatenate": _concatenate,
    "pad": _pad,
    "reshape": _reshape,
    "rev": _reverse,
    "split": _split,
    "squeeze": _squeeze,
    "stack": _stack,
    "tile": _tile,
    "transpose": _transpose,
}
