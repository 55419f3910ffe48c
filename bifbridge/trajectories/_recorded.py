"""Adaptive steps, recorded once and then kept.

Step control that watches only the states chooses steps beyond the stability limit of the fast
modes as soon as the states have settled on a slow manifold. The states do not mind; their
derivatives in θ are wrong by orders of magnitude. Here the error control watches a tangent too.
"""

from collections.abc import Callable
from typing import Any

import diffrax as dfx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from bifbridge._custom_types import InitialStates, Times, VectorField
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories._grid import TimeGrid
from bifbridge.trajectories._solve import Inputs, batched_velocity


def recorded_grid(
    field: VectorField,
    initial_states: InitialStates | Callable[[Any], InitialStates],
    times: Times,
    *,
    rtol: float = 1e-7,
    atol: float = 1e-9,
    dtmax: float | None = None,
    inputs: Inputs | None = None,
    solver: dfx.AbstractAdaptiveSolver | None = None,
    max_steps: int = 4096,
    key: PRNGKeyArray | None = None,
) -> TimeGrid:
    """Choose steps adaptively for all trials together, with a tangent under error control.

    Args:
        field: vector field.
        initial_states: shape (N, n), or a function of the field.
        times: times to save, shape (T,), increasing; each becomes a step time.
        rtol: relative tolerance, on the states and on one random parameter tangent.
        atol: absolute tolerance, likewise.
        dtmax: longest step, in units of time.
        inputs: as in `solve`.
        solver: an adaptive Diffrax solver, `Tsit5` by default.
        max_steps: the most steps taken, rejected ones included.
        key: randomness of the parameter tangent; fixed by default.

    Returns:
        The accepted steps as a `TimeGrid`, whose saved times are `times`.

    Raises:
        ValueError: if the solve stops before the last time.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> field = bb.CTRNN(jnp.array([[0.5]]))
        >>> grid = bb.trajectories.recorded_grid(
        ...     field, jnp.ones((1, 1)), jnp.array([0.0, 5.0, 20.0])
        ... )
        >>> grid.provenance, [float(t) for t in grid.times]
        ('tangent', [0.0, 5.0, 20.0])
    """
    start: Any = initial_states(field) if callable(initial_states) else initial_states
    controller = dfx.ClipStepSizeController(
        dfx.PIDController(rtol=rtol, atol=atol, dtmax=dtmax), step_ts=jnp.asarray(times)
    )
    solution = dfx.diffeqsolve(
        dfx.ODETerm(_velocity_with_tangent),
        dfx.Tsit5() if solver is None else solver,
        t0=times[0],
        t1=times[-1],
        dt0=None,
        y0=(start, jnp.zeros_like(start)),
        args=(field, inputs, _random_direction(field, jr.key(0) if key is None else key)),
        saveat=dfx.SaveAt(t0=True, steps=True, fn=lambda t, y, args: t),
        stepsize_controller=controller,
        max_steps=max_steps,
        throw=False,
    )
    assert solution.ts is not None
    steps = np.asarray(solution.ts)
    steps = steps[np.isfinite(steps)]
    if solution.result != dfx.RESULTS.successful:
        raise ValueError(
            f"recorded_grid: the adaptive solve stopped at t = {steps[-1]:.6g} of "
            f"{float(times[-1]):.6g} after {max_steps} steps or at a value that is not finite. "
            "Loosen rtol and atol, raise max_steps, or use uniform_grid."
        )
    saved = np.searchsorted(steps, np.asarray(times) - 1e-12 * abs(steps[-1]))
    return TimeGrid(jnp.asarray(steps), saved, "tangent")


def _random_direction(field: VectorField, key: PRNGKeyArray) -> Array:
    theta, _ = flatten_parameters(field)
    return jr.normal(key, theta.shape, theta.dtype)


def _velocity_with_tangent(t: Any, pair: tuple[Array, Array], args: Any) -> tuple[Array, Array]:
    """The velocity of states and of their tangent in one direction of θ."""
    field, inputs, direction = args
    theta, rebuild = flatten_parameters(field)
    return jax.jvp(
        lambda vector, z: batched_velocity(t, z, (rebuild(vector), inputs)),
        (theta, pair[0]),
        (direction, pair[1]),
    )
