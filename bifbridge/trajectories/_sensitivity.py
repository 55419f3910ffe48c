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
from bifbridge.trajectories._measure import masked_weights, trajectory_measure
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


def refuse_infinite(name: str, states: Trajectories) -> None:
    """Raise where a trajectory has left the finite numbers."""
    finite = jnp.isfinite(states).all((1, 2))
    if not bool(finite.all()):
        bad = jnp.flatnonzero(~finite)
        raise ValueError(
            f"{name}: {bad.size} of {finite.size} trajectories are not finite (the first is "
            f"trial {int(bad[0])}). Shorten the horizon or the steps, leave these trials out, or "
            "end them earlier with a mask."
        )


def observation(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    mask: Any,
) -> tuple[Weights, Int[Array, " N"] | None]:
    """The weights of the observed times, and the step at which each trial ends."""
    _refuse_shapes(field, initial_states, grid, names, mask)
    if mask is None:
        return grid.weights, None
    observed = jnp.asarray(mask)
    return masked_weights(grid.times, observed), _last_steps(grid, observed)


def _refuse_shapes(
    field: Any,
    initial_states: Any,
    grid: TimeGrid,
    names: tuple[str, ...] | None,
    mask: Any,
) -> None:
    theta, _ = flatten_parameters(field, names)
    if theta.size == 0:
        raise ValueError(
            f"linearise: {type(field).__name__} has no floating-point array leaf, so there are no "
            "parameters to differentiate in. Make its numbers jax.numpy arrays."
        )
    if not callable(initial_states) and (
        initial_states.ndim != 2 or not jnp.issubdtype(initial_states.dtype, jnp.floating)
    ):
        raise ValueError(
            f"linearise: got initial states of shape {initial_states.shape} and type "
            f"{initial_states.dtype}, expected floating-point numbers of shape (N, n): one row "
            "per trial. For a single trial write state[None, :]."
        )
    if mask is None:
        return
    times = grid.saved.shape[0]
    trials = mask.shape[0] if callable(initial_states) else initial_states.shape[0]
    if mask.shape != (trials, times):
        raise ValueError(
            f"linearise: got a mask of shape {mask.shape}, expected (N, T) = ({trials}, {times})."
        )
    empty = ~(mask[:, 1:] & mask[:, :-1]).any(1)
    if bool(empty.any()):
        raise ValueError(
            f"linearise: the mask leaves trial {int(jnp.argmax(empty))} without an interval whose "
            "ends are both observed. Leave that trial out."
        )


def _last_steps(grid: TimeGrid, mask: Bool[Array, "N T"]) -> Int[Array, " N"]:
    """The number of steps up to the last observed time of each trial."""
    last = mask.shape[1] - 1 - jnp.argmax(mask[:, ::-1], 1)
    return jnp.asarray(grid.saved)[last]


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
