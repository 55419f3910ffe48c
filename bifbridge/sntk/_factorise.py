"""The factors of a kernel from a field, its trials and an explicit Runge-Kutta method."""

from collections.abc import Callable, Sequence
from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from bifbridge._custom_types import InitialStates, ParameterVector, Trajectories
from bifbridge._precision import require_x64
from bifbridge.fields import flatten_parameters
from bifbridge.sntk._factorisation import Forcing, KernelFactors
from bifbridge.trajectories import Inputs, TimeGrid, UnrolledRungeKutta, unrolled
from bifbridge.trajectories._observation import observation
from bifbridge.trajectories._solve import batched_velocity


def factorise(
    field: Any,
    initial_states: InitialStates | Callable[[Any], InitialStates],
    grid: TimeGrid,
    *,
    names: Sequence[str] | None = None,
    inputs: Inputs | None = None,
    solver: dfx.AbstractSolver | None = None,
    mask: Bool[Array, "N T"] | None = None,
) -> KernelFactors:
    """The factors of the kernel whose S `linearise` gives, for fixed initial states.

    Args:
        field: vector field whose leaves are the parameters.
        initial_states: shape (N, n); learned ones are refused.
        grid: step times.
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        inputs: as in `bifbridge.trajectories.solve`.
        solver: an explicit Runge-Kutta method, `Tsit5` by default.
        mask: which trial is observed when, as in `linearise`.

    Returns:
        Propagator and parameter operator.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if the solver is not an explicit Runge-Kutta method, or the initial states are
            learned, or the mask does not fit.
    """  # noqa: DOC502 (helpers raise)
    require_x64("The factorisation of a kernel")
    if callable(initial_states):
        raise ValueError(
            "factorise: got initial states that are learned, expected fixed ones of shape (N, n): "
            "what moves them is no forcing. Use StateSpaceNTK for the whole kernel."
        )
    method = unrolled(dfx.Tsit5() if solver is None else solver)
    if not isinstance(method, UnrolledRungeKutta):
        raise ValueError(
            f"factorise: got {type(method).__name__}, expected an explicit Runge-Kutta method "
            "such as diffrax.Tsit5()."
        )
    chosen = None if names is None else tuple(names)
    weights, ends = observation(field, initial_states, grid, chosen, mask)
    theta, forcing, propagator, shapes = _factorise(
        field, initial_states, grid, chosen, inputs, method, ends
    )
    return KernelFactors(theta, jnp.diff(grid.steps), weights, forcing, propagator, shapes)


@eqx.filter_jit
def _factorise(
    field: Any,
    initial_states: InitialStates,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    inputs: Inputs | None,
    method: UnrolledRungeKutta,
    ends: Int[Array, " N"] | None,
) -> tuple[ParameterVector, Any, Any, Any]:
    stages = len(method._stages_in_use())
    shape = (grid.n_steps, stages, *initial_states.shape)
    theta, rebuild = flatten_parameters(field, names)

    def forced(forcing: Forcing) -> tuple[Trajectories, tuple[Array, Array]]:
        return _forced_march(field, initial_states, grid, inputs, method, forcing, ends)

    states, propagator, (times, points) = jax.linearize(forced, jnp.zeros(shape), has_aux=True)

    def velocities(vector: ParameterVector) -> Forcing:
        moved = rebuild(vector)
        at_stage = jax.vmap(lambda t, z: batched_velocity(t, z, (moved, inputs)))
        return jax.vmap(at_stage)(times, points)

    _, forcing = jax.linearize(velocities, theta)
    return theta, forcing, propagator, (shape, states.shape)


def _forced_march(
    field: Any,
    initial_states: InitialStates,
    grid: TimeGrid,
    inputs: Inputs | None,
    method: UnrolledRungeKutta,
    forcing: Forcing,
    ends: Int[Array, " N"] | None,
) -> tuple[Trajectories, tuple[Float[Array, "K s"], Forcing]]:
    """Saved states of f + q, with times and states at which the field was evaluated."""

    def step(states: Array, known: tuple[Array, Array, Array, Array]) -> tuple[Array, Any]:
        t0, t1, pushes, k = known
        visited: list[tuple[Any, Any]] = []

        def velocity(t: Any, z: Any, args: Any) -> Any:
            visited.append((t, z))
            return batched_velocity(t, z, (field, inputs)) + pushes[len(visited) - 1]

        after, *_ = method.step(dfx.ODETerm(velocity), t0, t1, states, None, None, made_jump=False)
        if ends is not None:
            after = jnp.where((k < ends)[:, None], after, states)
        times, points = (jnp.stack(x) for x in zip(*visited, strict=True))
        return after, (after, times, points)

    intervals = (grid.steps[:-1], grid.steps[1:], forcing, jnp.arange(grid.n_steps))
    _, (after, times, points) = jax.lax.scan(step, initial_states, intervals)
    every = jnp.concatenate([initial_states[None], after])
    return jnp.swapaxes(every[grid.saved], 0, 1), (times, points)
