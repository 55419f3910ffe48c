"""Whether a state and names of leaves fit the fields of a family, before anything is compiled."""

import functools
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from bifbridge._velocity_shape import check_velocity
from bifbridge.continuation._families import AbstractFamily, PlainFamily
from bifbridge.fields import select_leaves
from bifbridge.normal_forms import FieldVelocity


def check_state(
    caller: str, family: AbstractFamily, state: Any, corrected: Callable[[int], str]
) -> None:
    """Raise a `ValueError` unless the fields of a family take such a state."""
    if _traced(_fits, family, state):
        return
    check_velocity(
        caller,
        lambda z, p: family.velocity(p)(z),
        state,
        corrected,
        takes=_form(family),
        field=family,
        scalars=1,
    )


def check_names(caller: str, family: AbstractFamily, names: tuple[str, ...] | None) -> None:
    """Raise a `ValueError` unless the fields of a family have such leaves."""
    if names is None or _traced(_has_names, family, names):
        return
    number = jax.ShapeDtypeStruct((), jnp.result_type(float))
    velocity: Any = eqx.filter_eval_shape(family.velocity, number)
    if not isinstance(velocity, FieldVelocity):
        raise ValueError(
            f"{caller}: got names={list(names)} with a {type(family).__name__}, whose functions "
            "have no named leaves. Leave names= out, or give a family of fields such as "
            'bb.LeafFamily(field, "gain").'
        )
    jax.eval_shape(lambda p: _select(family, p, names), number)


def _select(family: AbstractFamily, p: Any, names: tuple[str, ...]) -> None:
    velocity: Any = family.velocity(p)
    select_leaves(velocity.field, names)


def _traced(check: Callable[..., Any], family: AbstractFamily, asked: Any) -> bool:
    # Another network of the same structure is the same program: nothing is traced for it again.
    # What fails here, or cannot be remembered, is looked at anew for the sake of its message.
    arrays, static = eqx.partition(family, eqx.is_array)
    try:
        return bool(check(static, arrays, asked))
    except Exception:
        return False


def _fits(static: Any, arrays: Any, state: Any) -> bool:
    guess = jax.ShapeDtypeStruct(jnp.shape(state), jnp.result_type(float))
    number = jax.ShapeDtypeStruct((), jnp.result_type(float))
    found = _velocity.eval_shape(static, arrays, guess, number)
    return found.shape == guess.shape and jnp.issubdtype(found.dtype, jnp.floating)


def _has_names(static: Any, arrays: Any, names: tuple[str, ...]) -> bool:
    number = jax.ShapeDtypeStruct((), jnp.result_type(float))
    _selected.eval_shape(static, names, arrays, number)
    return True


@functools.partial(jax.jit, static_argnums=0)
def _velocity(static: Any, arrays: Any, z: Any, p: Any) -> Any:
    return eqx.combine(arrays, static).velocity(p)(z)


@functools.partial(jax.jit, static_argnums=(0, 1))
def _selected(static: Any, names: tuple[str, ...], arrays: Any, p: Any) -> None:
    _select(eqx.combine(arrays, static), p, names)


def _form(family: AbstractFamily) -> str:
    return "a function f(z, p)" if isinstance(family, PlainFamily) else "a field f(t, z, u)"
