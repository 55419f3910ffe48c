"""Gather and scatter: reading and writing at places that are computed.

Both come down to one list of places, counted by columns as Julia counts the entries of an array:
what is known is computed here, what depends on the state is added in Julia.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    Expression,
    Selector,
    call,
    infix,
    literal,
)
from bifbridge.continuation.bifurcationkit.translation._indexing import select_part
from bifbridge.continuation.bifurcationkit.translation._places import Layout, places
from bifbridge.continuation.bifurcationkit.translation._program import Constant, Equation
from bifbridge.continuation.bifurcationkit.translation._shapes import reshape
from bifbridge.continuation.bifurcationkit.translation._unsupported import unsupported

#: A list of known places up to this length is written out.
_SHORT = 8
_COMBINE = {
    "scatter": "(_, new) -> new",
    "scatter-add": "+",
    "scatter-max": "larger",
    "scatter-min": "smaller",
    "scatter-mul": "*",
    "scatter-sub": "-",
}


def _gather(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    operand = emitter.full(operands[0])
    output = equation.outputs[0]
    if operand.is_number:
        return [operand.reshaped(output.shape, ())]
    numbers = equation.params["dimension_numbers"]
    layout = Layout(
        operand.shape,
        output.shape,
        _integers(numbers.offset_dims),
        _integers(equation.params["slice_sizes"]),
        _integers((*numbers.collapsed_slice_dims, *numbers.operand_batching_dims)),
        _integers(numbers.start_index_map),
        _pairs(numbers.operand_batching_dims, numbers.start_indices_batching_dims),
    )
    fills = "FILL" in str(equation.params["mode"])
    known = _known_starts(equation)
    if known is not None:
        return [_known_gather(emitter, equation, operand, layout, known, fills)]
    found = places(emitter, operands[1], layout)
    place = found.clamped(emitter)
    text = f"{emitter.named(operand).text}[{place.text}]"
    result = Expression(text, output.shape, output.shape, operand.kind)
    if fills:
        return [_filled(emitter, equation, result, found.valid(emitter))]
    return [result]


def _integers(axes: Iterable[Any]) -> tuple[int, ...]:
    # JAX mixes Python's integers with NumPy's.
    return tuple(int(axis) for axis in axes)


def _pairs(first: Iterable[Any], second: Iterable[Any]) -> tuple[tuple[int, int], ...]:
    return tuple((int(a), int(b)) for a, b in zip(first, second, strict=True))


def _known_gather(
    emitter: Emitter,
    equation: Equation,
    operand: Expression,
    layout: Layout,
    starts: np.ndarray,
    fills: bool,
) -> Expression:
    positions, valid = layout.static(starts)
    shape = equation.outputs[0].shape
    if positions.size == 1 and bool(valid.all()):
        entry = np.unravel_index(int(positions.item()), operand.shape, order="F")
        chosen = {axis: Selector(int(k), 1, 1, True) for axis, k in enumerate(entry)}
        return select_part(emitter, operand, chosen, ()).reshaped(shape, ())
    text = f"{emitter.named(operand).text}[{_list(emitter, positions + 1)}]"
    result = Expression(text, shape, shape, operand.kind)
    if fills and not valid.all():
        return _filled(emitter, equation, result, emitter.read(Constant(valid)))
    return result


def _known_starts(equation: Equation) -> np.ndarray | None:
    starts = equation.inputs[1]
    return np.asarray(starts.value) if isinstance(starts, Constant) else None


def _list(emitter: Emitter, positions: np.ndarray) -> str:
    if positions.ndim == 1 and positions.size <= _SHORT:
        return f"[{', '.join(str(int(k)) for k in positions)}]" if positions.size else "Int[]"
    return emitter.read(Constant(np.asarray(positions, np.int64))).text


def _filled(
    emitter: Emitter, equation: Equation, result: Expression, valid: Expression
) -> Expression:
    if result.kind != "f":
        raise unsupported(
            equation.primitive,
            equation.params,
            equation.source,
            "integers outside the array have no value.",
        )
    value = equation.params.get("fill_value")
    filling = literal(np.nan if value is None else value, equation.outputs[0].dtype)
    return call(emitter.helper("select"), [valid, result, filling], result.shape, "f")


def _scatter(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    operand, update = emitter.full(operands[0]), operands[2]
    shape = equation.outputs[0].shape
    if shape == ():
        return [_scatter_number(emitter, equation, operand, update)]
    numbers = equation.params["dimension_numbers"]
    inserted = _integers((*numbers.inserted_window_dims, *numbers.operand_batching_dims))
    window = _integers(numbers.update_window_dims)
    sizes = [1] * len(shape)
    for axis, k in zip([a for a in range(len(shape)) if a not in inserted], window, strict=True):
        sizes[axis] = update.shape[k]
    layout = Layout(
        operand.shape,
        update.shape,
        window,
        tuple(sizes),
        inserted,
        _integers(numbers.scatter_dims_to_operand_dims),
        _pairs(numbers.operand_batching_dims, numbers.scatter_indices_batching_dims),
    )
    place = _scatter_places(emitter, equation, operands[1], layout)
    if isinstance(place, tuple):
        update = reshape(emitter, update, ())
        inner = ", ".join(str(k + 1) for k in place)
        text = f"{emitter.helper('with_entry')}({operand.text}, {update.text}, {inner})"
        return [Expression(text, shape, shape, operand.kind)]
    combine = _COMBINE[equation.primitive]
    if operand.kind != "f":
        combine = {"larger": "max", "smaller": "min"}.get(combine, combine)
    arguments = f"{operand.text}, {emitter.full(update).text}, {place}"
    text = f"{emitter.helper('scattered')}({emitter.helper(combine)}, {arguments})"
    return [Expression(text, shape, shape, operand.kind)]


def _scatter_places(
    emitter: Emitter, equation: Equation, starts: Expression, layout: Layout
) -> Any:
    """Where each update goes: code, or the indices of a single entry that is known."""
    clips = "CLIP" in str(equation.params["mode"])
    known = _known_starts(equation)
    if known is None:
        found = places(emitter, starts, layout)
        place = found.clamped(emitter)
        if clips:
            return place.text
        valid = found.valid(emitter)
        return call("ifelse", [valid, place, Expression("0", (), ())], place.shape, "i").text
    positions, valid = layout.static(known)
    single = positions.size == 1 and (clips or bool(valid.all()))
    if single and equation.primitive == "scatter":
        return np.unravel_index(int(positions.item()), layout.operand, order="F")
    positions = positions + 1 if clips else np.where(valid, positions + 1, 0)
    return str(positions.item()) if positions.ndim == 0 else _list(emitter, positions)


def _scatter_number(
    emitter: Emitter, equation: Equation, operand: Expression, update: Expression
) -> Expression:
    if update.shape != ():
        raise unsupported(
            equation.primitive, equation.params, equation.source, "a number is updated repeatedly."
        )
    if equation.primitive == "scatter":
        return update
    combine = _COMBINE[equation.primitive]
    if combine in ("+", "*", "-"):
        return infix(combine, operand, update, (), operand.kind)
    return call(emitter.helper(combine), [operand, update], (), operand.kind)


RULES: dict[str, Rule] = {"gather": _gather, **dict.fromkeys(_COMBINE, _scatter)}
