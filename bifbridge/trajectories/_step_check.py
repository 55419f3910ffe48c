"""Whether the steps of a solve resolve its tangents, not only its states.

Step control that watched only the states may choose steps beyond the stability limit of the fast
modes: the states, settled on a slow manifold, do not show it; their derivatives in θ are wrong by
orders of magnitude.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from bifbridge._custom_types import Scalar
from bifbridge._errors import SensitivityWarning
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories._grid import TimeGrid
from bifbridge.trajectories._march import march
from bifbridge.trajectories._solve import Inputs

#: Relative change of a tangent under halved steps above which a grid is called unfit.
UNFIT = 0.05


def tangent_error(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    *,
    names: Sequence[str] | None = None,
    inputs: Inputs | None = None,
    solver: dfx.AbstractSolver | None = None,
    key: PRNGKeyArray | None = None,
) -> float:
    """How much S δθ changes when every step is halved, for one random direction δθ.

    Args:
        field: vector field.
        initial_states: shape (N, n), or a function of the field.
        grid: step times to judge.
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        inputs: as in `solve`.
        solver: as in `solve`.
        key: of the direction; fixed by default.

    Returns:
        Relative change in the norm of trajectories: well below one for steps that are fit, of the
        order of one or infinite for steps that are not.
    """
    chosen = None if names is None else tuple(names)
    key = jr.key(0) if key is None else key
    error = _tangent_error(field, initial_states, grid, chosen, inputs, solver, key)
    return float(jnp.where(jnp.isnan(error), jnp.inf, error))


def warn_of_unfit_steps(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    inputs: Inputs | None,
    solver: dfx.AbstractSolver | None,
) -> None:
    """Test unequal steps of unknown origin on a tangent, and warn if they are unfit."""
    sizes = np.diff(np.asarray(grid.steps))
    if grid.provenance != "unknown" or np.ptp(sizes) <= 1e-6 * sizes.max():
        return
    error = tangent_error(field, initial_states, grid, names=names, inputs=inputs, solver=solver)
    if error > UNFIT:
        warnings.warn(
            f"Halving the steps changes a parameter tangent by {error:.3g} of its size: these "
            "steps were chosen for the states alone and give wrong sensitivities. Use "
            "recorded_grid, which watches a tangent, uniform_grid, or a smaller dtmax.",
            SensitivityWarning,
            stacklevel=4,
        )


@eqx.filter_jit
def _tangent_error(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    inputs: Inputs | None,
    solver: dfx.AbstractSolver | None,
    key: PRNGKeyArray,
) -> Scalar:
    theta, rebuild = flatten_parameters(field, names)
    direction = jr.normal(key, theta.shape, theta.dtype)

    def tangent(steps: TimeGrid) -> Array:
        def states(vector: Array) -> Array:
            moved = rebuild(vector)
            start: Any = initial_states(moved) if callable(initial_states) else initial_states
            return march(moved, start, steps, inputs=inputs, solver=solver)

        return jax.jvp(states, (theta,), (direction,))[1]

    middles = (grid.steps[1:] + grid.steps[:-1]) / 2
    halved = jnp.concatenate([grid.steps[:1], jnp.stack([middles, grid.steps[1:]], 1).ravel()])
    coarse, fine = tangent(grid), tangent(TimeGrid(halved, 2 * grid.saved))
    weights = grid.weights[None, :, None]
    size = jnp.sqrt(jnp.sum(weights * fine**2))
    return jnp.sqrt(jnp.sum(weights * (coarse - fine) ** 2)) / jnp.where(size == 0, 1.0, size)
