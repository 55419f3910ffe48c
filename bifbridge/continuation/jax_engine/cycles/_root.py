"""A zero between two ends of opposite sign."""

from collections.abc import Callable

import numpy as np


def bracketed_root(
    function: Callable[[float], float],
    a: float,
    value_a: float,
    b: float,
    value_b: float,
    tolerance: float,
) -> float:
    """Chandrupatla's method: inverse quadratic interpolation where it is safe, else bisection."""
    # Chandrupatla, Adv. Eng. Software 28 (1997) 145. The bracket is never left.
    c, value_c, share = a, value_a, 0.5
    for _ in range(80):
        at = a + share * (b - a)
        value = function(at)
        if not np.isfinite(value):
            break
        if (value > 0) == (value_a > 0):
            c, value_c = a, value_a
        else:
            c, b, value_c, value_b = b, a, value_b, value_a
        a, value_a = at, value
        best = a if abs(value_a) < abs(value_b) else b
        limit = tolerance / max(abs(b - a), 1e-300)
        if limit > 0.5 or value_a == 0:
            return best
        share = _share(a, value_a, b, value_b, c, value_c)
        share = min(max(share, limit), 1 - limit)
    return a if abs(value_a) < abs(value_b) else b


def _share(a: float, fa: float, b: float, fb: float, c: float, fc: float) -> float:
    x, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
    if not phi**2 < x < 1 - (1 - phi) ** 2:
        return 0.5
    return fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
