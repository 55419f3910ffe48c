"""Steps in which two crossings may have cancelled."""

import numpy as np


def suspects(eigenvalues: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Steps in which two crossings may have cancelled.

    Args:
        eigenvalues: along the branch, by falling real part, shape (K, n).
        lengths: of the K − 1 steps.

    Returns:
        One boolean per step.
    """
    real = np.real(eigenvalues)
    count = np.sum(real > 0, axis=1)
    found = np.zeros(lengths.size, bool)
    for k in np.flatnonzero(count[1:] == count[:-1]):
        for j in (count[k] - 1, count[k]):
            if 0 <= j < real.shape[1]:
                found[k] |= _dips(real[:, j], lengths, int(k))
    return found


def _dips(values: np.ndarray, lengths: np.ndarray, k: int) -> bool:
    sign = 1.0 if values[k] > 0 else -1.0
    inward = None if k == 0 else sign * (values[k - 1] - values[k]) / lengths[k - 1]
    last = k + 1 == lengths.size
    outward = None if last else sign * (values[k + 2] - values[k + 1]) / lengths[k + 1]
    u = outward if inward is None else inward
    v = inward if outward is None else outward
    if u is None or v is None or u <= 0 or v <= 0:
        return False
    a, b = abs(values[k]), abs(values[k + 1])
    return bool((a * v + b * u - u * v * lengths[k]) / (u + v) < 0.25 * min(a, b))
