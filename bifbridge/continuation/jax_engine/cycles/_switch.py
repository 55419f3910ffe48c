"""From a bifurcation of cycles to the branch that leaves it."""

from typing import Any

import jax
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np

from bifbridge._compile import quick_jit
from bifbridge.continuation._families import AbstractFamily, as_family
from bifbridge.continuation.curves import Cycle, SpecialPoint
from bifbridge.continuation.curves._mesh import adapted, moved
from bifbridge.continuation.jax_engine.cycles._condense import solve_bordered
from bifbridge.continuation.jax_engine.cycles._correct import (
    arclength_weights,
    combine,
    norm,
    weigh,
)
from bifbridge.continuation.jax_engine.cycles._discretise import (
    CyclePoint,
    Mesh,
    at_points,
    expand,
    linearise,
    phase_row,
)
from bifbridge.continuation.jax_engine.cycles._start import CycleStart


def start_from_period_doubling(
    family: Any,
    point: SpecialPoint,
    *,
    amplitude: float | None = None,
    intervals: int | None = None,
) -> CycleStart:
    """The branch of cycles of twice the period.

    Args:
        family: the family of fields.
        point: a special point of the kind "period_doubling".
        amplitude: root-mean-square distance of the first doubled cycle from the single one; None
            for 0.02 times the cycle's largest amplitude.
        intervals: mesh intervals for the doubled cycle; None for twice as many.

    Returns:
        The start.

    Raises:
        ValueError: if the point is no period doubling with a normal form.
    """
    if point.kind != "period_doubling" or point.normal_form is None or point.cycle is None:
        raise ValueError(
            f"start_from_period_doubling: got a point of kind {point.kind!r}, expected a located "
            "'period_doubling'."
        )
    cycle = point.cycle
    if amplitude is None:
        amplitude = 0.02 * float(np.max(cycle.maximum - cycle.minimum)) / 2
    parts = _doubled(cycle, np.real(point.normal_form.mode), amplitude, intervals)
    return CycleStart(as_family(family), *parts)


def start_from_branch_point(
    family: Any, point: SpecialPoint, *, amplitude: float | None = None
) -> CycleStart:
    """The other branch of cycles through a branch point.

    The kernel of the collocation equations is a plane there; the branch leaves along its direction
    orthogonal to the branch already known (exactly so at a pitchfork of cycles).

    Args:
        family: the family of fields.
        point: a special point of the kind "branch_point_of_cycles".
        amplitude: how far to go along it, in the arclength norm; its sign chooses the arm. None for
            0.05.

    Returns:
        The start.

    Raises:
        ValueError: if the point is no branch point of cycles.
    """
    if point.kind != "branch_point_of_cycles" or point.tangent is None or point.cycle is None:
        raise ValueError(
            f"start_from_branch_point: got a point of kind {point.kind!r}, expected a located "
            "'branch_point_of_cycles'."
        )
    family, cycle = as_family(family), point.cycle
    degree, size = cycle.nodes.shape[1] - 1, cycle.nodes.shape[2]
    mesh = Mesh(cycle.times, degree)
    here = CyclePoint(cycle.nodes[:, :-1], np.array([cycle.period, cycle.parameter]))
    weights = arclength_weights(mesh, size, cycle.period, (1.0,), 1.0)
    direction = jtu.tree_map(np.asarray, _other(family, mesh, here, point.tangent, weights))
    length = 0.05 if amplitude is None else amplitude
    heading = jtu.tree_map(lambda leaf: leaf * np.sign(length), direction)
    return CycleStart(family, mesh, combine(here, direction, length), heading)


@quick_jit
def _other(
    family: AbstractFamily,
    mesh: Mesh,
    point: CyclePoint,
    tangent: CyclePoint,
    weights: CyclePoint,
) -> CyclePoint:
    # Inverse iteration: closed by the tangent's row, the system is singular along the other branch.
    linear = linearise(family, mesh, point)
    row = weigh(weights, tangent)
    rows = jnp.stack([phase_row(mesh, point.states), row.states])
    corner = jnp.stack([jnp.zeros(2), row.scalars])

    def iterate(_: Any, vector: CyclePoint) -> CyclePoint:
        forcing = at_points(mesh, expand(vector.states)).reshape(linear.residual.shape)
        solution = solve_bordered(
            linear.local, linear.columns, forcing[..., None], rows, corner, jnp.zeros((2, 1))
        )
        found = CyclePoint(solution.states[..., 0], solution.scalars[:, 0])
        length = norm(weights, found)
        return jtu.tree_map(lambda leaf: leaf / length, found)

    size = point.states.shape
    start = CyclePoint(jnp.ones(size) * jnp.linspace(1.0, 2.0, size[-1]), jnp.zeros(2))
    return jax.lax.fori_loop(0, 3, iterate, start)


def _doubled(
    cycle: Cycle, mode: np.ndarray, amplitude: float, intervals: int | None
) -> tuple[Mesh, CyclePoint, CyclePoint]:
    """Twice round a cycle, with an antiperiodic mode added and then taken away."""
    times = np.concatenate([cycle.times / 2, 0.5 + cycle.times[1:] / 2])
    orbit = np.concatenate([cycle.nodes, cycle.nodes])
    change = np.concatenate([mode, -mode])
    if intervals is not None and intervals != len(times) - 1:
        new = adapted(times, orbit + amplitude * change, intervals)
        orbit, change, times = moved(times, orbit, new), moved(times, change, new), new
    mesh = Mesh(times, cycle.nodes.shape[1] - 1)
    guess = CyclePoint(
        (orbit + amplitude * change)[:, :-1], np.array([2 * cycle.period, cycle.parameter])
    )
    return mesh, guess, CyclePoint(change[:, :-1], np.zeros(2))
