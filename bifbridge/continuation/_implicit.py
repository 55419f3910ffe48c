"""Roots as differentiable functions of everything that their equations depend on."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from bifbridge.continuation.jax_engine._polish import newton


def implicit_root(function: Callable[[Array], Array], start: Array) -> Array:
    """A root by Newton's method, with derivatives by the implicit function theorem."""
    return jax.lax.custom_root(function, start, _solve, _solve_linear)


def _solve(function: Callable[[Array], Array], start: Array) -> Array:
    found, converged = newton(lambda y: (function(y), jax.jacfwd(function)(y)), start)
    return jnp.where(converged, found, jnp.nan)


def _solve_linear(linear: Callable[[Array], Array], right_hand_side: Array) -> Array:
    matrix = jax.jacobian(linear)(jnp.zeros_like(right_hand_side))
    return jnp.linalg.solve(matrix, right_hand_side)
