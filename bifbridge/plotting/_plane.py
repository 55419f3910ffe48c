"""Planes in state space on which a phase portrait is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from bifbridge._short_repr import short_repr


@dataclass(frozen=True)
class Plane:
    """A plane, or a line, through a state.

    Attributes:
        origin: the state, shape (n,).
        axes: its axes as columns, shape (n, d) with d = 1 or 2.
        dual: rows that read coordinates off a state, dual @ axes = 1, shape (d, n).
        names: of the coordinates.
    """

    origin: Float[np.ndarray, " n"]
    axes: Float[np.ndarray, "n d"]
    dual: Float[np.ndarray, "d n"]
    names: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the plane is all of state space, so that nothing is hidden by projection."""
        return self.axes.shape[0] == self.axes.shape[1]

    def states(self, coordinates: Any) -> np.ndarray:
        """States of the plane.

        Args:
            coordinates: shape (…, d).

        Returns:
            Shape (…, n).
        """
        return self.origin + np.asarray(coordinates) @ self.axes.T

    def project(self, states: Any) -> np.ndarray:
        """Coordinates of states, on the plane or off it.

        Args:
            states: shape (…, n).

        Returns:
            Shape (…, d).
        """
        return (np.asarray(states) - self.origin) @ self.dual.T

    __repr__ = short_repr


def coordinate_plane(size: int, components: Sequence[int] = (0, 1), origin: Any = None) -> Plane:
    """The plane of two components of the state, all others held at those of the origin.

    Coordinates are the components themselves, not their distance from the origin.

    Args:
        size: number n of states.
        components: one or two of them.
        origin: gives the components that are held, shape (n,); zero unless given.

    Returns:
        The plane.

    Raises:
        ValueError: if a component is out of range, or not one or two different ones are given.
    """
    chosen = list(components)
    valid = len(chosen) in {1, 2} and len(set(chosen)) == len(chosen)
    if not valid or not all(0 <= k < size for k in chosen):
        raise ValueError(
            f"coordinate_plane: got components {tuple(chosen)} of {size} states; expected one or "
            f"two different numbers from 0 to {size - 1}."
        )
    axes = np.eye(size)[:, chosen]
    held = np.zeros(size) if origin is None else np.array(origin, float)
    held[chosen] = 0.0
    return Plane(held, axes, axes.T, tuple(f"z[{k}]" for k in chosen))


def critical_plane(state: Any, right: Any, others: Any = None) -> Plane:
    """The plane through a special point that its critical eigenvector spans.

    A complex vector spans it by real and imaginary part. To a real one goes the slowest of the
    other eigenvectors, or, where none is known, the component of the state to which the critical
    one is most nearly orthogonal. Both axes are made orthonormal, so that angles and lengths in
    the plane are those of state space. In one or two dimensions the plane is all of state space
    and the coordinates are the state's own.

    Args:
        state: z*, shape (n,).
        right: critical right eigenvector, shape (n,).
        others: further right eigenvectors, the slowest first, as columns, shape (n, k).

    Returns:
        The plane; a line for n = 1.
    """
    origin = np.asarray(state, float)
    if origin.size <= 2:
        return coordinate_plane(origin.size, range(origin.size))
    vector = np.asarray(right)
    first = np.real(vector) / np.linalg.norm(np.real(vector))
    turning = np.iscomplexobj(vector) and np.linalg.norm(np.imag(vector)) > 0
    second = _across(first, np.imag(vector) if turning else _slowest(first, others))
    axes = np.stack([first, second], axis=1)
    names = ("along Re q", "along Im q") if turning else ("along v", "across v")
    return Plane(origin, axes, axes.T, names)


def _slowest(first: np.ndarray, others: Any) -> np.ndarray:
    columns = [] if others is None else list(np.asarray(others).T)
    for column in columns:
        real = np.real(column)
        if np.linalg.norm(real - first * (first @ real)) > 1e-6 * np.linalg.norm(column):
            return real
    return np.eye(first.size)[np.argmin(np.abs(first))]


def _across(first: np.ndarray, vector: np.ndarray) -> np.ndarray:
    rest = vector - first * (first @ vector)
    return rest / np.linalg.norm(rest)
