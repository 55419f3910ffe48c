"""Many branches at once: one compiled loop over all members, a status each."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np

from bifbridge._compile import quick_jit
from bifbridge._precision import require_x64
from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation._results import Branch
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine._arc import sample_at
from bifbridge.continuation.jax_engine._assemble import join, no_branch
from bifbridge.continuation.jax_engine._curve import Curve, extended_jacobian
from bifbridge.continuation.jax_engine._engine import JaxEngine, filled
from bifbridge.continuation.jax_engine._path import Path
from bifbridge.continuation.jax_engine._start import START_ITERATIONS, start_tangent
from bifbridge.continuation.jax_engine._trace import Front, StepControl, Stretch, trace


def continuation_ensemble(
    problems: Sequence[ContinuationProblem], engine: JaxEngine | None = None
) -> tuple[Branch, ...]:
    """Follow the branches of many problems of one structure at once.

    All steps of all members run in one compiled loop under `jax.vmap`, in buffers of fixed size.
    A member that ends, for whatever reason, waits without disturbing the others. Crossings are
    then located member by member with the same compiled programs.

    Args:
        problems: the members; their families, states and events must have the same structure,
            their numbers may all differ.
        engine: `JaxEngine()` unless given. Its buffer is at most the longest branch.

    Returns:
        One branch per problem, each with its own status.

    Raises:
        ValueError: if there is no problem, or their structures differ.
    """
    require_x64("continuation")
    engine = JaxEngine() if engine is None else engine
    if not problems:
        raise ValueError("continuation_ensemble: got no problems.")
    curves = [engine.curve(problem) for problem in problems]
    controls, firsts = zip(*(engine.control(problem) for problem in problems), strict=True)
    curve, control = _stack(curves), _stack(controls)
    guesses = jnp.stack([jnp.append(problem.state, problem.parameter) for problem in problems])
    points, observed, jacobians, codes = jtu.tree_map(np.asarray, _starts(curve, control, guesses))
    tangents = np.stack([
        start_tangent(np.nan_to_num(jacobian), np.asarray(member.weights))
        for jacobian, member in zip(jacobians, curves, strict=True)
    ])
    status = [_start_status(int(c), t) for c, t in zip(codes, tangents, strict=True)]
    ways: list[list[Path]] = [[] for _ in problems]
    for sign in (-1.0, 1.0):
        wanted = np.array([sign in engine.signs(problem) for problem in problems])
        wanted &= np.array([s == Status.RUNNING for s in status])
        if np.any(wanted):
            paths = _follow(engine, curve, control, points, sign * tangents, firsts, wanted)
            for k in np.flatnonzero(wanted):
                first = jtu.tree_map(lambda leaf, k=k: leaf[k], observed)
                stretches, end = paths[k]
                path = Path.join(
                    points[k], sign * tangents[k], first, stretches, end, engine.max_points
                )
                ways[k].append(path)
    return tuple(
        _finish(engine, problem, curves[k], controls[k], ways[k], status[k])
        for k, problem in enumerate(problems)
    )


def _finish(
    engine: JaxEngine,
    problem: ContinuationProblem,
    curve: Curve,
    control: StepControl,
    paths: list[Path],
    status: Status,
) -> Branch:
    if not paths:
        return no_branch(problem, status)
    points = [engine.special_points(problem, curve, control, path) for path in paths]
    return join(problem, paths, points)


def _follow(
    engine: JaxEngine,
    curve: Curve,
    control: StepControl,
    points: np.ndarray,
    tangents: np.ndarray,
    firsts: Sequence[float],
    wanted: np.ndarray,
) -> list[tuple[list[Stretch], Status]]:
    count = len(points)
    idle = jnp.where(jnp.asarray(wanted), int(Status.RUNNING), int(Status.NO_EQUILIBRIUM))
    point, along = jnp.nan_to_num(jnp.asarray(points)), jnp.nan_to_num(jnp.asarray(tangents))
    front = Front(
        point, along, along, jnp.asarray(firsts), jnp.zeros(count, bool), jnp.zeros(count, int),
        idle,
    )  # fmt: skip
    origin = front
    stretches: list[list[Stretch]] = [[] for _ in range(count)]
    total = 1
    while total < engine.max_points and bool(jnp.any(front.status == Status.RUNNING)):
        front, stretch = _traces(curve, control, front, origin, engine.buffer)
        whole = jtu.tree_map(np.asarray, stretch)
        for k in range(count):
            stretches[k].append(filled(jtu.tree_map(lambda leaf, k=k: leaf[k], whole)))
        total += engine.buffer
    ends = []
    for k in range(count):
        reached = 1 + sum(int(stretch.count) for stretch in stretches[k])
        end = Status(int(front.status[k]))
        limited = end == Status.RUNNING or reached > engine.max_points
        ends.append((stretches[k], Status.POINT_LIMIT if limited else end))
    return ends


def _start_status(code: int, tangent: np.ndarray) -> Status:
    status = Status(code)
    if status == Status.NO_CONVERGENCE:
        return Status.NO_EQUILIBRIUM
    if status == Status.RUNNING and not np.all(np.isfinite(tangent)):
        return Status.SINGULAR
    return status


def _stack(members: Sequence[Any]) -> Any:
    arrays, statics = zip(*(eqx.partition(m, eqx.is_array_like) for m in members), strict=True)
    if any(not eqx.tree_equal(static, statics[0]) for static in statics[1:]):
        raise ValueError("continuation_ensemble: the problems differ in structure, not in numbers.")
    try:
        stacked = jtu.tree_map(lambda *leaves: jnp.stack([jnp.asarray(x) for x in leaves]), *arrays)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"continuation_ensemble: the problems differ in structure or shapes ({error})."
        ) from error
    return eqx.combine(stacked, statics[0])


@quick_jit
def _starts(curve: Curve, control: StepControl, guesses: Any) -> tuple[Any, Any, Any, Any]:
    def one(curve: Curve, control: StepControl, guess: Any) -> tuple[Any, Any, Any, Any]:
        unit = jnp.zeros_like(guess).at[-1].set(1.0)
        patient = eqx.tree_at(lambda c: c.max_iterations, control, jnp.asarray(START_ITERATIONS))
        nowhere = jnp.full_like(guess, jnp.nan)
        point, _, observed, code = sample_at(curve, guess, unit, guess[-1], nowhere, patient)
        return point, observed, extended_jacobian(curve, point), code

    return eqx.filter_vmap(one)(curve, control, guesses)


@eqx.filter_jit
def _traces(
    curve: Curve, control: StepControl, front: Front, origin: Front, capacity: int
) -> tuple[Front, Stretch]:
    def one(
        curve: Curve, control: StepControl, front: Front, origin: Front
    ) -> tuple[Front, Stretch]:
        return trace(curve, control, front, origin, capacity)

    return eqx.filter_vmap(one)(curve, control, front, origin)
