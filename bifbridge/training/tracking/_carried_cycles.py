"""The cycles of a track, and their special points, held as those of a branch of cycles."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bifbridge._load import from_xarray
from bifbridge.continuation.curves import CYCLE, Cycle, arrays_of, bearer


def cycles_to_xarray(cycles: Sequence[Cycle], points: Sequence[Any]) -> Any:
    """At least one cycle, with the special points of the branches between them."""
    parameters = np.array([cycle.parameter for cycle in cycles])
    return bearer(points, CYCLE, parameters=parameters, **arrays_of(list(cycles))).to_xarray()


def cycles_from_xarray(dataset: Any) -> tuple[list[Cycle], tuple[Any, ...]]:
    """The inverse of `cycles_to_xarray`."""
    carrier = from_xarray(dataset)
    return [carrier.cycle(k) for k in range(len(carrier))], carrier.special_points
