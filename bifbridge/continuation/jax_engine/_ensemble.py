"""Many branches at once: one compiled loop over all members, a status each."""

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np

from bifbridge._compile import quick_jit
from bifbridge._precision import require_x64
from bifbridge._progress import progress
from bifbridge._threads import suited_threads
from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation.curves import Branch, Status
from bifbridge.continuation.jax_engine._arc import sample_at
from bifbridge.continuation.jax_engine._assemble import join, no_branch
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._details import describe_members
from bifbridge.continuation.jax_engine._engine import JaxEngine
from bifbridge.continuation.jax_engine._path import Path, filled
from bifbridge.continuation.jax_engine._search import Way
from bifbridge.continuation.jax_engine._spectra import member_spectra
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

    Example:
        See [Continuation](../continuation.md).
    """
    require_x64("continuation")
    engine = JaxEngine() if engine is None else engine
    if not problems:
        raise ValueError("continuation_ensemble: got no problems.")
    with suited_threads(problems[0].state.size):
        return _together(problems, engine)


def _together(problems: Sequence[ContinuationProblem], engine: JaxEngine) -> tuple[Branch, ...]:
    # Bound once: a module makes its methods anew each time they are asked for.
    curve_of, control_of, signs_of = engine.curve, engine.control, engine.signs
    curves = [curve_of(problem) for problem in problems]
    controls, firsts = zip(*(control_of(problem) for problem in problems), strict=True)
    curve, control = _stack(curves), _stack(controls)
    guesses = np.stack([np.append(problem.state, problem.parameter) for problem in problems])
    points, events, jacobians, codes = jtu.tree_map(np.asarray, _starts(curve, control, guesses))
    tangents = np.stack([
        start_tangent(np.nan_to_num(jacobian), np.asarray(member.weights))
        for jacobian, member in zip(jacobians, curves, strict=True)
    ])
    status = [_start_status(int(c), t) for c, t in zip(codes, tangents, strict=True)]
    paths: list[list[Path]] = [[] for _ in problems]
    for sign in (-1.0, 1.0):
        wanted = np.array([sign in signs_of(problem) for problem in problems])
        wanted &= np.array([s == Status.RUNNING for s in status])
        if np.any(wanted):
            ways = _follow(engine, curve, control, points, sign * tangents, firsts, wanted)
            for k in np.flatnonzero(wanted):
                path = Path.join(
                    points[k], sign * tangents[k], events[k], *ways[k], engine.max_points
                )
                paths[k].append(path)
    ways = [
        Way(problems[k], curves[k], controls[k], path, k) for k, path in _with_spectra(curve, paths)
    ]
    found = engine.special_points(ways, functools.partial(describe_members, curve))
    members: list[list[int]] = [[] for _ in problems]
    for place, way in enumerate(ways):
        members[way.member].append(place)
    return tuple(
        join(problem, [ways[i].path for i in places], [found[i] for i in places])
        if places
        else no_branch(problem, status[k])
        for k, (problem, places) in enumerate(zip(problems, members, strict=True))
    )


def _with_spectra(curves: Curve, paths: list[list[Path]]) -> Iterator[tuple[int, Path]]:
    # The eigenvalues of all points of all members in one go.
    flat = [(k, path) for k, several in enumerate(paths) for path in several]
    if not flat:
        return
    lengths = [len(path.points) for _, path in flat]
    members = np.repeat([k for k, _ in flat], lengths)
    values = member_spectra(curves, members, np.concatenate([path.points for _, path in flat]))
    for (k, path), own in zip(flat, np.split(values, np.cumsum(lengths)[:-1]), strict=True):
        yield k, path._replace(eigenvalues=own)


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
    idle = np.where(wanted, int(Status.RUNNING), int(Status.NO_EQUILIBRIUM))
    point, along = np.nan_to_num(points), np.nan_to_num(tangents)
    front = Front(
        point, along, along, np.asarray(firsts), np.zeros(count, bool), np.zeros(count, int), idle
    )
    origin = front
    stretches: list[list[Stretch]] = [[] for _ in range(count)]
    total = 1
    with progress("ensemble", "points") as told:
        while total < engine.max_points and np.any(np.asarray(front.status) == Status.RUNNING):
            front, stretch = _traces(curve, control, front, origin, engine.buffer)
            whole = [np.asarray(leaf) for leaf in stretch]
            for k in range(count):
                stretches[k].append(filled(Stretch(*(leaf[k] for leaf in whole))))
            total += engine.buffer
            told(total, running=int(np.sum(np.asarray(front.status) == Status.RUNNING)))
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
    leaves, forms = zip(*(jtu.tree_flatten(member) for member in members), strict=True)
    alike = all(form == forms[0] for form in forms[1:])
    stacked = []
    for column in zip(*leaves, strict=True) if alike else ():
        if not eqx.is_array_like(column[0]):
            alike &= all(leaf is column[0] or leaf == column[0] for leaf in column[1:])
            stacked.append(column[0])
        elif alike := alike and len({np.shape(leaf) for leaf in column}) == 1:
            stacked.append(np.stack([np.asarray(leaf) for leaf in column]))
    if not alike:
        raise ValueError(
            "continuation_ensemble: the problems differ in structure or shapes, not only in "
            "numbers; expected the same kind of family, and the same number of states, for all."
        )
    return jtu.tree_unflatten(forms[0], stacked)


@quick_jit
def _starts(curve: Curve, control: StepControl, guesses: Any) -> tuple[Any, Any, Any, Any]:
    def one(curve: Curve, control: StepControl, guess: Any) -> tuple[Any, Any, Any, Any]:
        unit = jnp.zeros_like(guess).at[-1].set(1.0)
        patient = eqx.tree_at(lambda c: c.max_iterations, control, jnp.asarray(START_ITERATIONS))
        nowhere = jnp.full_like(guess, jnp.nan)
        point, _, events, jacobian, code = sample_at(
            curve, guess, unit, guess[-1], nowhere, patient
        )
        return point, events, jacobian, code

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
