"""The rectangle of parameters in which a curve is followed."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Span = tuple[float, float]


def inside(
    caller: str, parameters: Sequence[float] | np.ndarray, spans: tuple[Span, Span]
) -> tuple[float, float]:
    """The parameters of a start, checked."""
    given: Any = zip("pq", parameters, spans, strict=True)
    for name, value, (low, high) in given:
        if not low <= value <= high:
            raise ValueError(
                f"{caller}: the start {name} = {value} lies outside ({low}, {high}); "
                "widen the span."
            )
    return float(parameters[0]), float(parameters[1])
