"""The cycles of a track, and their special points, held as those of a branch of cycles."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bifbridge._load import from_xarray
from bifbridge.continuation.curves import CYCLE, Balance, Branch, Cycle, Status, orbits_of


def cycles_to_xarray(cycles: Sequence[Cycle], points: Sequence[Any]) -> Any:
    """At least one cycle, with the special points of the branches between them."""
    count = len(cycles)
    carrier = Branch(
        parameters=np.array([cycle.parameter for cycle in cycles]),
        states=np.stack([np.asarray(cycle.nodes)[0, 0] for cycle in cycles]),
        tangents=np.zeros((count, 0)),
        eigenvalues=np.stack([np.asarray(cycle.multipliers) for cycle in cycles]),
        steps=np.zeros(count),
        iterations=np.zeros(count, int),
        special_points=tuple(points),
        balance=Balance(0, 0, 0, 0, True),
        status=Status.SPAN_END,
        ends=(Status.SPAN_END, Status.SPAN_END),
        solution=CYCLE,
        orbits=orbits_of(list(cycles)),
    )
    return carrier.to_xarray()


def cycles_from_xarray(dataset: Any) -> tuple[list[Cycle], tuple[Any, ...]]:
    """The inverse of `cycles_to_xarray`."""
    carrier = from_xarray(dataset)
    return [carrier.cycle(k) for k in range(len(carrier))], carrier.special_points
