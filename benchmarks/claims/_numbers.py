"""Numbers that several claims take from a predicted and a measured kernel."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np

import bifbridge as bb
from claims._systems import Pair


def kernel_numbers(pair: Pair) -> dict[str, float]:
    """Effective rank, errors and cosines.

    "error" is ‖𝒦 − 𝒦pred‖/‖𝒦‖ of the whole kernel of the states, "restricted" that of the kernel
    of the critical coordinates along the predicted directions.
    """
    measured = pair.measured.materialise()
    spectrum = bb.spectrum(measured)
    found = bb.compare(pair.predicted, measured, result=spectrum)
    ratio = float(jnp.linalg.norm(pair.predicted.eigenvalues) / jnp.sqrt(spectrum.trace_of_square))
    square = 1 + ratio**2 - 2 * ratio * found.operator_cosine
    return {
        "rank": spectrum.participation_ratio,
        "trace": float(spectrum.trace),
        "top": float(spectrum.eigenvalues[0]),
        "top_ratio": found.top_eigenvalue_ratio,
        "error": float(np.sqrt(max(square, 0.0))),
        "cosine": found.parameter_direction_cosine,
        "operator_cosine": found.operator_cosine,
        "restricted": found.critical_restricted_kernel_error,
    }


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """Exponent of a power law, fitted in logarithms."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])
