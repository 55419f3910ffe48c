"""Newton's method for a cycle, and everything that is known at one: a single compiled program."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.jax_engine.cycles._condense import solve_bordered, transfer_matrices
from bifbridge.continuation.jax_engine.cycles._discretise import (
    CyclePoint,
    Linearised,
    Mesh,
    Nodes,
    linearise,
    phase_row,
)
from bifbridge.continuation.jax_engine.cycles._floquet import Monodromy, factorise
from bifbridge.continuation.jax_engine.cycles._status import CycleStatus

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
        status: `CycleStatus.RUNNING` for success, else why not.
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
    mesh: Mesh, size: int, period: float, scale: float, state_scale: float
) -> CyclePoint:
    """Weights of ‖(x, T, p)‖² = ∫|x|²/(n s²) + (T/T₀)² + (p/σ)².

    Args:
        mesh: the mesh.
        size: n.
        period: T₀, so that a step is a *relative* change of the period.
        scale: σ, the change of p that counts as one.
        state_scale: s, the root-mean-square change of x that counts as one.

    Returns:
        The weights.
    """
    nodes = mesh.node_weights[..., None] / (size * state_scale**2)
    states = np.broadcast_to(nodes, (*mesh.node_weights.shape, size))
    return CyclePoint(states, np.array([1 / period**2, 1 / scale**2]))


def dot(a: CyclePoint, b: CyclePoint) -> HostScalar:
    """Σ a·b over all unknowns.

    Args:
        a: one vector.
        b: the other.

    Returns:
        The sum.
    """
    return (a.states * b.states).sum() + a.scalars @ b.scalars


def combine(a: CyclePoint, b: CyclePoint, factor: HostScalar | float) -> CyclePoint:
    """The sum a + factor·b.

    Args:
        a: a point.
        b: a direction.
        factor: how far.

    Returns:
        The sum.
    """
    return CyclePoint(a.states + factor * b.states, a.scalars + factor * b.scalars)


def weigh(weights: CyclePoint, vector: CyclePoint) -> CyclePoint:
    """The functional ⟨vector, ·⟩ as a row.

    Args:
        weights: of the inner product.
        vector: the vector.

    Returns:
        The row.
    """
    return CyclePoint(weights.states * vector.states, weights.scalars * vector.scalars)


def norm(weights: CyclePoint, vector: CyclePoint) -> HostScalar:
    """Length in the weighted norm.

    Args:
        weights: of the inner product.
        vector: the vector.

    Returns:
        √⟨vector, vector⟩.
    """
    return dot(weigh(weights, vector), vector) ** 0.5


@eqx.filter_jit
def correct(
    family: AbstractFamily,
    mesh: Mesh,
    guess: CyclePoint,
    closing: Closing,
    along: CyclePoint,
    tolerance: HostScalar,
    max_iterations: Int[Any, ""],
) -> Corrected:
    """Newton's method for collocation, phase and one closing functional.

    Args:
        family: the family of fields.
        mesh: the mesh.
        guess: where to start.
        closing: phase and closing functional.
        along: orients the tangent.
        tolerance: relative length of the last Newton step; a further step follows.
        max_iterations: limit on Newton steps.

    Returns:
        The cycle with tangent, multipliers in factors, and status.
    """
    phase = phase_row(mesh, closing.reference)
    empty = jnp.zeros((mesh.widths.size, guess.states.shape[-1], guess.states.shape[-1]))

    def unfinished(state: _Iteration) -> Array:
        # One step follows the one that met the tolerance: it leaves nothing but rounding, and
        # takes tangent and transfer matrices at the cycle itself.
        settled = (state.previous <= tolerance) | (state.length <= _ROUNDING)
        diverging = (state.count > 3) & (state.length > 2 * state.previous) & (state.length > 1e-2)
        more = ~settled & ~diverging & (state.count < max_iterations)
        return (state.status == CycleStatus.RUNNING) & more

    def iterate(state: _Iteration) -> _Iteration:
        linear = linearise(family, mesh, state.point)
        step, tangent = _solve(linear, state.point, closing, phase)
        length = norm(closing.weights, step) / (1 + norm(closing.weights, state.point))
        sound = jnp.isfinite(length)
        status = jnp.where(sound, int(CycleStatus.RUNNING), int(CycleStatus.NOT_FINITE))
        return _Iteration(
            combine(state.point, step, -1.0),
            tangent,
            transfer_matrices(linear.local, state.point.states.shape[-1]),
            length,
            state.length,
            state.count + 1,
            status,
        )

    far = jnp.full((), jnp.inf)
    begin = _Iteration(guess, along, empty, far, far, jnp.array(0), jnp.array(0))
    end = jax.lax.while_loop(unfinished, iterate, begin)
    good = (end.length <= tolerance) & (end.point.scalars[0] > 0)
    failed = (end.status == CycleStatus.RUNNING) & ~good
    status = jnp.where(failed, int(CycleStatus.NO_CONVERGENCE), end.status)
    length = norm(closing.weights, end.tangent)
    length = length * jnp.sign(dot(weigh(closing.weights, end.tangent), along))
    tangent = CyclePoint(end.tangent.states / length, end.tangent.scalars / length)
    # The section is laid where the flow is fastest: near an equilibrium it would say nothing.
    flows = jax.vmap(family.velocity(end.point.scalars[1]))(end.point.states[:, 0])
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
