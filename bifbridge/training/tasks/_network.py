"""A field with a linear read-out, and its weighted errors on a batch of trials."""

from typing import Any

import diffrax as dfx
import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._custom_types import ParameterVector, State, Trajectories
from bifbridge._memory import recompute_stages
from bifbridge._short_repr import short_repr
from bifbridge.fields import flatten_parameters, parameter_slices, random_ctrnn
from bifbridge.training._blow_up import AbstractTrajectoryLoss
from bifbridge.training.tasks._trials import AbstractTask, Trials
from bifbridge.trajectories import march, solve


class ReadoutNetwork(eqx.Module):
    """ż = f(t, z, u), y = C φ(z) + d, from a learned initial state.

    Attributes:
        field: f, any vector field.
        readout: C, shape (o, n).
        offset: d, shape (o,).
        initial_state: z₀ of every trial that brings none of its own, shape (n,).

    Example:
        See [Training through bifurcations](../training.md): `random_network`.
    """

    field: Any
    readout: Float[Array, "o n"]
    offset: Float[Array, " o"]
    initial_state: State

    def responses(
        self,
        trials: Trials,
        *,
        forward: bool = False,
        solver: dfx.AbstractSolver | None = None,
    ) -> Float[Array, "N T o"]:
        """The read-outs of all trials.

        Args:
            trials: inputs and times.
            forward: whether the solve is to allow forward mode. With it, the stages of the
                solver's steps are kept where they fit into memory; without it, they never are.
            solver: a Diffrax solver, `Tsit5` by default.

        Returns:
            y at the saved times, shape (N, T, o).
        """
        return self.states(trials, forward=forward, solver=solver) @ self.readout.T + self.offset

    def states(
        self,
        trials: Trials,
        *,
        forward: bool = False,
        solver: dfx.AbstractSolver | None = None,
    ) -> Trajectories:
        """The states of all trials.

        Args:
            trials: inputs and times.
            forward: as for `responses`.
            solver: as for `responses`.

        Returns:
            z at the saved times, shape (N, T, n).
        """
        count = trials.inputs.shape[0]
        start = trials.initial_states
        if start is None:
            start = jnp.broadcast_to(self.initial_state, (count, self.initial_state.size))
        inputs = trials.input_at if trials.inputs.shape[2] else None
        if not forward:
            return solve(self.field, start, trials.grid, inputs=inputs, solver=solver)
        again = recompute_stages(count, start.shape[1], trials.grid.n_steps)
        return march(self.field, start, trials.grid, inputs=inputs, solver=solver, checkpoint=again)

    __repr__ = short_repr


class TrialResiduals(AbstractTrajectoryLoss):
    """θ ↦ weighted errors r of a network on trials, L = ½|r|² their mean square, halved.

    Attributes:
        trials: the batch.
        network: supplies the leaves that are not in θ.
        names: the leaves in θ, as in `flatten_parameters`.
        forward: whether to allow forward mode.
        solver: a Diffrax solver, or None for `Tsit5`.

    Example:
        See [Training through bifurcations](../training.md).
    """

    trials: Trials
    network: ReadoutNetwork
    names: tuple[str, ...] | None = eqx.field(static=True, default=None)
    forward: bool = eqx.field(static=True, default=True)
    solver: dfx.AbstractSolver | None = None

    def __call__(self, theta: ParameterVector) -> Float[Array, "N T o"]:
        """r(θ)."""
        _, rebuild = flatten_parameters(self.network, self.names)
        network = rebuild(theta)
        found = network.responses(self.trials, forward=self.forward, solver=self.solver)
        return jnp.sqrt(self.trials.weights()) * (found - self.trials.targets)

    def on_first(self, count: int) -> "TrialResiduals":
        """The same on the first trials alone, for a curvature that costs less than the loss.

        Args:
            count: how many trials.

        Returns:
            The residuals, whose loss is the mean over these trials.
        """
        return eqx.tree_at(lambda r: r.trials, self, self.trials.first(count))

    def leaves(self) -> dict[str, slice]:
        """See `AbstractTrajectoryLoss`."""
        return parameter_slices(self.network, self.names)

    def saved_states(self, theta: ParameterVector) -> Trajectories:
        """See `AbstractTrajectoryLoss`.

        Args:
            theta: θ, shape (p,).

        Returns:
            Shape (N, T, n).
        """
        _, rebuild = flatten_parameters(self.network, self.names)
        return rebuild(theta).states(self.trials, solver=self.solver)

    @property
    def saved_times(self) -> Float[Array, " T"]:
        """See `AbstractTrajectoryLoss`."""
        return self.trials.grid.times


def random_network(
    task: AbstractTask, units: int, *, radius: float = 0.9, key: PRNGKeyArray
) -> ReadoutNetwork:
    """A random CTRNN with the inputs and read-outs that a task needs.

    Args:
        task: the task.
        units: n.
        radius: spectral radius of the recurrent weights.
        key: source of randomness.

    Returns:
        The network; its initial state is small and random, so that it is no equilibrium.

    Example:
        See [Training through bifurcations](../training.md).
    """
    field_key, readout_key, state_key = jr.split(key, 3)
    field = random_ctrnn(units, radius=radius, inputs=task.n_inputs, key=field_key)
    readout = jr.normal(readout_key, (task.n_outputs, units)) / jnp.sqrt(units)
    state = 0.1 * jr.normal(state_key, (units,))
    return ReadoutNetwork(field, readout, jnp.zeros(task.n_outputs), state)
