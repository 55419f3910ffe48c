"""From followed paths to a curve with named points."""

import numpy as np

from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine.cycle_curves._critical import CycleCurveKind
from bifbridge.continuation.jax_engine.cycle_curves._locate import CurveEvent
from bifbridge.continuation.jax_engine.cycle_curves._observe import TESTS, Observed
from bifbridge.continuation.jax_engine.cycle_curves._results import (
    CycleBifurcationCurve,
    CycleCodimTwoPoint,
)
from bifbridge.continuation.jax_engine.cycles._assemble import cycle_arrays, empty_arrays
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
    kind: CycleCurveKind, paths: list[Path], shape: tuple[int, ...], failed: Status
) -> CycleBifurcationCurve:
    """Join what was followed into one curve."""
    if not paths:
        return CycleBifurcationCurve(
            kind=kind,
            parameters=np.zeros((0, 2)),
            **empty_arrays(shape),
            tests={name: np.zeros(0) for name in TESTS[kind]},
            special_points=(),
            unresolved=0,
            status=failed,
            ends=(failed, failed),
        )
    last = paths[-1]
    samples, observed, lengths = list(last.samples), list(last.observed), list(last.lengths)
    points = [_special(*pair) for pair in last.events]
    ends = (Status.RUNNING, last.status)
    if len(paths) == 2:
        first, count = paths[0], len(paths[0].samples)
        samples, observed = first.samples[:0:-1] + samples, first.observed[:0:-1] + observed
        lengths = [0.0, *first.lengths[:0:-1], *lengths[1:]]
        backward = [_special(count - 2 - index, event) for index, event in reversed(first.events)]
        forward = [_special(count - 1 + index, event) for index, event in last.events]
        points, ends = backward + forward, (first.status, last.status)
    tests = np.array([seen.tests for seen in observed])
    return CycleBifurcationCurve(
        kind=kind,
        parameters=np.array([sample.point.scalars[1:3] for sample in samples]),
        **cycle_arrays(samples, lengths),
        tests={name: tests[:, k] for k, name in enumerate(TESTS[kind])},
        special_points=tuple(points),
        unresolved=_unresolved(kind, observed, points),
        status=max(ends),
        ends=ends,
    )


def _special(index: int, event: CurveEvent) -> CycleCodimTwoPoint:
    sample = event.sample
    return CycleCodimTwoPoint(
        kind=event.kind,
        parameters=np.array(sample.point.scalars[1:3]),
        cycle=sample.cycle,
        converged=event.converged,
        index=index,
    )


def _unresolved(
    kind: CycleCurveKind, observed: list[Observed], points: list[CycleCodimTwoPoint]
) -> int:
    # Changes of the count within steps that hold too few special points to explain them.
    explained = np.zeros(max(len(observed) - 1, 0), int)
    for point in points:
        jump = 1 if (kind, point.kind) in _ONE else _JUMPS.get(point.kind, 0)
        explained[point.index] += jump
    changes = np.abs(np.diff([seen.count for seen in observed]))
    return int(np.sum(np.maximum(changes - explained, 0)))


def joined(first: CycleBifurcationCurve, second: CycleBifurcationCurve) -> CycleBifurcationCurve:
    """A curve and its continuation, which starts at its last point."""
    names = ["parameters", *empty_arrays((1, 2, first.maxima.shape[1]))]
    arrays = {
        name: np.concatenate([getattr(first, name), getattr(second, name)[1:]]) for name in names
    }
    tests = {
        name: np.concatenate([values, second.tests[name][1:]])
        for name, values in first.tests.items()
    }
    offset, ends = len(first) - 1, (first.ends[0], second.ends[1])
    later = [
        CycleCodimTwoPoint(p.kind, p.parameters, p.cycle, p.converged, p.index + offset)
        for p in second.special_points
    ]
    return CycleBifurcationCurve(
        kind=first.kind,
        **arrays,
        tests=tests,
        special_points=(*first.special_points, *later),
        unresolved=first.unresolved + second.unresolved,
        status=max(ends),
        ends=ends,
    )
