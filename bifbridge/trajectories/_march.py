"""The steps of a solve as one scan, for linearisation.

`solve` hands its steps to `diffrax.diffeqsolve`, whose checkpointing makes gradients cheap. To
linearise once and multiply often, the same steps of the same solver are better kept as a scan:
its tangent and its transpose are scans too, without the bookkeeping of an adaptive loop.
`benchmarks/gradient.py` measures the product.
"""

from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from bifbridge._custom_types import InitialStates, Trajectories, VectorField
from bifbridge.trajectories._grid import TimeGrid
from bifbridge.trajectories._solve import Inputs, batched_velocity
from bifbridge.trajectories._unrolled import unrolled


def march(
    field: VectorField,
    initial_states: InitialStates,
    grid: TimeGrid,
    *,
    inputs: Inputs | None = None,
    solver: dfx.AbstractSolver | None = None,
    ends: Int[Array, " N"] | None = None,
    checkpoint: bool = False,
) -> Trajectories:
    """The states that `solve` returns, by the same steps.

    Args:
        field: as in `solve`.
        initial_states: shape (N, n).
        grid: step times.
        inputs: as in `solve`.
        solver: as in `solve`.
        ends: number of steps after which each trial stands still, shape (N,), or None for none:
            what a trial would do after its end cannot spoil it then.
        checkpoint: whether a linearisation keeps only the states between steps.

    Returns:
        Saved states, shape (N, T, n).

    Example:
        See `solve`, which returns the same states.
    """
    method = _transposable(unrolled(dfx.Tsit5() if solver is None else solver))
    terms, args = dfx.ODETerm(batched_velocity), (field, inputs)

    def step(carry: tuple[Any, Any], interval: tuple[Any, Any, Any]) -> tuple[Any, Any]:
        states, memory = carry
        t0, t1, index = interval
        after, _, _, memory, _ = method.step(terms, t0, t1, states, args, memory, made_jump=False)
        if ends is not None:
            after = jnp.where((index < ends)[:, None], after, states)
        return (after, memory), after

    if checkpoint:
        step = jax.checkpoint(step)
    memory = method.init(terms, grid.steps[0], grid.steps[1], initial_states, args)
    intervals = (grid.steps[:-1], grid.steps[1:], jnp.arange(grid.n_steps))
    _, after = jax.lax.scan(step, (initial_states, memory), intervals)
    every = jnp.concatenate([initial_states[None], after])
    return jnp.swapaxes(every[grid.saved], 0, 1)


def _transposable(solver: dfx.AbstractSolver) -> dfx.AbstractSolver:
    """Let the stages of an implicit method loop in the one way that can be pushed and pulled."""
    if isinstance(solver, dfx.AbstractRungeKutta) and solver.scan_kind is None:
        return eqx.tree_at(
            lambda s: s.scan_kind, solver, "bounded", is_leaf=lambda leaf: leaf is None
        )
    return solver
