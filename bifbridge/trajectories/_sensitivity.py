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
from jaxtyping import Array, Bool, Float, Int

from bifbridge._custom_types import (
    InitialStates,
    ParameterVector,
    Scalar,
    Times,
    Trajectories,
    VectorField,
    Weights,
)
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories._grid import TimeGrid
from bifbridge.trajectories._march import march
from bifbridge.trajectories._measure import trajectory_measure
from bifbridge.trajectories._observation import observation, refuse_infinite
from bifbridge.trajectories._precision_casts import NarrowField
from bifbridge.trajectories._solve import Inputs
from bifbridge.trajectories._step_check import warn_of_unfit_steps


class Sensitivity(eqx.Module):
    """S = ∂(trajectories)/∂θ at one point, as a pair of linear maps.

    The inner product of trajectories is ⟨x, y⟩ = (1/N) Σᵢ Σₜ wᵢₜ xᵢ(t)·yᵢ(t).

    Attributes:
        theta: θ, shape (p,).
        trajectories: saved states, shape (N, T, n).
        times: saved times, shape (T,).
        weights: trapezoid weights w, shape (T,); shape (N, T) for trials of unequal length.

    Example:
        See `linearise`.
    """

    theta: ParameterVector
    trajectories: Trajectories
    times: Times
    weights: Weights
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
    def measure(self) -> Float[Array, "#N T 1"]:
        """Weights of the inner product over trials, times and states: wᵢₜ/N."""
        return trajectory_measure(self.weights, self.trajectories.shape[0])

    def inner(self, x: Trajectories, y: Trajectories) -> Scalar:
        """The trajectory inner product.

        Args:
            x: shape (N, T, n).
            y: shape (N, T, n).

        Returns:
            ⟨x, y⟩, a scalar.
        """
        return jnp.sum(self.measure * x * y)

    __repr__ = short_repr


def linearise(
    field: VectorField,
    initial_states: InitialStates | Callable[[Any], InitialStates],
    grid: TimeGrid,
    *,
    names: Sequence[str] | None = None,
    inputs: Inputs | None = None,
    solver: dfx.AbstractSolver | None = None,
    mask: Bool[Array, "N T"] | None = None,
    matvec_dtype: str | None = None,
    checkpoint: bool = False,
) -> Sensitivity:
    """Solve the trials and linearise the solve in the parameters, once.

    Compiled once per structure of field and grid: new numbers do not compile again.

    Args:
        field: vector field whose leaves are the parameters.
        initial_states: shape (N, n), or a function of the field where they are learned.
        grid: step times. From step control that watched only the primal they give wrong
            sensitivities near slow manifolds: see `recorded_grid`. Unequal steps of unknown
            origin are tested on a tangent.
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        inputs: as in `solve`.
        solver: as in `solve`.
        mask: whether trial i is observed at saved time t, shape (N, T). Trials stand still after
            their last observed time, and only observed intervals have weight.
        matvec_dtype: "float32" evaluates the field and its products in single precision and sums
            over steps, stages and parameters in double. Trajectories are those of that field.
        checkpoint: keep only the states between steps and compute the stages anew in every
            product. Memory falls from some 120 N n bytes a step (Tsit5) to 8 N n, and a product
            takes longer by the solve that it repeats; `benchmarks/sntk_scaling.py` measures both.

    Returns:
        The sensitivity at these parameters.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if a trajectory is not finite, there are no parameters, or the shapes of
            initial states or mask do not fit.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> field = bb.CTRNN(
        ...     jnp.eye(1)
        ... )  # ż = −z + tanh z + b: near 0 a change of b moves z by t δb
        >>> sensitivity = bb.linearise(
        ...     field, jnp.zeros((1, 1)), bb.uniform_grid(2.0, 1.0), names=["bias"]
        ... )
        >>> sensitivity.push(jnp.ones(1)).squeeze().round(12)
        Array([0., 1., 2.], dtype=float64)
        >>> sensitivity.pull(jnp.ones((1, 3, 1)))  # ∫ t dt
        Array([2.], dtype=float64)
    """  # noqa: DOC502 (helpers raise)
    require_x64("The linearisation of trajectories")
    chosen = None if names is None else tuple(names)
    weights, ends = observation(field, initial_states, grid, chosen, mask)
    warn_of_unfit_steps(field, initial_states, grid, chosen, inputs, solver)
    theta, states, linear = _linearise(
        field, initial_states, grid, chosen, inputs, solver, ends, matvec_dtype, checkpoint
    )
    refuse_infinite("linearise", states)
    return Sensitivity(theta, states, grid.times, weights, linear)


@eqx.filter_jit
def _linearise(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    inputs: Inputs | None,
    solver: dfx.AbstractSolver | None,
    ends: Int[Array, " N"] | None,
    matvec_dtype: str | None,
    checkpoint: bool,
) -> tuple[ParameterVector, Trajectories, Any]:
    theta, rebuild = flatten_parameters(field, names)

    def trajectories(vector: ParameterVector) -> Trajectories:
        moved = rebuild(vector)
        start: Any = initial_states(moved) if callable(initial_states) else initial_states
        if matvec_dtype is not None:
            moved = NarrowField(moved, matvec_dtype)
        return march(
            moved, start, grid, inputs=inputs, solver=solver, ends=ends, checkpoint=checkpoint
        )

    states, linear = jax.linearize(trajectories, theta)
    return theta, states, linear


@eqx.filter_jit
def _push(linear: Any, dtheta: ParameterVector) -> Trajectories:
    return linear(dtheta)


@eqx.filter_jit
def _pull(linear: Any, theta: ParameterVector, error: Trajectories) -> ParameterVector:
    return jax.linear_transpose(linear, theta)(error)[0]
