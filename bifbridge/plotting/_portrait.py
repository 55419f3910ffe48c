"""Phase portraits as numbers: velocities on a plane, trajectories, equilibria."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from bifbridge._compile import quick_jit
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.continuation import as_family
from bifbridge.plotting._plane import Plane

#: Equilibria are polished this many at a time, so that one program serves all portraits.
_GUESSES = 8
_SAVED = 200
_SUBSTEPS = 8
_NEWTON = 8


@dataclass(frozen=True)
class PhasePortrait:
    """A vector field at one parameter value, as a plane shows it.

    Attributes:
        plane: where it is shown; a line for one state.
        window: lower and upper end of each coordinate, shape (d, 2).
        ticks: coordinates of the grid along each axis, shape (d, g).
        velocities: projected on the plane at each point of the grid, shape (g, d) on a line and
            (g, g, d) on a plane, the second coordinate along the first axis.
        trajectories: of the whole field from points of the plane, projected, shape (k, T, d).
        equilibria: projected, shape (e, d).
        stable: stability of each equilibrium, shape (e,).
    """

    plane: Plane
    window: Float[np.ndarray, "d 2"]
    ticks: Float[np.ndarray, "d g"]
    velocities: np.ndarray
    trajectories: Float[np.ndarray, "k T d"]
    equilibria: Float[np.ndarray, "e d"]
    stable: Bool[np.ndarray, " e"]

    def nullclines(self, component: int) -> list[np.ndarray]:
        """Where one component of the projected velocity vanishes.

        Args:
            component: 0 or 1.

        Returns:
            Polylines of shape (k, 2), none on a line.
        """
        if len(self.ticks) < 2:
            return []
        import contourpy  # Matplotlib's own contouring

        values = self.velocities[..., component]
        x, y = self.ticks
        return list(contourpy.contour_generator(x, y, values).lines(0.0))  # pyright: ignore[reportArgumentType, reportReturnType]

    __repr__ = short_repr


def phase_portrait(
    family: Any,
    parameter: Any,
    plane: Plane,
    window: Any,
    *,
    equilibria: Sequence[Any] = (),
    horizon: float | None = None,
    grid: int = 41,
    starts: int = 5,
) -> PhasePortrait:
    """Survey a field at one parameter value on a plane.

    Trajectories start on a lattice in the plane and are those of the whole field. Beyond three
    times the window the field is slowed down, so that none escapes in finite time.

    Args:
        family: a family of fields, or f(z, p).
        parameter: p.
        plane: from `coordinate_plane` or `critical_plane`.
        window: lower and upper end of each coordinate, shape (d, 2).
        equilibria: states near equilibria, each of shape (n,); they are polished by Newton's
            method, and those for which it fails are left out.
        horizon: how long trajectories run; None for six times the field's own time scale,
            the window's size over the median speed in it.
        grid: points along each axis.
        starts: trajectories start from so many points along each axis.

    Returns:
        The portrait.

    Example:
        >>> from bifbridge.plotting import coordinate_plane
        >>> import numpy as np
        >>> from bifbridge.plotting import coordinate_plane
        >>> portrait = phase_portrait(
        ...     lambda z, p: p * z - z**3,
        ...     1.0,
        ...     coordinate_plane(1, [0]),
        ...     [[-2, 2]],
        ...     equilibria=[[0.1], [0.9], [-0.9]],
        ... )
        >>> np.round(portrait.equilibria.ravel(), 6).tolist(), portrait.stable.tolist()
        ([0.0, 1.0, -1.0], [False, True, True])
    """
    require_x64("phase_portrait")
    family, limits = as_family(family), np.asarray(window, float)
    parameter = jnp.asarray(parameter, float)  # a plain number would be compiled in
    ticks = np.stack([np.linspace(low, high, grid) for low, high in limits])
    lattice = _lattice(ticks)
    arrays = jnp.asarray(plane.dual), jnp.asarray(plane.origin)
    velocities = np.asarray(_velocities(family, parameter, plane.states(lattice))) @ plane.dual.T
    spread = limits[:, 1] - limits[:, 0]
    if horizon is None:
        horizon = 6 / max(float(np.median(np.linalg.norm(velocities / spread, axis=-1))), 1e-12)
    inner = np.stack([
        low + (np.arange(starts) + 0.5) / starts * (high - low) for low, high in limits
    ])
    begin = plane.states(_lattice(inner).reshape(-1, len(limits)))
    middle = limits.mean(axis=1)
    saved = np.linspace(0, 1, _SAVED) ** 2 * horizon
    paths = _trajectories(family, parameter, begin, saved, *arrays, middle, spread)
    states, stable = _settled(family, parameter, equilibria, len(plane.origin))
    return PhasePortrait(
        plane,
        limits,
        ticks,
        velocities,
        plane.project(np.asarray(paths)),
        plane.project(states),
        stable,
    )


def _lattice(ticks: np.ndarray) -> np.ndarray:
    """Points with coordinates along the last axis; the second coordinate runs along the first."""
    return np.stack(np.meshgrid(*ticks), axis=-1)


@quick_jit
def _velocities(family: Any, parameter: Any, states: Array) -> Array:
    velocity = family.velocity(parameter)
    flat = jnp.asarray(states).reshape(-1, states.shape[-1])
    return jax.vmap(velocity)(flat).reshape(states.shape)


@quick_jit
def _trajectories(
    family: Any, parameter: Any, starts: Any, times: Any, dual: Any, origin: Any,
    middle: Any, spread: Any,
) -> Array:  # fmt: skip
    """Classical Runge–Kutta steps, `_SUBSTEPS` between saved times: fixed, to compile quickly."""
    velocity = jax.vmap(family.velocity(parameter))

    def slowed(z: Array) -> Array:
        outside = jnp.max(jnp.abs((z - origin) @ dual.T - middle) / (1.5 * spread), axis=1)
        return velocity(z) / (1 + outside[:, None] ** 8)

    def step(z: Array, dt: Array) -> Array:
        a = slowed(z)
        b = slowed(z + dt / 2 * a)
        c = slowed(z + dt / 2 * b)
        d = slowed(z + dt * c)
        return z + dt / 6 * (a + 2 * b + 2 * c + d)

    def save(z: Array, dt: Array) -> tuple[Array, Array]:
        after = jax.lax.fori_loop(0, _SUBSTEPS, lambda _, now: step(now, dt / _SUBSTEPS), z)
        return after, after

    begin = jnp.asarray(starts)
    paths = jax.lax.scan(save, begin, jnp.diff(times))[1]
    paths = jnp.moveaxis(jnp.concatenate([begin[None], paths]), 0, 1)
    return jnp.where(jnp.isfinite(paths), paths, jnp.nan)


def _settled(
    family: Any, parameter: Any, guesses: Sequence[Any], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Distinct equilibria near guesses, and their stability."""
    found: list[np.ndarray] = []
    stable: list[bool] = []
    for first in range(0, len(guesses), _GUESSES):
        part = [np.asarray(guess, float) for guess in guesses[first : first + _GUESSES]]
        padded = np.stack(part + [part[-1]] * (_GUESSES - len(part)))
        states, speeds, growth = _newton(family, parameter, padded)
        for guess, state, speed, rate in zip(part, states, speeds, growth, strict=False):
            scale = 1 + np.linalg.norm(state)
            if not np.isfinite(speed) or speed > 1e-8 * scale:
                continue
            strayed = np.linalg.norm(state - guess) > 0.2 * scale
            if strayed or any(np.linalg.norm(state - old) < 1e-6 * scale for old in found):
                continue
            found.append(state)
            stable.append(bool(rate < 0))
    return np.array(found).reshape(-1, size), np.array(stable, bool)


def _newton(
    family: Any, parameter: Any, states: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Newton's method from several states: where it ends, |f| there, largest real part."""
    for _ in range(_NEWTON):
        values, matrices = (np.array(x) for x in _linear(family, parameter, states))
        if not (np.all(np.isfinite(values)) and np.all(np.isfinite(matrices))):
            break
        # Least squares: at the special point itself the Jacobian is singular.
        steps = [
            np.linalg.lstsq(m, v, rcond=1e-9)[0] for m, v in zip(matrices, values, strict=True)
        ]
        states = states - np.stack(steps)
    values, matrices = (np.array(x) for x in _linear(family, parameter, states))
    fine = np.all(np.isfinite(matrices), axis=(1, 2))
    growth = [
        np.linalg.eigvals(m).real.max() if good else np.nan
        for m, good in zip(matrices, fine, strict=True)
    ]
    return states, np.linalg.norm(values, axis=1), np.array(growth)


@quick_jit
def _linear(family: Any, parameter: Any, states: Any) -> tuple[Array, Array]:
    velocity = family.velocity(parameter)
    points = jnp.asarray(states)
    return jax.vmap(velocity)(points), jax.vmap(jax.jacfwd(velocity))(points)
