"""Solves of batches of trials: all trials are one state of one Diffrax solve."""

from collections.abc import Callable
from typing import Any

import diffrax as dfx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import InitialStates, Trajectories, VectorField
from bifbridge.trajectories._grid import TimeGrid
from bifbridge.trajectories._unrolled import unrolled

#: Inputs of all trials at a time: t ↦ (N, m).
Inputs = Callable[[Any], Float[Array, "N m"]]


def solve(
    field: VectorField,
    initial_states: InitialStates,
    grid: TimeGrid,
    *,
    inputs: Inputs | None = None,
    solver: dfx.AbstractSolver | None = None,
) -> Trajectories:
    """Trajectories of a vector field from many initial states, for reverse-mode gradients.

    Forward mode and repeated products with the derivative are what `linearise` is for.

    Args:
        field: `f(t, z, u)` for one state z of shape (n,).
        initial_states: one per trial, shape (N, n).
        grid: the step times; the solver takes exactly these.
        inputs: u(t) for all trials, or None.
        solver: a Diffrax solver, `Tsit5` by default.

    Returns:
        Saved states, shape (N, T, n).

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> decay = bb.CTRNN(jnp.zeros((1, 1)))  # ż = −z
        >>> bb.solve(
        ...     decay, jnp.ones((1, 1)), bb.uniform_grid(1.0, 0.1, save_every=10)
        ... ).squeeze().round(4)
        Array([1.    , 0.3679], dtype=float64)
    """
    n_steps = grid.n_steps
    solution = dfx.diffeqsolve(
        dfx.ODETerm(batched_velocity),
        unrolled(dfx.Tsit5() if solver is None else solver),
        t0=grid.steps[0],
        t1=grid.steps[-1],
        dt0=None,
        y0=initial_states,
        args=(field, inputs),
        saveat=dfx.SaveAt(t0=True, steps=True),
        stepsize_controller=dfx.StepTo(grid.steps),
        # One checkpoint a step: only the stages within a step are computed twice.
        adjoint=dfx.RecursiveCheckpointAdjoint(n_steps),
        max_steps=n_steps,
    )
    states = solution.ys
    assert states is not None
    return jnp.swapaxes(states[grid.saved], 0, 1)


def batched_velocity(t: Any, states: InitialStates, args: tuple[Any, Any]) -> InitialStates:
    """The velocity of all trials at once, in the form that Diffrax calls."""
    field, inputs = args
    if inputs is None:
        return jax.vmap(lambda z: field(t, z, None))(states)
    return jax.vmap(lambda z, u: field(t, z, u))(states, inputs(t))
