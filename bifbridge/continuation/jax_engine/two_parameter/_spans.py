"""The rectangle of parameters in which a curve is followed."""

from typing import Any

from bifbridge._custom_types import Span
from bifbridge.continuation.curves import SpecialPoint


def start_parameters(
    caller: str, point: SpecialPoint, second: float | None, spans: tuple[Span, Span]
) -> tuple[float, float]:
    """The parameters of a start, checked; a point of codimension two has its own second one."""
    if point.second_parameter is not None:
        second = point.second_parameter
    if second is None:
        raise ValueError(f"{caller}: the second parameter at the point is not known; give second=.")
    start = (float(point.parameter), float(second))
    given: Any = zip("pq", start, spans, strict=True)
    for name, value, (low, high) in given:
        if not low <= value <= high:
            raise ValueError(
                f"{caller}: the start {name} = {value} lies outside ({low}, {high}); "
                "widen the span."
            )
    return start
