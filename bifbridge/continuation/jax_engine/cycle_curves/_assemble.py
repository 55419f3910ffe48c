"""From followed paths to a curve of cycle bifurcations with named points."""

from collections.abc import Sequence

import numpy as np

from bifbridge.continuation.curves import (
    SOLUTIONS,
    Branch,
    SpecialPoint,
    Status,
    both_ways,
    no_orbits,
    no_points,
    one_way,
    point_on_cycle,
)
from bifbridge.continuation.jax_engine.cycle_curves._critical import CycleCurveKind
from bifbridge.continuation.jax_engine.cycle_curves._locate import CurveEvent
from bifbridge.continuation.jax_engine.cycle_curves._observe import Observed
from bifbridge.continuation.jax_engine.cycles._assemble import cycle_arrays
from bifbridge.continuation.jax_engine.cycles._follow import Path

#: By how much each kind of point changes the count of further unstable multipliers.
_JUMPS = {
    "resonance_1_1": 1,
    "resonance_1_2": 1,
    "fold_flip": 1,
    "fold_neimark_sacker": 2,
    "flip_neimark_sacker": 2,
    "double_neimark_sacker": 2,
}
_ONE = {("neimark_sacker", "fold_neimark_sacker"), ("neimark_sacker", "flip_neimark_sacker")}


def assemble(
    kind: CycleCurveKind, paths: Sequence[Path], shape: tuple[int, ...], failed: Status
) -> Branch:
    """One curve from no path, one, or two that start at the same point."""
    # The shape (I, m, n) and the status are those of a curve without points.
    if not paths:
        solution = SOLUTIONS[kind]
        return no_points(failed, shape[2], solution=solution, orbits=no_orbits(*shape))
    return both_ways([_way(kind, path) for path in paths])


def _way(kind: CycleCurveKind, path: Path) -> Branch:
    solution = SOLUTIONS[kind]
    points = [_special(*pair) for pair in path.events]
    tests = np.array([seen.tests for seen in path.observed])
    return one_way(
        solution,
        path.status,
        points,
        unresolved=_unresolved(kind, path.observed, points),
        parameters=np.array([sample.point.scalars[1:3] for sample in path.samples]),
        tests={name: tests[:, k] for k, name in enumerate(solution.tests)},
        **cycle_arrays(path),
    )


def _special(index: int, event: CurveEvent) -> SpecialPoint:
    p, q = (float(value) for value in event.sample.point.scalars[1:3])
    return point_on_cycle(
        event.kind,
        event.sample.cycle,
        parameter=p,
        second_parameter=q,
        converged=event.converged,
        index=index,
    )


def _unresolved(
    kind: CycleCurveKind, observed: Sequence[Observed], points: Sequence[SpecialPoint]
) -> int:
    # Changes of the count within steps that hold too few special points to explain them.
    explained = np.zeros(max(len(observed) - 1, 0), int)
    for point in points:
        jump = 1 if (kind, point.kind) in _ONE else _JUMPS.get(point.kind, 0)
        explained[point.index] += jump
    changes = np.abs(np.diff([seen.count for seen in observed]))
    return int(np.sum(np.maximum(changes - explained, 0)))
