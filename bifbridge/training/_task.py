"""The student-teacher task: reproduce a teacher's read-outs from shared initial states."""

from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._custom_types import (
    InitialStates,
    ParameterVector,
    Scalar,
    Trajectories,
    VectorField,
)
from bifbridge._memory import recompute_stages
from bifbridge._short_repr import short_repr
from bifbridge.fields import CTRNN, flatten_parameters, parameter_slices
from bifbridge.training._blow_up import AbstractTrajectoryLoss
from bifbridge.trajectories import TimeGrid, march, solve


class TrajectoryTask(eqx.Module):
    """Targets for the read-outs of trajectories that start from given states.

    The loss is L = (1/N) Σᵢ (1/𝒯) Σₜ wₜ ½|C zᵢ(t) − yᵢ(t)|² with trapezoid weights w and
    horizon 𝒯, so that it is the mean squared error per trial and unit of time, halved.

    Attributes:
        initial_states: shape (N, n).
        grid: steps of every solve.
        readout: C, shape (o, n).
        targets: y, shape (N, T, o).
    """

    initial_states: InitialStates
    grid: TimeGrid
    readout: Float[Array, "o n"]
    targets: Float[Array, "N T o"]

    def trajectories(self, field: VectorField) -> Trajectories:
        """Saved states of all trials.

        Args:
            field: the vector field to solve.

        Returns:
            States, shape (N, T, n).
        """
        return solve(field, self.initial_states, self.grid)

    def loss_of(self, states: Float[Array, "N T n"]) -> Scalar:
        """The loss of trajectories that are known already.

        Args:
            states: shape (N, T, n).

        Returns:
            L, a scalar.
        """
        errors = states @ self.readout.T - self.targets
        weights = self.grid.weights / jnp.sum(self.grid.weights)
        return 0.5 * jnp.einsum("t,ito->", weights, errors**2) / errors.shape[0]

    def loss(self, field: VectorField) -> Scalar:
        """The loss of a field.

        Args:
            field: the vector field to solve.

        Returns:
            L, a scalar.
        """
        return self.loss_of(self.trajectories(field))

    def residuals(self, field: VectorField) -> Float[Array, "N T o"]:
        """Weighted errors r with L = ½|r|², by a solve that allows forward mode.

        Its linearisation keeps the stages of the solver's steps where they fit into memory, and
        else computes them anew in every product.

        Args:
            field: the vector field to solve.

        Returns:
            Shape (N, T, o).
        """
        trials, n = self.initial_states.shape
        again = recompute_stages(trials, n, self.grid.n_steps)
        states = march(field, self.initial_states, self.grid, checkpoint=again)
        weights = self.grid.weights / (jnp.sum(self.grid.weights) * states.shape[0])
        return jnp.sqrt(weights)[:, None] * (states @ self.readout.T - self.targets)

    def first_trials(self, count: int) -> "TrajectoryTask":
        """The task on its first trials alone.

        Args:
            count: how many.

        Returns:
            The smaller task, whose loss is the mean over these trials.
        """
        return TrajectoryTask(
            self.initial_states[:count], self.grid, self.readout, self.targets[:count]
        )

    __repr__ = short_repr


class ParameterLoss(AbstractTrajectoryLoss):
    """The loss of a task as a function of the flat parameter vector.

    Attributes:
        task: the task.
        field: supplies the leaves that are not in θ.
        names: the leaves in θ, as in `flatten_parameters`.
    """

    task: TrajectoryTask
    field: VectorField
    names: tuple[str, ...] | None = eqx.field(static=True)

    def __call__(self, theta: ParameterVector) -> Scalar:
        """L(θ)."""
        _, rebuild = flatten_parameters(self.field, self.names)
        return self.task.loss(rebuild(theta))

    def leaves(self) -> dict[str, slice]:
        """See `AbstractTrajectoryLoss`."""
        return parameter_slices(self.field, self.names)

    def saved_states(self, theta: ParameterVector) -> Trajectories:
        """See `AbstractTrajectoryLoss`.

        Args:
            theta: θ, shape (p,).

        Returns:
            Shape (N, T, n).
        """
        _, rebuild = flatten_parameters(self.field, self.names)
        return self.task.trajectories(rebuild(theta))

    @property
    def saved_times(self) -> Float[Array, " T"]:
        """See `AbstractTrajectoryLoss`."""
        return self.task.grid.times


class ParameterResiduals(eqx.Module):
    """The weighted errors of a task as a function of the flat parameter vector.

    Attributes:
        task: the task.
        field: supplies the leaves that are not in θ.
        names: the leaves in θ, as in `flatten_parameters`.
    """

    task: TrajectoryTask
    field: VectorField
    names: tuple[str, ...] | None = eqx.field(static=True)

    def __call__(self, theta: ParameterVector) -> Float[Array, "N T o"]:
        """r(θ), with L(θ) = ½|r|²."""
        _, rebuild = flatten_parameters(self.field, self.names)
        return self.task.residuals(rebuild(theta))

    __repr__ = short_repr


def spectral_teacher(
    units: int, eigenvalues: Sequence[float], *, bulk: float = 0.3, key: PRNGKeyArray
) -> tuple[CTRNN, Float[Array, "o n"]]:
    """A CTRNN with chosen leading eigenvalues, and the read-outs along their eigenvectors.

    The weights are symmetric. Each eigenvalue above 1 adds a pair of fixed points by a pitchfork
    of the origin; an eigenvalue below 1 gives a read-out that stays stable.

    Args:
        units: n.
        eigenvalues: the leading eigenvalues of W, one per read-out.
        bulk: the other eigenvalues are uniform in [−bulk, bulk].
        key: source of randomness.

    Returns:
        The teacher, and C of shape (o, n) with orthonormal rows.

    Raises:
        ValueError: if there are more eigenvalues than units.

    Example:
        >>> import jax.numpy as jnp, jax.random as jr
        >>> from bifbridge.training import spectral_teacher
        >>> teacher, readout = spectral_teacher(6, (1.5, 0.5), key=jr.key(0))
        >>> jnp.linalg.eigvalsh(teacher.weights)[-2:].round(6), readout.shape
        (Array([0.5, 1.5], dtype=float64), (2, 6))
    """
    if len(eigenvalues) > units:
        raise ValueError(
            f"spectral_teacher: got {len(eigenvalues)} eigenvalues for {units} units; expected "
            f"at least as many units as eigenvalues."
        )
    basis_key, bulk_key = jr.split(key)
    basis, _ = jnp.linalg.qr(jr.normal(basis_key, (units, units)))
    rest = jr.uniform(bulk_key, (units - len(eigenvalues),), minval=-bulk, maxval=bulk)
    spectrum = jnp.concatenate([jnp.asarray(eigenvalues, rest.dtype), rest])
    return CTRNN((basis * spectrum) @ basis.T), basis[:, : len(eigenvalues)].T


def imitation_task(
    teacher: VectorField,
    readout: Float[Array, "o n"],
    initial_states: InitialStates,
    grid: TimeGrid,
) -> TrajectoryTask:
    """The task whose targets are a teacher's read-outs.

    Args:
        teacher: the vector field to imitate.
        readout: C, shape (o, n).
        initial_states: shared by teacher and student, shape (N, n).
        grid: steps of every solve.

    Returns:
        The task; the teacher's own loss is exactly zero.
    """
    targets = solve(teacher, initial_states, grid) @ readout.T
    return TrajectoryTask(initial_states, grid, readout, targets)
