"""Newton's method for a cycle, and everything that is known at one: a single compiled program."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine.cycles._condense import solve_bordered, transfer_matrices
from bifbridge.continuation.jax_engine.cycles._discretise import (
    AnyFamily,
    CyclePoint,
    Linearised,
    Mesh,
    Nodes,
    field_at,
    linearise,
    phase_row,
)
from bifbridge.continuation.jax_engine.cycles._floquet import Monodromy, factorise

#: A number on the host or in a compiled program.
HostScalar = Float[Any, ""] | np.float64
#: The discrete solution has the residual of rounding when Newton's last step is this small.
_ROUNDING = 1e-13


class Corrected(NamedTuple):
    """What Newton's method returns.

    Attributes:
        point: the cycle.
        tangent: unit tangent of the branch there, along the direction that was given.
        monodromy: the linearised Poincaré map in factors.
        iterations: Newton steps.
        status: `Status.RUNNING` for success, else why not.
    """

    point: CyclePoint
    tangent: CyclePoint
    monodromy: Monodromy
    iterations: Int[Array, ""]
    status: Int[Array, ""]


class Closing(NamedTuple):
    """What makes the solution of the collocation equations a single point.

    Attributes:
        reference: node values that fix the phase: ∫ (x − reference)·reference' = 0.
        row: the functional that closes the system: weights·tangent, or e_p for a fixed p.
        target: its value.
        weights: of the norm in which steps are measured.
    """

    reference: Nodes
    row: CyclePoint
    target: HostScalar
    weights: CyclePoint


def arclength_weights(
    mesh: Mesh, size: int, period: float, scales: Sequence[float], state_scale: float
) -> CyclePoint:
    """Weights of ‖(x, T, p, …)‖² = ∫|x|²/(n s²) + (T/T₀)² + (p/σ)² + …."""
    nodes = mesh.node_weights[..., None] / (size * state_scale**2)
    states = np.broadcast_to(nodes, (*mesh.node_weights.shape, size))
    return CyclePoint(states, 1 / np.array([period, *scales]) ** 2)


def dot(a: CyclePoint, b: CyclePoint) -> HostScalar:
    """Σ a·b over all unknowns."""
    return (a.states * b.states).sum() + a.scalars @ b.scalars


def combine(a: CyclePoint, b: CyclePoint, factor: HostScalar | float) -> CyclePoint:
    """The sum a + factor·b."""
    return CyclePoint(a.states + factor * b.states, a.scalars + factor * b.scalars)


def weigh(weights: CyclePoint, vector: CyclePoint) -> CyclePoint:
    """The functional ⟨vector, ·⟩ as a row."""
    return CyclePoint(weights.states * vector.states, weights.scalars * vector.scalars)


def norm(weights: CyclePoint, vector: CyclePoint) -> HostScalar:
    """Length in the weighted norm."""
    return dot(weigh(weights, vector), vector) ** 0.5


@eqx.filter_jit
def correct(
    family: AnyFamily,
    mesh: Mesh,
    guess: CyclePoint,
    closing: Closing,
    along: CyclePoint,
    tolerance: HostScalar,
    max_iterations: Int[Any, ""],
) -> Corrected:
    """Newton's method for collocation, phase and one closing functional."""
    phase = phase_row(mesh, closing.reference)

    def step(point: CyclePoint) -> NewtonStep:
        linear = linearise(family, mesh, point)
        ahead, tangent = _solve(linear, point, closing, phase)
        return NewtonStep(ahead, tangent, transfer_matrices(linear.local, point.states.shape[-1]))

    return iterate(family, step, guess, closing.weights, along, tolerance, max_iterations)


class NewtonStep(NamedTuple):
    """One step of Newton's method, and what comes with it.

    Attributes:
        ahead: to be subtracted from the point.
        tangent: a vector in the kernel of the unclosed equations.
        maps: transfer matrices between mesh points, shape (I, n, n).
    """

    ahead: CyclePoint
    tangent: CyclePoint
    maps: Float[Array, "I n n"]


def iterate(
    family: AnyFamily,
    step: Callable[[CyclePoint], NewtonStep],
    guess: CyclePoint,
    weights: CyclePoint,
    along: CyclePoint,
    tolerance: HostScalar,
    max_iterations: Int[Any, ""],
) -> Corrected:
    """Newton's method for any closed system of collocation equations."""

    def unfinished(state: _Iteration) -> Array:
        # One step follows the one that met the tolerance: it leaves nothing but rounding, and
        # takes tangent and transfer matrices at the cycle itself.
        settled = (state.previous <= tolerance) | (state.length <= _ROUNDING)
        diverging = (state.count > 3) & (state.length > 2 * state.previous) & (state.length > 1e-2)
        more = ~settled & ~diverging & (state.count < max_iterations)
        return (state.status == Status.RUNNING) & more

    def advance(state: _Iteration) -> _Iteration:
        taken = step(state.point)
        length = norm(weights, taken.ahead) / (1 + norm(weights, state.point))
        sound = jnp.isfinite(length)
        status = jnp.where(sound, int(Status.RUNNING), int(Status.NOT_FINITE))
        return _Iteration(
            combine(state.point, taken.ahead, -1.0),
            taken.tangent,
            taken.maps,
            length,
            state.length,
            state.count + 1,
            status,
        )

    far = jnp.full((), jnp.inf)
    empty = jnp.zeros((guess.states.shape[0], guess.states.shape[-1], guess.states.shape[-1]))
    begin = _Iteration(guess, along, empty, far, far, jnp.array(0), jnp.array(0))
    end = jax.lax.while_loop(unfinished, advance, begin)
    good = (end.length <= tolerance) & (end.point.scalars[0] > 0)
    failed = (end.status == Status.RUNNING) & ~good
    status = jnp.where(failed, int(Status.NO_CONVERGENCE), end.status)
    length = norm(weights, end.tangent)
    length = length * jnp.sign(dot(weigh(weights, end.tangent), along))
    tangent = CyclePoint(end.tangent.states / length, end.tangent.scalars / length)
    # The section is laid where the flow is fastest: near an equilibrium it would say nothing.
    flows = jax.vmap(field_at(family, end.point))(end.point.states[:, 0])
    fastest = jnp.argmax(jnp.sum(flows**2, axis=1))
    monodromy = factorise(jnp.roll(end.maps, -fastest, axis=0), flows[fastest])
    return Corrected(end.point, tangent, monodromy, end.count, status)


class _Iteration(NamedTuple):
    point: CyclePoint
    tangent: CyclePoint
    maps: Float[Array, "I n n"]
    length: Any
    previous: Any
    count: Int[Array, ""]
    status: Int[Array, ""]


def _solve(
    linear: Linearised, point: CyclePoint, closing: Closing, phase: Array
) -> tuple[CyclePoint, CyclePoint]:
    # Newton's step and the kernel of the unclosed system, from one factorisation.
    off_phase = jnp.sum(phase * (point.states - closing.reference))
    off_target = dot(closing.row, point) - closing.target
    right = jnp.stack([linear.residual, jnp.zeros_like(linear.residual)], -1)
    solution = solve_bordered(
        linear.local,
        linear.columns,
        right,
        jnp.stack([phase, closing.row.states]),
        jnp.stack([jnp.zeros(2), closing.row.scalars]),
        jnp.stack([jnp.stack([off_phase, off_target]), jnp.array([0.0, 1.0])], 1),
    )
    step, tangent = (CyclePoint(solution.states[..., k], solution.scalars[:, k]) for k in range(2))
    return step, tangent
