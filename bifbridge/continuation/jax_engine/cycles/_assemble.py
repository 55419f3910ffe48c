"""From followed paths to a branch of cycles with named points."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.curves import (
    CYCLE,
    Branch,
    SpecialPoint,
    Status,
    arrays_of,
    both_ways,
    no_orbits,
    no_points,
    one_way,
    point_on_cycle,
)
from bifbridge.continuation.jax_engine.cycles._discretise import Mesh
from bifbridge.continuation.jax_engine.cycles._follow import Path
from bifbridge.continuation.jax_engine.cycles._locate import Event
from bifbridge.continuation.jax_engine.cycles._normal_form import cycle_normal_form
from bifbridge.normal_forms import CycleNormalForm


def assemble(
    family: AbstractFamily, paths: Sequence[Path], shape: tuple[int, ...], failed: Status
) -> Branch:
    """One branch from no path, one, or two that start at the same cycle."""
    # The shape (I, m, n) and the status are those of a branch without points.
    if not paths:
        return no_points(failed, shape[2], solution=CYCLE, orbits=no_orbits(*shape))
    return both_ways([_way(family, path) for path in paths])


def cycle_arrays(path: Path) -> dict[str, Any]:
    """What every branch and every curve of cycles keeps of its points."""
    return {
        **arrays_of([sample.cycle for sample in path.samples]),
        "steps": np.array(path.lengths),
        "iterations": np.array([sample.iterations for sample in path.samples]),
    }


def _way(family: AbstractFamily, path: Path) -> Branch:
    return one_way(
        CYCLE,
        path.status,
        [_special(family, path, *pair) for pair in path.events],
        slipped=path.slips != 0,
        parameters=np.array([sample.cycle.parameter for sample in path.samples]),
        **cycle_arrays(path),
    )


def _special(family: AbstractFamily, path: Path, index: int, event: Event) -> SpecialPoint:
    form = _form(family, path.meshes[index + 1], event) if event.converged else None
    return point_on_cycle(
        event.kind,
        event.sample.cycle,
        normal_form=form,
        converged=event.converged,
        index=index,
        jump=event.jump,
        multiplicity=event.multiplicity,
        bracket=event.bracket,
        tangent=event.sample.tangent,
    )


def _form(family: AbstractFamily, mesh: Mesh, event: Event) -> CycleNormalForm | None:
    multipliers = event.sample.cycle.multipliers
    pairs = multipliers[np.imag(multipliers) > 0]
    angle = 0.0
    if event.kind == "neimark_sacker":
        angle = float(np.angle(pairs[np.argmin(np.abs(np.abs(pairs) - 1))]))
    sample = event.sample
    return cycle_normal_form(family, mesh, sample.point, sample.tangent, event.kind, angle)
