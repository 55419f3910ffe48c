"""Steps in which two crossings may have cancelled."""

import numpy as np


def suspects(eigenvalues: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Steps in which two crossings may have cancelled."""
    real = np.real(eigenvalues)
    count = np.sum(real > 0, axis=1)
    found = np.zeros(lengths.size, bool)
    for j in np.unique([count - 1, count]):
        if 0 <= j < real.shape[1]:
            near = (count[:-1] == j) | (count[:-1] == j + 1)
            found |= near & (count[1:] == count[:-1]) & _dips(real[:, j], lengths)
    return found


def _dips(values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    # Steps in which a value heads for zero on one side and comes back on the other: the tangents
    # outside, extended into the step, meet near zero or behind it.
    sign = np.where(values[:-1] > 0, 1.0, -1.0)
    slopes = np.diff(values) / lengths
    inward, outward = np.full((2, lengths.size), np.nan)
    inward[1:], outward[:-1] = -sign[1:] * slopes[:-1], sign[:-1] * slopes[1:]
    # At the ends of the branch the one slope there is stands for both.
    u = np.where(np.isnan(inward), outward, inward)
    v = np.where(np.isnan(outward), inward, outward)
    a, b = np.abs(values[:-1]), np.abs(values[1:])
    approach = (u > 0) & (v > 0)
    sum_of_slopes = np.where(approach, u + v, 1.0)
    return approach & ((a * v + b * u - u * v * lengths) / sum_of_slopes < 0.25 * np.minimum(a, b))
