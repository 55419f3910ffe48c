"""Evaluate what does not depend on the state or the parameter, once, before translation."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bifbridge.continuation.bifurcationkit.translation._program import Atom, Constant

#: Kept as code when applied to an array of the field, since they cost nothing to repeat.
_VIEWS = {
    "broadcast_in_dim",
    "convert_element_type",
    "copy",
    "copy_p",
    "reshape",
    "squeeze",
    "stop_gradient",
    "transpose",
}
_RECIPE_LENGTH = 60


def foldable(primitive: str, inputs: Sequence[Atom], eqn: Any) -> bool:
    """Whether an equation is computed here rather than in Julia."""
    if not all(isinstance(atom, Constant) for atom in inputs):
        return False
    if all(atom.name is None for atom in inputs if isinstance(atom, Constant)):
        return True
    if primitive in _VIEWS:
        return False
    return any(variable.aval.shape != () for variable in eqn.outvars)


def fold(primitive: str, inputs: Sequence[Constant], eqn: Any) -> list[Constant]:
    """Evaluate an equation of constants with JAX."""
    results = equation_function(eqn)(*(atom.value for atom in inputs))
    recipe = None
    if any(atom.name or atom.recipe for atom in inputs):
        words = ", ".join(atom.name or atom.recipe or _word(atom) for atom in inputs)
        recipe = f"{primitive}({words})"
        if len(recipe) > _RECIPE_LENGTH:
            recipe = recipe[: _RECIPE_LENGTH - 1] + "…"
    return [Constant(as_array(result), recipe=recipe) for result in results]


def equation_function(eqn: Any) -> Callable[..., list[Any]]:
    """One equation as a function of its inputs, with its own derivative rule."""
    params = eqn.primitive.get_bind_params(eqn.params)

    def run(*operands: Any) -> list[Any]:
        results = eqn.primitive.bind(*(jnp.asarray(value) for value in operands), **params)
        return list(results) if eqn.primitive.multiple_results else [results]

    return run


def as_array(value: Any) -> Any:
    """A NumPy array wherever NumPy knows the type."""
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.extended):
        return value
    return np.asarray(value)


def _word(atom: Constant) -> str:
    return str(atom.number) if atom.number is not None else "constant"
