"""The interval of a parameter, checked where it enters."""

import math
from typing import Any


def checked_span(caller: str, span: Any, name: str = "span") -> tuple[float, float]:
    """The two ends of an interval, lower end first, both finite."""
    try:
        lower, upper = (float(end) for end in ([] if isinstance(span, str) else span))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{caller}: got {name}={span!r}, expected two numbers (lower, upper), such as "
            f"{name}=(0, 1)."
        ) from error
    if not (math.isfinite(lower) and math.isfinite(upper)):
        raise ValueError(
            f"{caller}: got {name}=({lower}, {upper}), expected finite numbers: the interval's "
            "length measures the steps."
        )
    if lower == upper:
        raise ValueError(
            f"{caller}: got {name}=({lower}, {upper}), expected lower < upper: an interval."
        )
    if lower > upper:
        raise ValueError(
            f"{caller}: got {name}=({lower}, {upper}), expected lower < upper: "
            f"{name}=({upper}, {lower}). To go down from the upper end, add parameter={lower}."
        )
    return lower, upper
