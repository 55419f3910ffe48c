"""Going on from the last point of a branch of cycles, perhaps read from a file."""

from typing import Any

import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation._families import as_family
from bifbridge.continuation.jax_engine.cycles._assemble import joined
from bifbridge.continuation.jax_engine.cycles._branch import CycleBranch
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint, Mesh
from bifbridge.continuation.jax_engine.cycles._engine import CycleEngine, continue_cycles
from bifbridge.continuation.jax_engine.cycles._mesh import moved
from bifbridge.continuation.jax_engine.cycles._start import CycleStart


def resume_cycles(
    family: Any,
    branch: CycleBranch,
    span: tuple[float | int, float | int],
    engine: CycleEngine | None = None,
) -> CycleBranch:
    """Follow a branch of cycles further from its last point.

    Args:
        family: the family of fields of the branch.
        branch: the branch, of at least two points.
        span: the parameter's interval; it may have been widened.
        engine: options; `CycleEngine()` unless given.

    Returns:
        The longer branch: the old points, then the new ones.

    Raises:
        ValueError: if the branch has fewer than two points.

    Example:
        See `continue_cycles`.
    """
    require_x64("the continuation of cycles")
    if len(branch) < 2:
        raise ValueError(
            f"resume_cycles: got a branch of {len(branch)} points, expected at least 2: they give "
            "the direction in which to go on."
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
    rest = continue_cycles(CycleStart(as_family(family), mesh, here, ahead), span, engine)
    return joined(branch, rest)
