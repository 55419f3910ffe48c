"""The linearisation of many trials, spread over devices.

Trials do not know of each other: each device solves and linearises its own, and only S*, whose
result is a sum over trials, ends in one sum over devices. `jax.shard_map` states this. Plain `jit`
over sharded trials may put reductions into every step of the solve.
"""

from collections.abc import Sequence
from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
from jax.sharding import Mesh, PartitionSpec

from bifbridge._custom_types import InitialStates, ParameterVector, Trajectories
from bifbridge._precision import require_x64
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories import Sensitivity, TimeGrid
from bifbridge.trajectories._march import march
from bifbridge.trajectories._observation import refuse_infinite
from bifbridge.trajectories._solve import Inputs
from bifbridge.trajectories._step_check import warn_of_unfit_steps

AXIS = "trials"


def trial_mesh(devices: Sequence[Any] | None = None) -> Mesh:
    """Devices in a row, over which trials are spread.

    Args:
        devices: those to use; all of this process unless given.

    Returns:
        A mesh of one axis, "trials".
    """
    chosen = jax.devices() if devices is None else list(devices)
    return jax.make_mesh((len(chosen),), (AXIS,), (jax.sharding.AxisType.Auto,), devices=chosen)


def linearise_sharded(
    field: Any,
    initial_states: InitialStates,
    grid: TimeGrid,
    *,
    names: Sequence[str] | None = None,
    inputs: Inputs | None = None,
    solver: dfx.AbstractSolver | None = None,
    checkpoint: bool = False,
    mesh: Mesh | None = None,
) -> Sensitivity:
    """`linearise` with the trials spread over devices: same numbers, each device its own trials.

    Products with S need no communication; those with S* one sum of p numbers over devices, after
    the solve.

    Args:
        field: vector field whose leaves are the parameters; every device has a copy.
        initial_states: shape (N, n), with N a multiple of the number of devices.
        grid: step times.
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        inputs: t ↦ (N, m), as in `solve`; every device evaluates all and keeps its own.
        solver: as in `solve`.
        checkpoint: as in `linearise`.
        mesh: from `trial_mesh`, all devices unless given.

    Returns:
        The sensitivity, for `StateSpaceNTK(sensitivity)`.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if N is no multiple of the number of devices, or a trajectory is not finite.
    """  # noqa: DOC502 (require_x64 raises)
    require_x64("The linearisation of trajectories")
    mesh = trial_mesh() if mesh is None else mesh
    devices, trials = mesh.shape[AXIS], initial_states.shape[0]
    if trials % devices:
        raise ValueError(
            f"linearise_sharded: got {trials} trials for {devices} devices, expected a multiple: "
            f"{trials - trials % devices} or {trials - trials % devices + devices}."
        )
    chosen = None if names is None else tuple(names)
    warn_of_unfit_steps(field, initial_states, grid, chosen, inputs, solver)
    result = _linearise(field, initial_states, grid, chosen, inputs, solver, checkpoint, mesh)
    refuse_infinite("linearise_sharded", result.trajectories)
    return result


@eqx.filter_jit
def _linearise(
    field: Any,
    initial_states: InitialStates,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    inputs: Inputs | None,
    solver: dfx.AbstractSolver | None,
    checkpoint: bool,
    mesh: Mesh,
) -> Sensitivity:
    theta, rebuild = flatten_parameters(field, names)

    def local(vector: ParameterVector, states: InitialStates) -> Trajectories:
        # Varying from here on: the transpose of this cast is the one sum over devices. Left to
        # the first use inside the scan, that sum would be made in every step.
        own = jax.lax.pcast(vector, AXIS, to="varying")
        return march(
            rebuild(own),
            states,
            grid,
            inputs=None if inputs is None else _own_inputs(inputs, states.shape[0]),
            solver=solver,
            checkpoint=checkpoint,
        )

    whole, rows = PartitionSpec(), PartitionSpec(AXIS)
    spread = jax.shard_map(local, mesh=mesh, in_specs=(whole, rows), out_specs=rows)
    states, linear = jax.linearize(lambda vector: spread(vector, initial_states), theta)
    return Sensitivity(theta, states, grid.times, grid.weights, linear)


def _own_inputs(inputs: Inputs, count: int) -> Inputs:
    first = jax.lax.axis_index(AXIS) * count
    return lambda t: jax.lax.dynamic_slice_in_dim(inputs(t), first, count)
