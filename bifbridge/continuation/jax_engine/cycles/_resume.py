"""Going on from the last point of a branch of cycles, perhaps read from a file."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation._families import as_family
from bifbridge.continuation.curves import Branch, CyclePoint
from bifbridge.continuation.curves._mesh import moved
from bifbridge.continuation.jax_engine.cycles._discretise import Mesh
from bifbridge.continuation.jax_engine.cycles._engine import CycleEngine, continue_cycles
from bifbridge.continuation.jax_engine.cycles._start import CycleStart


def resume_cycles(
    branch: Branch, family: Any, span: Sequence[float] | None, engine: CycleEngine | None
) -> Branch:
    """What follows the last cycle, see `Branch.resume`."""
    require_x64("the continuation of cycles")
    if len(branch) < 2 or span is None:
        raise ValueError(
            f"resume: got a branch of {len(branch)} cycles and span={span}, expected at least 2, "
            "which give the direction in which to go on, and branch.resume(family, (lower, upper))."
        )
    times = branch.times[-1]
    before = CyclePoint(
        moved(branch.times[-2], branch.nodes[-2], times)[:, :-1],
        np.array([branch.periods[-2], branch.parameters[-2]]),
    )
    here = CyclePoint(
        branch.nodes[-1][:, :-1], np.array([branch.periods[-1], branch.parameters[-1]])
    )
    ahead = CyclePoint(here.states - before.states, here.scalars - before.scalars)
    mesh = Mesh(times, branch.nodes.shape[2] - 1)
    start = CycleStart(as_family(family), mesh, here, ahead)
    return continue_cycles(start, (span[0], span[1]), engine)
