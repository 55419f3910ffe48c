"""Primitives that read or write parts of an array. JAX counts from zero, Julia from one."""

from collections.abc import Sequence

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    Expression,
    Selector,
    Shape,
    tuple_text,
)
from bifbridge.continuation.bifurcationkit.translation._program import Equation


def part(base: Expression, selectors: Sequence[Selector], shape: Shape) -> Expression:
    """Code for a part of an array."""
    pairs = list(zip(selectors, base.dims, strict=True))
    if all(selector.text(length) == ":" for selector, length in pairs):
        return base.reshaped(shape, base.dims)
    text = f"{base.text}[{', '.join(selector.text(length) for selector, length in pairs)}]"
    dims = tuple(selector.size for selector in selectors if not selector.dropped)
    return Expression(text, shape, dims, base.kind, base=base, selectors=tuple(selectors))


def select_part(
    emitter: Emitter, operand: Expression, chosen: dict[int, Selector], shape: Shape
) -> Expression:
    """Code for a part of any expression."""
    if operand.is_number:
        return operand.reshaped(shape, ())
    emitter.takes_views = True
    if operand.base is not None:
        joined = _joined(operand.selectors, chosen)
        if joined is not None:
            return part(operand.base, joined, shape)
        operand = emitter.assign(operand, "part")
    operand = emitter.named(operand)
    selectors = []
    for axis, length in enumerate(operand.dims):
        constant_along = length == 1 and operand.shape[axis] != 1
        whole = Selector(0, length)
        selectors.append(whole if constant_along else chosen.get(axis, whole))
    return part(operand, selectors, shape)


def _joined(selectors: Sequence[Selector], chosen: dict[int, Selector]) -> list[Selector] | None:
    """A part of a part, as a part of the same base."""
    joined, axis = [], 0
    for selector in selectors:
        if selector.dropped:
            joined.append(selector)
            continue
        inner = chosen.get(axis)
        axis += 1
        if inner is None:
            joined.append(selector)
        elif isinstance(selector.start, str) or isinstance(inner.start, str):
            return None
        else:
            start = selector.start + selector.step * inner.start
            joined.append(Selector(start, inner.size, selector.step * inner.step))
    return joined


def _slice(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    starts = equation.params["start_indices"]
    steps = equation.params["strides"] or (1,) * len(starts)
    shape = equation.outputs[0].shape
    chosen = {
        axis: Selector(int(start), size, int(step))
        for axis, (start, size, step) in enumerate(zip(starts, shape, steps, strict=True))
        if size != operands[0].shape[axis]
    }
    return [select_part(emitter, operands[0], chosen, shape)]


def _dynamic_slice(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    operand, *starts = operands
    shape = equation.outputs[0].shape
    chosen = {
        axis: _clamped_start(emitter, start, shape[axis], operand.shape[axis])
        for axis, start in enumerate(starts)
        if shape[axis] != operand.shape[axis]
    }
    return [select_part(emitter, operand, chosen, shape)]


def _clamped_start(emitter: Emitter, start: Expression, size: int, length: int) -> Selector:
    if start.number is not None:
        return Selector(min(max(int(start.number), 0), length - size), size)
    name = emitter.assign(
        Expression(f"clamp({start.text}, 0, {length - size}) + 1", (), (), "i"), "first"
    )
    return Selector(name.text, size)


def _dynamic_update(
    emitter: Emitter, equation: Equation, operands: list[Expression]
) -> list[Expression]:
    operand, update, *starts = operands
    operand, shape = emitter.full(operand), equation.outputs[0].shape
    if shape == ():
        return [update]
    firsts = [
        _clamped_start(emitter, start, update.shape[axis], shape[axis]).start
        for axis, start in enumerate(starts)
    ]
    firsts = [first if isinstance(first, str) else str(first + 1) for first in firsts]
    text = (
        f"{emitter.helper('with_block')}({operand.text}, {emitter.full(update).text}, "
        f"{tuple_text(firsts)})"
    )
    return [Expression(text, shape, shape, operand.kind)]


RULES: dict[str, Rule] = {
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update,
    "slice": _slice,
}
