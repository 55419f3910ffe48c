"""All equilibria near a cloud of states: multi-start search, deflation, slow points.

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

from bifbridge._custom_types import Input, State
from bifbridge._precision import require_x64
from bifbridge._progress import progress
from bifbridge._velocity_shape import check_velocity
from bifbridge.continuation._found_equilibria import Equilibria, Kind
from bifbridge.normal_forms import as_velocity

_SEARCH_STEPS = 200
_NEWTON_STEPS = 60


def find_equilibria(
    field: Any,
    starts: Any,
    *,
    inputs: Input | None = None,
    tolerance: float = 1e-9,
    slow_points: bool = True,
    rounds: int = 10,
    max_norm: float = 1e6,
) -> Equilibria:
    """Search for equilibria from many starts, and for more by deflation.

    Each start first descends |f|² (Levenberg–Marquardt) and, where that ends near zero, is
    polished by Newton's method. Then Newton's method is run from every start on the deflated
    field M(z) f(z), M = ∏(1/|z − zⱼ|² + 1), which cannot find a known zⱼ again, until a round
    finds nothing new.

    Args:
        field: a vector field f(t, z, u), or a function z ↦ dz/dt.
        starts: states to start from, shape (k, n), or with more leading axes: saved
            trajectories serve.
        inputs: constant input of a field.
        tolerance: speed |f|, relative to 1 + |z|, below which a point is an equilibrium.
        slow_points: whether to report minima of |f|² that are no equilibria.
        rounds: limit on rounds of deflation; 0 to go without.
        max_norm: points with a larger component are dropped.

    Returns:
        The distinct points with their stability.

    Raises:
        ValueError: if there is no start.

    Example:
        >>> import jax.numpy as jnp
        >>> found = find_equilibria(lambda z: z - z**3, jnp.array([[0.4], [0.3], [-2.0]]))
        >>> sorted(round(float(z)) for z in found.states[:, 0])
        [-1, 0, 1]
    """
    require_x64("find_equilibria")
    velocity = as_velocity(field, inputs)
    array = jnp.asarray(starts, float)
    if array.ndim < 1 or array.size == 0:
        raise ValueError(f"find_equilibria: got starts of shape {array.shape}, expected (k, n).")
    array = array.reshape(-1, array.shape[-1])
    check_velocity(
        "find_equilibria", velocity, array[0], lambda n: f"starts of shape (k, {n})",
        takes="a field f(t, z, u) or a function of the state z", field=field,
    )  # fmt: skip
    descended, speeds = (np.asarray(x) for x in _descend(velocity, array))
    fine = np.all(np.isfinite(descended), axis=1) & (np.max(np.abs(descended), axis=1) < max_norm)
    rest = fine & (speeds <= tolerance * (1 + np.linalg.norm(descended, axis=1)))
    roots: list[np.ndarray] = []
    counts: list[int] = []
    for state in descended[rest]:
        _add(velocity, state, roots, counts, tolerance, 1)
    with progress("search for equilibria", "found") as told:
        for k in range(rounds):
            before = len(roots)
            found, good = _deflated(velocity, array, *_padded(roots, array.shape[1]), tolerance)
            for state in np.asarray(found)[np.asarray(good)]:
                if np.max(np.abs(state)) < max_norm:
                    _add(velocity, state, roots, counts, tolerance, 0)
            told(len(roots), round=k + 1)
            if len(roots) == before:
                break
    slow: list[np.ndarray] = []
    slow_counts: list[int] = []
    if slow_points and np.any(fine & ~rest):
        settled, least = (np.asarray(x) for x in _settle(velocity, jnp.asarray(descended)))
        for state in settled[fine & ~rest & least]:
            _add(velocity, state, slow, slow_counts, 0.0, 1)
    return _collect(velocity, roots, counts, slow, slow_counts, array.shape[1])


def _add(
    velocity: Any,
    state: np.ndarray,
    known: list[np.ndarray],
    counts: list[int],
    tolerance: float,
    weight: int,
) -> None:
    """Count a state to a known one, or add it."""
    # At a bifurcation the search ends anywhere within a flat neighbourhood: two states between
    # which |f| never rises above the tolerance are one equilibrium.
    scale = 1 + np.linalg.norm(state)
    for k, other in enumerate(known):
        gap = np.linalg.norm(state - other)
        close = gap <= 1e-5 * scale
        if not close and gap <= 1e-2 * scale and tolerance > 0:
            close = float(_speed(velocity, jnp.asarray((state + other) / 2))) <= tolerance * scale
        if close:
            counts[k] += weight
            return
    known.append(state)
    counts.append(weight)


def _padded(roots: list[np.ndarray], n: int) -> tuple[Array, Array]:
    """Known roots in a buffer whose size is a power of two, so that few sizes are compiled."""
    size = 8
    while size < len(roots):
        size *= 2
    buffer = np.zeros((size, n))
    if roots:
        buffer[: len(roots)] = roots
    return jnp.asarray(buffer), jnp.arange(size) < len(roots)


def _collect(
    velocity: Any,
    roots: list[np.ndarray],
    counts: list[int],
    slow: list[np.ndarray],
    slow_counts: list[int],
    n: int,
) -> Equilibria:
    states = np.array([*roots, *slow]).reshape(-1, n)
    if not len(states):
        none = np.zeros(0)
        return Equilibria(states, states.astype(complex), none, (), none.astype(int))
    matrices = np.asarray(_jacobians(velocity, jnp.asarray(states)))
    eigenvalues = np.linalg.eigvals(matrices).astype(complex)
    eigenvalues = np.take_along_axis(eigenvalues, np.argsort(-np.real(eigenvalues), axis=1), 1)
    unstable = np.sum(np.real(eigenvalues) > 0, axis=1)
    rest: list[Kind] = ["unstable" if count else "stable" for count in unstable[: len(roots)]]
    slow_kinds: list[Kind] = ["slow"] * len(slow)
    kinds = rest + slow_kinds
    speeds = np.array([float(_speed(velocity, jnp.asarray(state))) for state in states])
    is_slow = np.arange(len(states)) >= len(roots)
    order = np.lexsort((speeds * is_slow, unstable, is_slow))
    return Equilibria(
        states[order],
        eigenvalues[order],
        speeds[order],
        tuple(kinds[k] for k in order),
        np.array([*counts, *slow_counts])[order],
    )


@eqx.filter_jit
def _descend(
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
def _settle(
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
def _deflated(
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
def _speed(velocity: Any, state: Any) -> Array:
    return jnp.linalg.norm(velocity(state))


@eqx.filter_jit
def _jacobians(velocity: Any, states: Float[Array, "k n"]) -> Float[Array, "k n n"]:
    return jax.vmap(jax.jacfwd(velocity))(states)
