"""In controlled families the effective rank collapses where the leading eigenvalue crosses zero."""

from pathlib import Path

import numpy as np

import bifbridge as bb
from claims._claim import Claim, Measured, Quantity, at_least, at_most, between
from claims._numbers import slope
from claims._systems import AMPLITUDE, PitchforkFamily

#: Far on the stable side.
FAR = -0.5


def measure(seed: int, quick: bool, folder: Path) -> Measured:
    """Effective rank and trace against μ, at several horizons."""
    family = PitchforkFamily(seed, units=16 + 8 * (seed % 2))
    horizons = (20.0,) if quick else (20.0, 40.0, 80.0)
    mus = np.linspace(FAR, 0.5, 5 if quick else 21)
    ranks, traces = {}, {}
    for horizon in horizons:
        spectra = [bb.spectrum(family.kernels(mu, horizon).measured) for mu in mus]
        ranks[horizon] = np.array([s.participation_ratio for s in spectra])
        traces[horizon] = np.array([float(s.trace) for s in spectra])
    first, crossing = horizons[0], int(np.argmin(np.abs(mus)))
    excess = [float(ranks[horizon][crossing] - 1) for horizon in horizons]
    lowest = np.array([mus[np.argmin(ranks[horizon])] for horizon in horizons])
    peaks = np.array([np.log(1 / AMPLITUDE) / horizon for horizon in horizons])
    return {
        "mu": list(mus),
        "ranks": {str(horizon): list(ranks[horizon]) for horizon in horizons},
        "far": ranks[first][0],
        "at": ranks[first][crossing],
        "fall": ranks[first][0] / ranks[first][crossing],
        "halfway": _halfway(mus, ranks[first]),
        "excess_slope": slope(horizons, excess) if len(horizons) > 1 else None,
        "lowest": lowest[0],
        "lowest_last": lowest[-1],
        "lowest_ratio": float(np.median(lowest / peaks)),
        "amplified": traces[first][crossing] / traces[first][0],
    }


def _halfway(mus: np.ndarray, ranks: np.ndarray) -> float:
    """μ at which the rank first passes the geometric mean of its values far off and at μ = 0."""
    target = np.sqrt(ranks[0] * ranks[np.argmin(np.abs(mus))])
    after = int(np.argmax(ranks <= target))
    low, high = np.log(ranks[after - 1]), np.log(ranks[after])
    part = (low - np.log(target)) / (low - high)
    return float(mus[after - 1] + part * (mus[after] - mus[after - 1]))


CLAIM = Claim(
    name="collapse",
    title="Collapse coincides with the first bifurcation: controlled families",
    statement=(
        "ż = −z + tanh(Wz), n = 16 or 24, the leading eigenvalue of the Jacobian moved from "
        "−0.5 to 0.5, the next one held at −0.77; one trial at a₀ = 0.02, T = 20 unless said. On "
        "the stable side the rank falls over a range of μ that the gap to the next eigenvalue "
        "sets, not T, because the critical part of the trace grows like 1/|μ|³ and the others do "
        "not. What is left of it at μ = 0 vanishes like 1/T², and the lowest rank lies past the "
        "crossing by about the delayed peak's ln(1/a₀)/T, so that it moves to the crossing as T "
        "grows."
    ),
    quantities=(
        Quantity("far", "effective rank at μ = −0.5", at_least(10)),
        Quantity("at", "effective rank at μ = 0", at_most(2), "1.23 in earlier runs"),
        Quantity("fall", "fall between the two, factor", at_least(8)),
        Quantity("amplified", "trace at μ = 0 over that at μ = −0.5", at_least(3)),
        Quantity("halfway", "μ at which the rank is halfway down (in logarithms)"),
        Quantity(
            "excess_slope",
            "power of T of (rank at μ = 0) − 1, T = 20 … 80",
            between(-2.4, -1.6),
            "−2",
        ),
        Quantity("lowest_last", "μ of the lowest rank at T = 80", between(0.0, 0.1), "0.049"),
        Quantity(
            "lowest_ratio",
            "μ of the lowest rank over ln(1/a₀)/T, median over T",
            between(0.6, 1.4),
            "1 (to 20–30 %)",
        ),
    ),
    measure=measure,
)
