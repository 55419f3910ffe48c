"""Objects of any class of the library, made up from the types of its fields.

What a text of an object shows must not depend on where the numbers come from: here they are
ordinary, many, absent, or not numbers. Nothing is computed, and no constructor is run.
"""

import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import jax.numpy as jnp
import numpy as np
import xarray as xr

import bifbridge as bb

#: Values of fields whose type does not say enough.
BY_NAME: dict[str, Any] = {
    "normal_form": None,
    "cycle": None,
    "kind": "pitchfork",
    "name": "weights",
    "names": ("weights", "bias"),
    "constants": {"c0": np.ones((3, 3))},
    "missed_by": "engine",
    "tree": xr.DataTree.from_dict({
        "/training": xr.Dataset({"loss": ("step", np.ones(3))}, {"step": np.arange(3)})
    }),
}


def make_up(cls: type, size: int, fill: float, depth: int = 6) -> Any:
    """An object with arrays of `size` along every axis, filled with one number."""
    made = object.__new__(cls)
    for field in fields(typing.cast(Any, cls)):
        plain = field.name in BY_NAME and get_origin(field.type) is not Literal
        value = BY_NAME[field.name] if plain else value_of(field.type, size, fill, depth)
        object.__setattr__(made, field.name, value)
    return made


def value_of(annotation: Any, size: int, fill: float, depth: int) -> Any:
    if hasattr(annotation, "dim_str"):
        return array_of(annotation, size, fill)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        return value_of(inner[0], size, fill, depth)
    if origin is Literal:
        return inner[0]
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return tuple(value_of(inner[0], size, fill, depth) for _ in range(size))
        return tuple(value_of(one, size, fill, depth) for one in inner)
    if origin in (Mapping, dict):
        content = inner[1] if inner else float
        return {name: value_of(content, size, fill, depth) for name in ("weights", "bias")}
    if origin is Callable or annotation is Callable or inspect.isfunction(annotation):
        return jnp.tanh
    return plain_value(annotation, size, fill, depth)


def plain_value(annotation: Any, size: int, fill: float, depth: int) -> Any:
    known = {bool: True, int: size, float: fill, complex: complex(fill, 1.0), str: "some text"}
    if annotation in known:
        return known[annotation]
    if annotation is Path:
        return Path("runs/demo")
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return next(iter(annotation))
    if isinstance(annotation, type) and issubclass(annotation, tuple):
        hints = typing.get_type_hints(annotation)
        return annotation(*(value_of(one, size, fill, depth) for one in hints.values()))
    if isinstance(annotation, type) and is_dataclass(annotation) and depth:
        abstract = annotation.__name__.startswith("Abstract")
        return a_field() if abstract else make_up(annotation, size, fill, depth - 1)
    return a_field() if depth else lambda z: z


def a_field() -> Any:
    return bb.CTRNN(jnp.eye(3))


def array_of(annotation: Any, size: int, fill: float) -> Any:
    values = numbers_of(annotation, size, fill)
    return values if annotation.array_type is np.ndarray else jnp.asarray(values)


def numbers_of(annotation: Any, size: int, fill: float) -> np.ndarray:
    shape = [int(x) if x.isdigit() else size for x in annotation.dim_str.split()]
    values = np.full(shape, fill)
    kinds = " ".join(annotation.dtypes)
    if "complex" in kinds and "float" not in kinds:
        return values.astype(complex)
    if "bool" in kinds:
        return np.nan_to_num(values).astype(bool)
    if "int" in kinds and "float" not in kinds:
        return np.nan_to_num(values).astype(int)
    return values
