"""One number of one leaf, named by an index, checked before it is written to."""

import operator
from typing import Any

import equinox as eqx
import jax.tree_util as jtu

from bifbridge.fields._parameters import leaf_names, unknown_leaf


def check_entry(caller: str, field: Any, name: str, index: Any) -> None:
    """Raise a `ValueError` unless the index names one number of the leaf."""
    # JAX drops a write outside an array without a word.
    shape = _shape_of(caller, field, name)
    where = _integers(caller, name, shape, index)
    if len(where) != len(shape):
        raise ValueError(
            f"{caller}: got index={where} for {name!r} of shape {shape}, expected one number per "
            f"axis, such as index={_last(shape)}."
        )
    for axis, (place, size) in enumerate(zip(where, shape, strict=True)):
        if not 0 <= place < size:
            raise ValueError(_outside(caller, name, shape, where, axis))


def _shape_of(caller: str, field: Any, name: str) -> tuple[int, ...]:
    leaves = [leaf for leaf in jtu.tree_leaves(field) if eqx.is_inexact_array(leaf)]
    shapes = dict(zip(leaf_names(field), (leaf.shape for leaf in leaves), strict=True))
    if name not in shapes:
        raise ValueError(f"{caller}: {unknown_leaf(field, name)}")
    return shapes[name]


def _integers(caller: str, name: str, shape: tuple[int, ...], index: Any) -> tuple[int, ...]:
    try:
        return tuple(operator.index(place) for place in index)
    except TypeError as error:
        raise ValueError(
            f"{caller}: got index={index!r} for {name!r} of shape {shape}, expected a tuple of "
            f"whole numbers, one per axis, such as index={_last(shape)}."
        ) from error


def _outside(
    caller: str, name: str, shape: tuple[int, ...], where: tuple[int, ...], axis: int
) -> str:
    size, place = shape[axis], where[axis]
    if size == 0:
        return f"{caller}: got {_entry(name, where)}, but {name} has shape {shape}: no entry."
    inside = tuple(min(max(i, 0), n - 1) for i, n in zip(where, shape, strict=True))
    meant = _entry(name, inside)
    if place < 0 and -size <= place:
        counted = (i + n if i < 0 else i for i, n in zip(where, shape, strict=True))
        meant = _entry(name, tuple(counted)) + ": an entry is counted from the front"
    which = "an index" if len(shape) == 1 else f"a number at place {axis + 1} of the index"
    return (
        f"{caller}: got {_entry(name, where)}, but {name} has shape {shape}: expected {which} from "
        f"0 to {size - 1}, such as {meant}."
    )


def _entry(name: str, index: tuple[int, ...]) -> str:
    """An entry as commands write it."""
    return f"'{name}[{','.join(str(place) for place in index)}]'"


def _last(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(max(size - 1, 0) for size in shape)
