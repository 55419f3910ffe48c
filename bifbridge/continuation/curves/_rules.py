"""How stability is read off a spectrum: Re λ of a flow, |μ| of a map or of a cycle."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class StabilityRule:
    """A rule that tells unstable from stable eigenvalues.

    Attributes:
        spectrum: what the eigenvalues are called.
        size: eigenvalues ↦ the number that decides, of the same shape.
        bound: above it an eigenvalue is unstable.
        least: the size where there are no eigenvalues.
    """

    spectrum: str
    size: Callable[[np.ndarray], np.ndarray]
    bound: float
    least: float

    def unstable(self, eigenvalues: np.ndarray) -> Any:
        """Number of unstable eigenvalues, over the last axis."""
        return np.sum(self.size(eigenvalues) > self.bound, axis=-1)

    def leading(self, eigenvalues: np.ndarray) -> Any:
        """The largest size, over the last axis."""
        return np.max(self.size(eigenvalues), axis=-1, initial=self.least)


#: Eigenvalues λ of a flow's Jacobian.
FLOW = StabilityRule("eigenvalues", np.real, 0.0, -np.inf)
#: Multipliers μ of a map's fixed point, or of a cycle.
MAP = StabilityRule("multipliers", np.abs, 1.0, 0.0)
