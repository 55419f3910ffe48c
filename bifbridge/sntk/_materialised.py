"""S written out as an array, behind the interface of the matrix-free one."""

from typing import TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector, Scalar, Times, Trajectories, Weights
from bifbridge._memory import require_room
from bifbridge._short_repr import short_repr
from bifbridge.trajectories import Sensitivity, trajectory_measure


class MaterialisedSensitivity(eqx.Module):
    """Every column of S = ∂(trajectories)/∂θ, with the methods of `Sensitivity`.

    Attributes:
        theta: θ, shape (p,).
        trajectories: saved states, shape (N, T, n).
        times: saved times, shape (T,).
        weights: weights of the saved times, shape (T,), or (N, T) for trials of unequal length.
        columns: column j is ∂(trajectories)/∂θⱼ, shape (p, N, T, n).
    """

    theta: ParameterVector
    trajectories: Trajectories
    times: Times
    weights: Weights
    columns: Float[Array, "p N T n"]

    def push(self, dtheta: ParameterVector) -> Trajectories:
        """S δθ, as in `Sensitivity.push`.

        Args:
            dtheta: shape (p,).

        Returns:
            Shape (N, T, n).
        """
        return _push(self.columns, dtheta)

    def pull(self, error: Trajectories) -> ParameterVector:
        """S* e, as in `Sensitivity.pull`.

        Args:
            error: shape (N, T, n).

        Returns:
            Shape (p,).
        """
        return _pull(self.columns, self.measure * error)

    @property
    def measure(self) -> Float[Array, "#N T 1"]:
        """Weights of the inner product over trials, times and states: wᵢₜ/N."""
        return trajectory_measure(self.weights, self.trajectories.shape[0])

    def inner(self, x: Trajectories, y: Trajectories) -> Scalar:
        """The trajectory inner product, as in `Sensitivity.inner`.

        Args:
            x: shape (N, T, n).
            y: shape (N, T, n).

        Returns:
            ⟨x, y⟩, a scalar.
        """
        return jnp.sum(self.measure * x * y)

    __repr__ = short_repr


AnySensitivity: TypeAlias = Sensitivity | MaterialisedSensitivity


def materialise(sensitivity: AnySensitivity, *, chunk: int = 64) -> MaterialisedSensitivity:
    """Write out S by pushing every unit vector of the parameters.

    Memory: 8 p N T n bytes. Compiled once per structure.

    Args:
        sensitivity: any; one that is written out already is returned unchanged.
        chunk: unit vectors pushed together.

    Returns:
        The same linear map, with fast products.

    Raises:
        MemoryBoundError: if the array would take more than a quarter of the memory at hand.
    """  # noqa: DOC502 (require_room raises)
    if isinstance(sensitivity, MaterialisedSensitivity):
        return sensitivity
    require_room(
        8 * sensitivity.theta.size * sensitivity.trajectories.size,
        f"S written out, {sensitivity.theta.size} columns of "
        f"{sensitivity.trajectories.size} numbers,",
        "Leave it as products (spectrum does without), or take fewer trials or saved times.",
    )
    return MaterialisedSensitivity(
        sensitivity.theta,
        sensitivity.trajectories,
        sensitivity.times,
        sensitivity.weights,
        _columns(sensitivity, chunk),
    )


@eqx.filter_jit
def _columns(sensitivity: Sensitivity, chunk: int) -> Float[Array, "p N T n"]:
    units = jnp.eye(sensitivity.theta.size, dtype=sensitivity.theta.dtype)
    return jax.lax.map(sensitivity.push, units, batch_size=chunk)


@jax.jit
def _push(columns: Array, dtheta: Array) -> Array:
    return jnp.tensordot(dtheta, columns, 1)


@jax.jit
def _pull(columns: Array, error: Array) -> Array:
    return columns.reshape(columns.shape[0], -1) @ error.ravel()
