"""Compiled searches for the zeros of a field from many starts at once.

Deflation: Farrell, Birkisson and Funke, "Deflation techniques for finding distinct solutions of
nonlinear partial differential equations" (2015). Slow points: Sussillo and Barak, "Opening the
black box: low-dimensional dynamics in high-dimensional recurrent neural networks" (2013).
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from bifbridge._custom_types import State

_SEARCH_STEPS = 200
_NEWTON_STEPS = 60


@eqx.filter_jit
def descend(
    velocity: Any, starts: Float[Array, "k n"]
) -> tuple[Float[Array, "k n"], Float[Array, " k"]]:
    # Levenberg–Marquardt on |f|²/2 for every start at once, then Newton's method.

    def one(start: State) -> tuple[State, Array]:
        def iterate(_: Array, state: tuple[Array, Array]) -> tuple[Array, Array]:
            z, damping = state
            value, matrix = velocity(z), jax.jacfwd(velocity)(z)
            gram = matrix.T @ matrix
            system = gram + damping * (jnp.trace(gram) / z.size + 1e-12) * jnp.eye(z.size)
            trial = z - jnp.linalg.solve(system, matrix.T @ value)
            better = jnp.linalg.norm(velocity(trial)) < jnp.linalg.norm(value)
            damping = jnp.clip(jnp.where(better, damping / 5, damping * 4), 1e-15, 1e8)
            return jnp.where(better, trial, z), damping

        z, _ = jax.lax.fori_loop(0, _SEARCH_STEPS, iterate, (start, jnp.asarray(1e-2)))

        def polish(_: Array, z: State) -> State:
            trial = z - jnp.linalg.solve(jax.jacfwd(velocity)(z), velocity(z))
            better = jnp.linalg.norm(velocity(trial)) < jnp.linalg.norm(velocity(z))
            return jnp.where(better, trial, z)

        z = jax.lax.fori_loop(0, 5, polish, z)
        return z, jnp.linalg.norm(velocity(z))

    return jax.vmap(one)(starts)


@eqx.filter_jit
def settle(
    velocity: Any, states: Float[Array, "k n"]
) -> tuple[Float[Array, "k n"], Bool[Array, " k"]]:
    # Newton's method on ∇|f|²: where it settles with a positive Hessian |f| has a minimum.

    def energy(z: State) -> Array:
        return 0.5 * jnp.sum(velocity(z) ** 2)

    def one(start: State) -> tuple[State, Array]:
        def improve(_: Array, z: State) -> State:
            step = jnp.linalg.solve(jax.hessian(energy)(z), jax.grad(energy)(z))
            trial = z - step
            return jnp.where(energy(trial) <= energy(z), trial, z)

        z = jax.lax.fori_loop(0, 20, improve, start)
        hessian = jax.hessian(energy)(z)
        step = jnp.linalg.solve(hessian, jax.grad(energy)(z))
        small = jnp.linalg.norm(step) <= 1e-6 * (1 + jnp.linalg.norm(z))
        return z, small & (jnp.linalg.eigvalsh(hessian)[0] > 0)

    return jax.vmap(one)(states)


@eqx.filter_jit
def deflated(
    velocity: Any,
    starts: Float[Array, "k n"],
    roots: Float[Array, "r n"],
    known: Bool[Array, " r"],
    tolerance: float,
) -> tuple[Float[Array, "k n"], Bool[Array, " k"]]:
    # Newton's method on M f: its step is the plain one, stretched by 1/(1 − ∇log M·δ).

    def log_barrier(z: State) -> Array:
        squares = jnp.sum((z - roots) ** 2, axis=1)
        terms = jnp.log1p(1 / jnp.where(known, squares, 1.0))
        return jnp.sum(jnp.where(known, terms, 0.0))

    def one(start: State) -> tuple[State, Array]:
        def unfinished(state: tuple[Array, ...]) -> Array:
            z, length, iteration = state
            going = (length > 1e-12 * (1 + jnp.linalg.norm(z))) & jnp.isfinite(length)
            return going & (iteration < _NEWTON_STEPS)

        def iterate(state: tuple[Array, ...]) -> tuple[Array, ...]:
            z, _, iteration = state
            step = -jnp.linalg.solve(jax.jacfwd(velocity)(z), velocity(z))
            stretch = 1 - jax.grad(log_barrier)(z) @ step
            step = step / jnp.where(jnp.abs(stretch) < 1e-3, 1e-3, stretch)
            limit = 0.5 * (1 + jnp.linalg.norm(z))
            length = jnp.linalg.norm(step)
            step = step * jnp.minimum(1.0, limit / jnp.maximum(length, 1e-300))
            return z + step, length, iteration + 1

        z, _, _ = jax.lax.while_loop(unfinished, iterate, (start, jnp.asarray(1.0), jnp.array(0)))
        z = z - jnp.linalg.solve(jax.jacfwd(velocity)(z), velocity(z))
        speed = jnp.linalg.norm(velocity(z))
        return z, speed <= tolerance * (1 + jnp.linalg.norm(z))

    # Starting on a known root would divide by zero.
    shifts = 1e-3 * jnp.cos(jnp.arange(starts.size).reshape(starts.shape) * 1.7)
    return jax.vmap(one)(starts + shifts)


@eqx.filter_jit
def speed(velocity: Any, state: Any) -> Array:
    return jnp.linalg.norm(velocity(state))


@eqx.filter_jit
def jacobians(velocity: Any, states: Float[Array, "k n"]) -> Float[Array, "k n n"]:
    return jax.vmap(jax.jacfwd(velocity))(states)


def padded(roots: list[np.ndarray], n: int) -> tuple[Array, Array]:
    """Known roots in a buffer whose size is a power of two, so that few sizes are compiled."""
    size = 8
    while size < len(roots):
        size *= 2
    buffer = np.zeros((size, n))
    if roots:
        buffer[: len(roots)] = roots
    return jnp.asarray(buffer), jnp.arange(size) < len(roots)
