"""Directional derivatives of a velocity field, to any order, exact."""

import itertools
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Inexact

from bifbridge._custom_types import State

Velocity = Callable[[State], State]


def multilinear(
    velocity: Velocity, state: State, *directions: Inexact[Array, " n"]
) -> Inexact[Array, " n"]:
    """The k-th derivative Dᵏf(z)[d₁, …, d_k] by nested forward differentiation.

    Complex directions are split into their parts, so that the field itself is only ever
    evaluated on real states: it need not be holomorphic.

    Args:
        velocity: z ↦ dz/dt.
        state: z, shape (n,).
        *directions: d₁ to d_k, real or complex, each of shape (n,).

    Returns:
        The derivative, complex if a direction is; the velocity itself for k = 0.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.normal_forms import multilinear
        >>> one = jnp.ones(1)
        >>> multilinear(lambda z: z**3, 2 * one, one, one)  # 6z
        Array([12.], dtype=float64)
    """
    if not any(jnp.iscomplexobj(direction) for direction in directions):
        return _real(velocity, state, *directions)
    parts = [
        (direction.real, direction.imag) if jnp.iscomplexobj(direction) else (direction,)
        for direction in directions
    ]
    choices = list(itertools.product(*(range(len(part)) for part in parts)))
    stacked = [jnp.stack([part[choice[k]] for choice in choices]) for k, part in enumerate(parts)]
    values = jax.vmap(lambda *chosen: _real(velocity, state, *chosen))(*stacked)
    units = jnp.array([1j ** sum(choice) for choice in choices])
    return units @ values.astype(units.dtype)


def jacobian(velocity: Velocity, state: State) -> Array:
    """The Jacobian ∂f/∂z.

    Args:
        velocity: z ↦ dz/dt.
        state: z, shape (n,).

    Returns:
        A, shape (n, n).

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.normal_forms import jacobian
        >>> jacobian(lambda z: jnp.array([z[1], -(z[0] ** 2)]), jnp.array([1.0, 0.0]))
        Array([[ 0.,  1.],
               [-2., -0.]], dtype=float64)
    """
    return jax.jacfwd(velocity)(state)


def _real(velocity: Velocity, state: State, *directions: State) -> State:
    if not directions:
        return velocity(state)

    def along(z: State) -> State:
        return jax.jvp(velocity, (z,), (directions[0],))[1]

    return _real(along, state, *directions[1:])
