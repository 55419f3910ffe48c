"""The discrete-exact linearisation S of a solve, θ ↦ saved states, and its adjoint.

S is the derivative of the numbers that the solver returns, not of the differential equation they
approximate; its adjoint is its transpose, to rounding. Both reuse one linearisation, so a product
costs no solve of the trajectories themselves.
"""

from collections.abc import Callable, Sequence
from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import (
    InitialStates,
    ParameterVector,
    Scalar,
    Times,
    Trajectories,
    VectorField,
)
from bifbridge._precision import require_x64
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories._grid import TimeGrid
from bifbridge.trajectories._march import march
from bifbridge.trajectories._solve import Inputs


class Sensitivity(eqx.Module):
    """S = ∂(trajectories)/∂θ at one point, as a pair of linear maps.

    The inner product of trajectories is ⟨x, y⟩ = (1/N) Σᵢ Σₜ wₜ xᵢ(t)·yᵢ(t).

    Attributes:
        theta: θ, shape (p,).
        trajectories: saved states, shape (N, T, n).
        times: saved times, shape (T,).
        weights: trapezoid weights w, shape (T,).
    """

    theta: ParameterVector
    trajectories: Trajectories
    times: Times
    weights: Times
    _linear: Callable[[ParameterVector], Trajectories]

    def push(self, dtheta: ParameterVector) -> Trajectories:
        """S δθ: how the trajectories move with the parameters.

        Args:
            dtheta: δθ, shape (p,).

        Returns:
            δz, shape (N, T, n).
        """
        return _push(self._linear, dtheta)

    def pull(self, error: Trajectories) -> ParameterVector:
        """S* e: the adjoint in the trajectory inner product, ⟨e, S δθ⟩ = S*e · δθ.

        Args:
            error: e, shape (N, T, n).

        Returns:
            A vector of shape (p,).
        """
        return _pull(self._linear, self.theta, self.measure * error)

    @property
    def measure(self) -> Float[Array, "1 T 1"]:
        """Weights of the inner product over trials, times and states: wₜ/N."""
        return self.weights[None, :, None] / self.trajectories.shape[0]

    def inner(self, x: Trajectories, y: Trajectories) -> Scalar:
        """The trajectory inner product.

        Args:
            x: shape (N, T, n).
            y: shape (N, T, n).

        Returns:
            ⟨x, y⟩, a scalar.
        """
        return jnp.sum(self.measure * x * y)


def linearise(
    field: VectorField,
    initial_states: InitialStates | Callable[[Any], InitialStates],
    grid: TimeGrid,
    *,
    names: Sequence[str] | None = None,
    inputs: Inputs | None = None,
    solver: dfx.AbstractSolver | None = None,
    checkpoint: bool = False,
) -> Sensitivity:
    """Solve the trials and linearise the solve in the parameters, once.

    Compiled once per structure of field and grid: new numbers do not compile again.

    Args:
        field: vector field whose leaves are the parameters.
        initial_states: shape (N, n), or a function of the field where they are learned.
        grid: step times. From step control that watched only the primal they give wrong
            sensitivities near slow manifolds: see `recorded_grid`.
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        inputs: as in `solve`.
        solver: as in `solve`.
        checkpoint: keep only the states between steps and compute the stages anew in every
            product. Memory falls from some 120 N n bytes a step (Tsit5) to 8 N n, and a product
            takes longer by the solve that it repeats; `benchmarks/sntk_scaling.py` measures both.

    Returns:
        The sensitivity at these parameters.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if a trajectory is not finite.
    """  # noqa: DOC502 (require_x64 raises)
    require_x64("The linearisation of trajectories")
    chosen = None if names is None else tuple(names)
    result = _linearise(field, initial_states, grid, chosen, inputs, solver, checkpoint)
    finite = jnp.isfinite(result.trajectories).all((1, 2))
    if not bool(finite.all()):
        bad = jnp.flatnonzero(~finite)
        raise ValueError(
            f"linearise: {bad.size} of {finite.size} trajectories are not finite (the first is "
            f"trial {int(bad[0])}). Shorten the horizon or the steps, or leave these trials out."
        )
    return result


@eqx.filter_jit
def _linearise(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    inputs: Inputs | None,
    solver: dfx.AbstractSolver | None,
    checkpoint: bool,
) -> Sensitivity:
    theta, rebuild = flatten_parameters(field, names)

    def trajectories(vector: ParameterVector) -> Trajectories:
        moved = rebuild(vector)
        start: Any = initial_states(moved) if callable(initial_states) else initial_states
        return march(moved, start, grid, inputs=inputs, solver=solver, checkpoint=checkpoint)

    states, linear = jax.linearize(trajectories, theta)
    return Sensitivity(theta, states, grid.times, grid.weights, linear)


@eqx.filter_jit
def _push(linear: Any, dtheta: ParameterVector) -> Trajectories:
    return linear(dtheta)


@eqx.filter_jit
def _pull(linear: Any, theta: ParameterVector, error: Trajectories) -> ParameterVector:
    return jax.linear_transpose(linear, theta)(error)[0]
