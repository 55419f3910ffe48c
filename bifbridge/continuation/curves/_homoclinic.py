"""The approach to a homoclinic orbit, seen by the period."""

import equinox as eqx
import numpy as np

#: How much the period must have grown, how many points must follow the law, and how well.
_GROWTH = 1.5
_POINTS = 4
_MISFIT = 0.05
#: Below this share of its largest value dp/dT is rounding.
_FLOOR = 1e-6


class HomoclinicApproach(eqx.Module):
    """T ≈ constant − ln|p − p*|/λ as a branch of cycles nears a saddle's homoclinic orbit.

    λ is the saddle's eigenvalue nearest zero, the one along which the cycle lingers (Kuznetsov,
    *Elements of Applied Bifurcation Theory*, section 6.2; Shilnikov for saddle-foci).

    Attributes:
        parameter: p*, extrapolated.
        rate: λ.
        period: the longest period reached.
    """

    parameter: float
    rate: float
    period: float

    def __repr__(self) -> str:
        return (
            f"heads for a homoclinic orbit at p ≈ {self.parameter:.8g}: period {self.period:.4g} "
            f"and growing like −ln|p − p*|/{self.rate:.4g}"
        )


def approach(parameters: np.ndarray, periods: np.ndarray) -> HomoclinicApproach | None:
    """Fit the logarithmic law to the end of a branch."""
    # From dp/dT = −λ(p − p*): the parameter relaxes exponentially in the period, so ln|Δp/ΔT|
    # against T is a straight line of slope −λ.
    if len(periods) < _POINTS + 1 or periods[-1] < _GROWTH * np.min(periods):
        return None
    if periods[-1] <= periods[-2]:  # it grew, and fell again
        return None
    slopes, middles = np.diff(parameters) / np.diff(periods), (periods[1:] + periods[:-1]) / 2
    growing = np.flatnonzero(np.diff(periods) <= 0)
    first = int(growing[-1]) + 1 if growing.size else 0
    last = _last_decaying(slopes[first:]) + first
    if last - first < _POINTS:
        return None
    use = slice(last - _POINTS, last)
    widths = np.diff(periods)[use]
    line, misfit = _line(middles[use], np.log(np.abs(slopes[use])), widths)
    rate = -line[0]
    spread = rate * (middles[use][-1] - middles[use][0])
    if rate <= 0 or spread < 1 or misfit > _MISFIT * spread:
        return None
    slope = np.sign(slopes[last - 1]) * np.exp(np.polyval(line, periods[last]))
    limit = float(parameters[last] + slope / rate)
    return HomoclinicApproach(limit, float(rate), float(periods[-1]))


def _last_decaying(slopes: np.ndarray) -> int:
    # One past the last slope of constant sign above rounding.
    sizes = np.abs(slopes)
    last = int(np.argmax(sizes)) + 1
    while (
        last < len(slopes)
        and slopes[last] * slopes[last - 1] > 0
        and _FLOOR * np.max(sizes) < sizes[last] < sizes[last - 1]
    ):
        last += 1
    return last


def _line(at: np.ndarray, logs: np.ndarray, widths: np.ndarray) -> tuple[np.ndarray, float]:
    # A chord of an exponential is steeper than its middle by sinh(x)/x: this is taken out.
    line = np.polyfit(at, logs, 1)
    bias = np.zeros_like(logs)
    for _ in range(30):
        half = np.maximum(-line[0] * widths / 2, 1e-9)
        bias = np.log(np.sinh(half) / half)
        line = np.polyfit(at, logs - bias, 1)
    return line, float(np.std(logs - bias - np.polyval(line, at)))
