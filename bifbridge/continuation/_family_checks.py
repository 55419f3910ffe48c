"""Whether a state and names of leaves fit the fields of a family, before anything is compiled."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from bifbridge._custom_types import Scalar
from bifbridge._velocity_shape import check_velocity
from bifbridge.continuation._families import AbstractFamily, PlainFamily
from bifbridge.fields import select_leaves
from bifbridge.normal_forms import FieldVelocity


def check_state(
    caller: str, family: AbstractFamily, state: Any, corrected: Callable[[int], str]
) -> None:
    """Raise a `ValueError` unless the fields of a family take such a state."""
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
    if names is None:
        return

    def select(p: Scalar) -> None:
        velocity = family.velocity(p)
        if not isinstance(velocity, FieldVelocity):
            raise ValueError(
                f"{caller}: got names={list(names)} with a {type(family).__name__}, whose "
                "functions have no named leaves. Leave names= out, or give a family of fields "
                'such as bb.LeafFamily(field, "gain").'
            )
        select_leaves(velocity.field, names)

    jax.eval_shape(select, jax.ShapeDtypeStruct((), jnp.result_type(float)))


def _form(family: AbstractFamily) -> str:
    return "a function f(z, p)" if isinstance(family, PlainFamily) else "a field f(t, z, u)"
