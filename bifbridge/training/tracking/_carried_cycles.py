"""The cycles of a track, and their special points, held as those of a branch of cycles."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bifbridge._load import from_xarray
from bifbridge.continuation import Balance, Cycle, CycleBranch, Status


def cycles_to_xarray(cycles: Sequence[Cycle], points: Sequence[Any]) -> Any:
    """At least one cycle, with the special points of the branches between them."""
    carrier = CycleBranch(
        parameters=np.array([cycle.parameter for cycle in cycles]),
        periods=np.array([cycle.period for cycle in cycles]),
        maxima=np.stack([cycle.maximum for cycle in cycles]),
        minima=np.stack([cycle.minimum for cycle in cycles]),
        multipliers=np.stack([np.asarray(cycle.multipliers) for cycle in cycles]),
        trivial=np.array([cycle.trivial for cycle in cycles]),
        steps=np.zeros(len(cycles)),
        iterations=np.zeros(len(cycles), int),
        times=np.stack([np.asarray(cycle.times) for cycle in cycles]),
        nodes=np.stack([np.asarray(cycle.nodes) for cycle in cycles]),
        special_points=tuple(points),
        balance=Balance(0, 0, 0, 0, True),
        status=Status.SPAN_END,
        ends=(Status.SPAN_END, Status.SPAN_END),
    )
    return carrier.to_xarray()


def cycles_from_xarray(dataset: Any) -> tuple[list[Cycle], tuple[Any, ...]]:
    """The inverse of `cycles_to_xarray`."""
    carrier = from_xarray(dataset)
    return [carrier.cycle(k) for k in range(len(carrier))], carrier.special_points
