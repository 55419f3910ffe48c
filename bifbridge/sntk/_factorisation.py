"""𝒦 = P K P*: what parameters force, and how the flow carries a forcing to later states."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Bool, Float, Int

from bifbridge._custom_types import InitialStates, ParameterVector, Trajectories, Weights
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories import Inputs, TimeGrid, UnrolledRungeKutta, unrolled
from bifbridge.trajectories._measure import trajectory_measure
from bifbridge.trajectories._sensitivity import observation
from bifbridge.trajectories._solve import batched_velocity

#: A forcing q at every step k, stage s and trial i of an explicit Runge-Kutta solve.
Forcing = Float[Array, "K s N n"]


class KernelFactors(eqx.Module):
    """S = P 𝔅, exact to rounding for the solver's own map, and K = 𝔅𝔅*.

    (𝔅δθ)(t) = ∂θf(z(t)) δθ, and P is the propagator (Pq)(t) = ∫Φ(t, s) q(s) ds. Forcings are kept
    where an explicit Runge-Kutta method evaluates the field; their inner product is
    (1/N) Σₖ hₖ (1/s) Σₛ q·r, which tends to that of (1/N) Σᵢ ∫ q·r dt. K is not local in time:
    the parameters are shared over it (Hazelden and Shea-Brown, arXiv 2605.12763).

    Attributes:
        theta: θ, shape (p,).
        steps: step sizes hₖ, shape (K,).
        weights: weights of the saved times, shape (T,); (N, T) for trials of unequal length.
    """

    theta: ParameterVector
    steps: Float[Array, " K"]
    weights: Weights
    _forcing: Callable[[ParameterVector], Forcing]
    _propagator: Callable[[Forcing], Trajectories]
    _shapes: tuple[tuple[int, ...], tuple[int, ...]] = eqx.field(static=True)

    def force(self, dtheta: ParameterVector) -> Forcing:
        """𝔅 δθ.

        Args:
            dtheta: shape (p,).

        Returns:
            Shape (K, s, N, n).
        """
        return _apply(self._forcing, dtheta)

    def force_adjoint(self, forcing: Forcing) -> ParameterVector:
        """𝔅* q.

        Args:
            forcing: shape (K, s, N, n).

        Returns:
            Shape (p,).
        """
        return _transpose(self._forcing, self.theta, self.forcing_measure * forcing)

    def propagate(self, forcing: Forcing) -> Trajectories:
        """P q.

        Args:
            forcing: shape (K, s, N, n).

        Returns:
            Shape (N, T, n).
        """
        return _apply(self._propagator, forcing)

    def propagate_adjoint(self, error: Trajectories) -> Forcing:
        """P* e.

        Args:
            error: shape (N, T, n).

        Returns:
            Shape (K, s, N, n).
        """
        measure = trajectory_measure(self.weights, error.shape[0])
        example = jnp.zeros(self._shapes[0])
        return _transpose(self._propagator, example, measure * error) / self.forcing_measure

    def parameter_operator(self, forcing: Forcing) -> Forcing:
        """K q = 𝔅𝔅* q.

        Args:
            forcing: shape (K, s, N, n).

        Returns:
            Shape (K, s, N, n).
        """
        return self.force(self.force_adjoint(forcing))

    def kernel(self, error: Trajectories) -> Trajectories:
        """𝒦 e = P K P* e.

        Args:
            error: shape (N, T, n).

        Returns:
            Shape (N, T, n).
        """
        return self.propagate(self.parameter_operator(self.propagate_adjoint(error)))

    def operators(self) -> "FactorOperators":
        """P, 𝔅 and K as Lineax operators.

        Returns:
            Operators on flat vectors, scaled by the roots of both measures so that transposes
            are adjoints: with them 𝒦 = P K Pᵀ is that of `StateSpaceNTK.kernel_operator`.
        """
        forcing_root = jnp.sqrt(self.forcing_measure)
        root = jnp.sqrt(trajectory_measure(self.weights, self._shapes[1][0]))
        structures = [
            jax.ShapeDtypeStruct((size,), self.theta.dtype)
            for size in (self.theta.size, math.prod(self._shapes[0]))
        ]

        def forcing(x: Array) -> Forcing:
            return x.reshape(self._shapes[0]) / forcing_root

        return FactorOperators(
            lx.FunctionLinearOperator(
                lambda x: (root * self.propagate(forcing(x))).ravel(), structures[1]
            ),
            lx.FunctionLinearOperator(
                lambda x: (forcing_root * self.force(x)).ravel(), structures[0]
            ),
            lx.FunctionLinearOperator(
                lambda x: (forcing_root * self.parameter_operator(forcing(x))).ravel(),
                structures[1],
                lx.positive_semidefinite_tag,
            ),
        )

    @property
    def forcing_measure(self) -> Float[Array, "K 1 1 1"]:
        """Weights of the inner product of forcings: hₖ/(s N)."""
        _, stages, trials, _ = self._shapes[0]
        return self.steps[:, None, None, None] / (stages * trials)

    @property
    def forcing_shape(self) -> tuple[int, ...]:
        """Steps, stages, trials and states (K, s, N, n)."""
        return self._shapes[0]

    __repr__ = short_repr


class FactorOperators(NamedTuple):
    """P, 𝔅 and K = 𝔅𝔅ᵀ between Euclidean spaces; 𝒦 = P K Pᵀ.

    Attributes:
        propagator: P, from forcings to trajectories.
        parameter_map: 𝔅, from parameters to forcings.
        parameter_operator: K, on forcings.
    """

    propagator: lx.FunctionLinearOperator
    parameter_map: lx.FunctionLinearOperator
    parameter_operator: lx.FunctionLinearOperator


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


@eqx.filter_jit
def _apply(linear: Any, x: Array) -> Array:
    return linear(x)


@eqx.filter_jit
def _transpose(linear: Any, example: Array, y: Array) -> Array:
    return jax.linear_transpose(linear, example)(y)[0]
