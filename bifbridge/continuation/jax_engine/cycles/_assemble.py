"""From followed paths to a branch with named points and a balance."""

import numpy as np

from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation._results import Balance
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine.cycles._branch import CycleBranch, CycleSpecialPoint
from bifbridge.continuation.jax_engine.cycles._discretise import Mesh
from bifbridge.continuation.jax_engine.cycles._follow import Path
from bifbridge.continuation.jax_engine.cycles._locate import Event, Sample
from bifbridge.continuation.jax_engine.cycles._normal_form import cycle_normal_form


def assemble(
    family: AbstractFamily, paths: list[Path], shape: tuple[int, ...], failed: Status
) -> CycleBranch:
    """Join what was followed into one branch."""
    if not paths:
        return _empty(shape, failed)
    last = paths[-1]
    samples, lengths = list(last.samples), list(last.lengths)
    points = [_special(family, last, *pair) for pair in last.events]
    ends = (Status.RUNNING, last.status)
    if len(paths) == 2:
        first = paths[0]
        count = len(first.samples)
        samples = first.samples[:0:-1] + samples
        lengths = [0.0, *first.lengths[:0:-1], *lengths[1:]]
        shifted = [_moved(point, point.index + count - 1, 1) for point in points]
        backward = [_special(family, first, *pair) for pair in reversed(first.events)]
        points = [_moved(point, count - 2 - point.index, -1) for point in backward] + shifted
        ends = (first.status, last.status)
    slips = sum(path.slips * sign for path, sign in zip(paths[::-1], (1, -1), strict=False))
    return CycleBranch(
        parameters=np.array([sample.cycle.parameter for sample in samples]),
        **cycle_arrays(samples, lengths),
        special_points=tuple(points),
        balance=_balance(samples, points, slips),
        status=max(ends),
        ends=ends,
    )


def cycle_arrays(samples: list[Sample], lengths: list[float]) -> dict[str, np.ndarray]:
    """What every branch and every curve keeps of its points."""
    cycles = [sample.cycle for sample in samples]
    names = {"periods": "period", "maxima": "maximum", "minima": "minimum"}
    names |= {"multipliers": "multipliers", "trivial": "trivial"}
    names |= {"times": "times", "nodes": "nodes"}
    arrays = {
        plural: np.stack([np.asarray(getattr(cycle, one)) for cycle in cycles])
        for plural, one in names.items()
    }
    iterations = np.array([sample.iterations for sample in samples])
    return arrays | {"steps": np.array(lengths), "iterations": iterations}


def empty_arrays(shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """The same without points."""
    intervals, degree, n = shape
    return {
        "periods": np.zeros(0),
        "maxima": np.zeros((0, n)),
        "minima": np.zeros((0, n)),
        "multipliers": np.zeros((0, n - 1), complex),
        "trivial": np.zeros(0),
        "steps": np.zeros(0),
        "iterations": np.zeros(0, int),
        "times": np.zeros((0, intervals + 1)),
        "nodes": np.zeros((0, intervals, degree + 1, n)),
    }


def _special(family: AbstractFamily, path: Path, index: int, event: Event) -> CycleSpecialPoint:
    sample, mesh = event.sample, path.meshes[index + 1]
    form = _form(family, mesh, event) if event.converged else None
    return CycleSpecialPoint(
        kind=event.kind,
        cycle=sample.cycle,
        normal_form=form,
        converged=event.converged,
        index=index,
        jump=event.jump,
        multiplicity=event.multiplicity,
        bracket=event.bracket,
        tangent=sample.tangent,
    )


def _form(family: AbstractFamily, mesh: Mesh, event: Event):
    multipliers = event.sample.cycle.multipliers
    pairs = multipliers[np.imag(multipliers) > 0]
    angle = 0.0
    if event.kind == "neimark_sacker":
        angle = float(np.angle(pairs[np.argmin(np.abs(np.abs(pairs) - 1))]))
    sample = event.sample
    return cycle_normal_form(family, mesh, sample.point, sample.tangent, event.kind, angle)


def _moved(point: CycleSpecialPoint, index: int, sign: int) -> CycleSpecialPoint:
    return CycleSpecialPoint(
        kind=point.kind,
        cycle=point.cycle,
        normal_form=point.normal_form,
        converged=point.converged,
        index=index,
        jump=sign * point.jump,
        multiplicity=point.multiplicity,
        bracket=point.bracket if sign > 0 else (point.bracket[1], point.bracket[0]),
        tangent=point.tangent,
    )


def _balance(samples: list[Sample], points: list[CycleSpecialPoint], slips: int) -> Balance:
    counts = [sample.count for sample in samples if sample.cycle.resolved] or [0]
    first, last = counts[0], counts[-1]
    unresolved = sum(point.kind == "unresolved" for point in points)
    jumps = sum(point.jump for point in points)
    return Balance(
        unstable_start=first,
        unstable_end=last,
        located=sum(point.multiplicity for point in points) - unresolved,
        unresolved=unresolved,
        explained=first + jumps + slips == last and slips == 0,
    )


def _empty(shape: tuple[int, ...], status: Status) -> CycleBranch:
    return CycleBranch(
        parameters=np.zeros(0),
        **empty_arrays(shape),
        special_points=(),
        balance=Balance(unstable_start=0, unstable_end=0, located=0, unresolved=0, explained=True),
        status=status,
        ends=(status, status),
    )


def joined(first: CycleBranch, second: CycleBranch) -> CycleBranch:
    """A branch and its continuation, which starts at its last point."""
    names = ["parameters", *empty_arrays((1, 2, first.maxima.shape[1]))]
    arrays = {
        name: np.concatenate([getattr(first, name), getattr(second, name)[1:]]) for name in names
    }
    offset = len(first) - 1
    moved = [_moved(point, point.index + offset, 1) for point in second.special_points]
    one, two = first.balance, second.balance
    ends = (first.ends[0], second.ends[1])
    meet = one.unstable_end == two.unstable_start or len(second) == 0
    return CycleBranch(
        **arrays,
        special_points=(*first.special_points, *moved),
        balance=Balance(
            unstable_start=one.unstable_start,
            unstable_end=two.unstable_end if len(second) else one.unstable_end,
            located=one.located + two.located,
            unresolved=one.unresolved + two.unresolved,
            explained=one.explained and two.explained and meet,
        ),
        status=max(ends),
        ends=ends,
    )
