"""What a command is pointed at: a function in a module or a model's file, a state, an interval."""

import importlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from bifbridge.continuation import AbstractFamily


def family_and_size(target: str, parameter: str | None) -> "tuple[AbstractFamily, int | None]":
    """The family that a target names."""
    if target.endswith(".eqx"):
        if parameter is None:
            raise typer.BadParameter("A model needs --parameter, the number that varies.")
        return _model_family(target, parameter)
    if parameter is not None:
        raise typer.BadParameter("--parameter belongs to .eqx models; f(z, p) has its own p.")
    from bifbridge.continuation import as_family

    found = load_object(target)
    if not callable(found) and not hasattr(found, "velocity"):
        raise typer.BadParameter(f"{target} is {found!r}; expected a function f(z, p).")
    return as_family(found), None


def load_object(target: str) -> Any:
    """Import MODULE:NAME, with the current directory on the path as `python -m` has it."""
    module_name, separator, name = target.partition(":")
    if not (separator and module_name and name):
        raise typer.BadParameter(f"Got {target!r}; expected MODULE:FUNCTION, such as model:field.")
    if module_name.endswith(".py"):
        module_name = module_name[:-3].replace(os.sep, ".")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise typer.BadParameter(
            f"Cannot import {module_name!r} from {os.getcwd()}: {error}"
        ) from error
    except Exception as error:
        raise typer.BadParameter(
            f"Importing {module_name!r} raised {type(error).__name__}: {error}"
        ) from error
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise typer.BadParameter(f"Module {module_name!r} has no {name!r}.")
        found = getattr(found, part)
    return found


def _model_family(path: str, parameter: str) -> "tuple[AbstractFamily, int | None]":
    import jax.numpy as jnp
    import jax.tree_util as jtu

    from bifbridge._errors import BifbridgeError
    from bifbridge.continuation import InputFamily, LeafFamily
    from bifbridge.fields import load_field

    try:
        field = load_field(path)
    except (OSError, BifbridgeError) as error:
        raise typer.BadParameter(f"Cannot read the model {path}: {error}") from error
    field = jtu.tree_map(lambda leaf: jnp.asarray(leaf, float), field)
    name, index = model_leaf(parameter)
    size = field.weights.shape[0]
    if name == "input":
        inputs = field.input_weights.shape[1]
        if len(index) != 1 or index[0] >= inputs:
            raise typer.BadParameter(f"Got {parameter!r} for a model with {inputs} inputs.")
        return InputFamily(field, jnp.zeros(inputs), jnp.zeros(inputs).at[index].set(1.0)), size
    try:
        return LeafFamily(field, name, index), size
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def model_leaf(parameter: str) -> tuple[str, tuple[int, ...]]:
    """The leaf and the index that a text such as "bias[3]" names."""
    match = re.fullmatch(r"([\w.]+)(?:\[\s*(\d+(?:\s*,\s*\d+)*)\s*\])?", parameter)
    if match is None:
        raise typer.BadParameter(f"Got --parameter {parameter!r}; expected such as bias[3].")
    return match[1], tuple(int(part) for part in (match[2] or "").split(",") if part)


def parsed_state(start: str | None, size: int | None) -> list[float]:
    """The start state."""
    if start is None:
        if size is None:
            raise typer.BadParameter("A function needs --start, such as --start 0.1,0.2.")
        return [0.0] * size
    try:
        state = [float(part) for part in start.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"Got --start {start!r}; expected numbers as 0.1,0.2.") from error
    if size is not None and len(state) != size:
        raise typer.BadParameter(f"Got --start with {len(state)} numbers for {size} states.")
    return state


def parsed_span(span: str) -> tuple[float, float]:
    """An interval."""
    lower, _, upper = span.partition(":")
    try:
        return float(lower), float(upper)
    except ValueError as error:
        raise typer.BadParameter(f"Got --span {span!r}; expected LOWER:UPPER as -1:1.") from error


def check_velocity(target: str, family: Any, state: list[float]) -> None:
    """Trace the field once at the start, before a problem is made of it."""
    from bifbridge._velocity_shape import traced_answer

    shape = (len(state),)
    found = traced_answer(lambda z, p: family.velocity(p)(z), shape, float, 1)
    if isinstance(found, Exception):
        raise typer.BadParameter(
            f"{target} raised {type(found).__name__} at the start: {found}"
        ) from found
    if found.shape != shape:
        raise typer.BadParameter(
            f"{target} returned shape {found.shape} for a state of shape {shape}; "
            "expected the same."
        )
