"""All equilibria near a cloud of states: multi-start search, deflation, slow points."""

from typing import Any, Literal

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Complex, Float, Int

from bifbridge._custom_types import Input
from bifbridge._precision import require_x64
from bifbridge._progress import progress
from bifbridge.continuation._root_search import (
    deflated,
    descend,
    jacobians,
    padded,
    settle,
    speed,
)
from bifbridge.normal_forms import as_velocity

Kind = Literal["stable", "unstable", "slow"]


class Equilibria(eqx.Module):
    """Distinct equilibria and slow points, equilibria first, by speed and then by stability.

    Attributes:
        states: shape (k, n).
        eigenvalues: of the Jacobian at each, by falling real part, shape (k, n).
        speeds: |f| at each, shape (k,): rounding at an equilibrium, more at a slow point.
        kinds: "stable" or "unstable" equilibrium, or "slow": a minimum of |f|² that is not zero,
            where a flow lingers without resting.
        found_from: how many starts led to each, shape (k,); 0 for those that only deflation
            found.

    Example:
        See `find_equilibria`.
    """

    states: Float[np.ndarray, "k n"]
    eigenvalues: Complex[np.ndarray, "k n"]
    speeds: Float[np.ndarray, " k"]
    kinds: tuple[Kind, ...] = eqx.field(static=True)
    found_from: Int[np.ndarray, " k"]

    @property
    def equilibria(self) -> Float[np.ndarray, "e n"]:
        """The states that are equilibria, without the slow points."""
        return self.states[[kind != "slow" for kind in self.kinds]]

    @property
    def unstable(self) -> Int[np.ndarray, " k"]:
        """Number of eigenvalues with positive real part at each, shape (k,)."""
        return np.sum(np.real(self.eigenvalues) > 0, axis=1)

    def __len__(self) -> int:
        return len(self.kinds)

    def __repr__(self) -> str:
        lines = [f"{len(self.equilibria)} equilibria, {self.kinds.count('slow')} slow points"]
        for k, kind in enumerate(self.kinds):
            what = f"{kind} ({self.unstable[k]} unstable)" if kind == "unstable" else kind
            leading = np.max(np.real(self.eigenvalues[k]))
            lines.append(
                f"  {k}: {what}, |f| = {self.speeds[k]:.1e}, largest real part {leading:.4g}, "
                f"from {self.found_from[k]} starts"
            )
        return "\n".join(lines)


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
    descended, speeds = (np.asarray(x) for x in descend(velocity, array))
    fine = np.all(np.isfinite(descended), axis=1) & (np.max(np.abs(descended), axis=1) < max_norm)
    rest = fine & (speeds <= tolerance * (1 + np.linalg.norm(descended, axis=1)))
    roots: list[np.ndarray] = []
    counts: list[int] = []
    for state in descended[rest]:
        _add(velocity, state, roots, counts, tolerance, 1)
    with progress("search for equilibria", "found") as told:
        for k in range(rounds):
            before = len(roots)
            found, good = deflated(velocity, array, *padded(roots, array.shape[1]), tolerance)
            for state in np.asarray(found)[np.asarray(good)]:
                if np.max(np.abs(state)) < max_norm:
                    _add(velocity, state, roots, counts, tolerance, 0)
            told(len(roots), round=k + 1)
            if len(roots) == before:
                break
    slow: list[np.ndarray] = []
    slow_counts: list[int] = []
    if slow_points and np.any(fine & ~rest):
        settled, least = (np.asarray(x) for x in settle(velocity, jnp.asarray(descended)))
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
            close = float(speed(velocity, jnp.asarray((state + other) / 2))) <= tolerance * scale
        if close:
            counts[k] += weight
            return
    known.append(state)
    counts.append(weight)


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
    matrices = np.asarray(jacobians(velocity, jnp.asarray(states)))
    eigenvalues = np.linalg.eigvals(matrices).astype(complex)
    eigenvalues = np.take_along_axis(eigenvalues, np.argsort(-np.real(eigenvalues), axis=1), 1)
    unstable = np.sum(np.real(eigenvalues) > 0, axis=1)
    rest: list[Kind] = ["unstable" if count else "stable" for count in unstable[: len(roots)]]
    slow_kinds: list[Kind] = ["slow"] * len(slow)
    kinds = rest + slow_kinds
    speeds = np.array([float(speed(velocity, jnp.asarray(state))) for state in states])
    is_slow = np.arange(len(states)) >= len(roots)
    order = np.lexsort((speeds * is_slow, unstable, is_slow))
    return Equilibria(
        states[order],
        eigenvalues[order],
        speeds[order],
        tuple(kinds[k] for k in order),
        np.array([*counts, *slow_counts])[order],
    )
