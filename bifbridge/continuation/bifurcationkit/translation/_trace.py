"""From a function f(z, p), or a family of fields, to a program with named constants."""

import inspect
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np

from bifbridge._errors import TranslationError
from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.bifurcationkit.translation._flatten import flatten
from bifbridge.continuation.bifurcationkit.translation._fold import as_array
from bifbridge.continuation.bifurcationkit.translation._program import (
    Atom,
    Constant,
    Program,
    Variable,
)

#: Parts of a path that say nothing about the leaf.
_WRAPPERS = {"family", "field", "function"}


class FamilyFunction(eqx.Module):
    """A family as a function of state and parameter.

    Attributes:
        family: the family.
    """

    family: AbstractFamily

    def __call__(self, z: Any, p: Any) -> Any:
        """The velocity."""
        return self.family.velocity(p)(z)


def in_double_precision(tree: Any) -> Any:
    """The same numbers as 64-bit floats."""

    def convert(leaf: Any) -> Any:
        return leaf.astype(np.float64) if _is_float_array(leaf) else leaf

    return jtu.tree_map(convert, tree)


def trace(function: Callable[[Any, Any], Any], state: Any, parameter: Any) -> Program:
    """The program of a field, whose inputs are the state and the parameter."""
    state, parameter = jnp.asarray(state, float), jnp.asarray(parameter, float)
    dynamic, static = eqx.partition(function, _is_array)
    paths, structure = jtu.tree_flatten_with_path(dynamic)

    def evaluate(leaves: list[Any], z: Any, p: Any) -> Any:
        return eqx.combine(jtu.tree_unflatten(structure, leaves), static)(z, p)

    leaves = [leaf for _, leaf in paths]
    jaxpr, shape = jax.make_jaxpr(evaluate, return_shape=True)(leaves, state, parameter)
    outputs = jtu.tree_leaves(shape)
    if len(outputs) != 1 or outputs[0].shape != state.shape:
        raise TranslationError(
            f"The field returned {shape} for a state of shape {state.shape}; expected one array "
            "of the state's shape."
        )
    known = [
        Constant(as_array(leaf), _leaf_name(jtu.keystr(path, simple=True, separator=".")))
        for path, leaf in paths
    ]
    inputs: list[Atom] = [*known, Variable(state.shape, state.dtype)]
    inputs.append(Variable(parameter.shape, parameter.dtype))
    return flatten(jaxpr, inputs, _closure_names(function))


def _leaf_name(path: str) -> str:
    parts = path.split(".")
    while len(parts) > 1 and parts[0] in _WRAPPERS:
        parts.pop(0)
    return "_".join(parts) or "constant"


def _closure_names(function: Any) -> dict[int, str]:
    """Names of the arrays that a plain function reads from around it, by identity."""
    names: dict[int, str] = {}
    for leaf in jtu.tree_leaves(function):
        if not inspect.isfunction(leaf):
            continue
        around = inspect.getclosurevars(leaf)
        for name, value in {**around.globals, **around.nonlocals}.items():
            if inspect.ismodule(value):
                continue
            for path, array in jtu.tree_flatten_with_path(value)[0]:
                if _is_array(array):
                    parts = [name, jtu.keystr(path, simple=True, separator=".")]
                    names[id(array)] = "_".join(part for part in parts if part)
    return names


def _is_array(leaf: Any) -> bool:
    return isinstance(leaf, jax.Array | np.ndarray)


def _is_float_array(leaf: Any) -> bool:
    return _is_array(leaf) and jnp.issubdtype(leaf.dtype, jnp.floating)
