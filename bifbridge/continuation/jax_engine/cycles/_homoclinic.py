"""The approach to a homoclinic orbit, seen by the period."""

import equinox as eqx
import numpy as np

#: How much the period must have grown over the fitted points, and how well the law must hold.
_GROWTH = 1.3
_POINTS = 8
_MISFIT = 0.02


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
    """Fit the logarithmic law to the end of a branch.

    From dp/dT = −λ(p − p*): the parameter relaxes exponentially in the period, so
    ln|Δp/ΔT| against T is a straight line of slope −λ.

    Args:
        parameters: p along the branch, shape (K,).
        periods: T along the branch, shape (K,).

    Returns:
        The approach; None where the period does not diverge in this way.
    """
    if len(periods) < _POINTS:
        return None
    p, t = parameters[-_POINTS:], periods[-_POINTS:]
    dp, dt = np.diff(p), np.diff(t)
    # Once the parameter has converged to rounding there is nothing left to fit.
    moving = np.abs(dp) > 1e-11 * (1 + np.abs(p[1:]))
    if np.any(dt <= 0) or t[-1] < _GROWTH * t[0]:
        return None
    if np.sum(moving) < 4:
        return _extended(parameters, periods)
    return _fit(p, t, dp, dt, moving)


def _extended(parameters: np.ndarray, periods: np.ndarray) -> HomoclinicApproach | None:
    # Walk back to where the parameter still moved.
    moved = np.abs(np.diff(parameters)) > 1e-11 * (1 + np.abs(parameters[1:]))
    last = int(np.max(np.flatnonzero(moved), initial=0)) + 2
    if last < _POINTS:
        return None
    p, t = parameters[last - _POINTS : last], periods[last - _POINTS : last]
    dp, dt = np.diff(p), np.diff(t)
    if np.any(dt <= 0) or np.any(dp == 0):
        return None
    found = _fit(p, t, dp, dt, np.ones(_POINTS - 1, bool))
    if found is None:
        return None
    return HomoclinicApproach(found.parameter, found.rate, float(periods[-1]))


def _fit(
    p: np.ndarray, t: np.ndarray, dp: np.ndarray, dt: np.ndarray, use: np.ndarray
) -> HomoclinicApproach | None:
    if not (np.all(dp[use] > 0) or np.all(dp[use] < 0)):
        return None
    # The chord's slope of an exponential, taken at the middle, is off by sinh(x)/x: undo it.
    middle = (t[1:] + t[:-1]) / 2
    log_slope = np.log(np.abs(dp / np.where(dt > 0, dt, 1.0)), where=dp != 0, out=np.zeros_like(dp))
    rate = -np.polyfit(middle[use], log_slope[use], 1)[0]
    for _ in range(20):
        half = np.maximum(rate * dt / 2, 1e-12)
        bias = np.log(np.sinh(half) / half)
        line = np.polyfit(middle[use], (log_slope - bias)[use], 1)
        rate = -line[0]
        if rate <= 0:
            return None
    misfit = np.std((log_slope - bias - np.polyval(line, middle))[use])
    spread = rate * (middle[use][-1] - middle[use][0])
    if misfit > _MISFIT * max(spread, 1.0) or spread < 1.0:
        return None
    last = np.flatnonzero(use)[-1] + 1
    slope = np.sign(dp[use][0]) * np.exp(np.polyval(line, t[last]))
    return HomoclinicApproach(float(p[last] + slope / rate), float(rate), float(t[-1]))
