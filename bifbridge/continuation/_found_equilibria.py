"""What a search for equilibria returns."""

from typing import Literal

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float, Int

from bifbridge._result import AbstractResult

Kind = Literal["stable", "unstable", "slow"]

#: Points that the text names.
_SHOWN = 8


class Equilibria(AbstractResult):
    """Distinct equilibria and slow points, equilibria first, by speed and then by stability.

    Attributes:
        states: shape (k, n).
        eigenvalues: of the Jacobian at each, by falling real part, shape (k, n).
        speeds: |f| at each, shape (k,): rounding at an equilibrium, more at a slow point.
        kinds: "stable" or "unstable" equilibrium, or "slow": a minimum of |f|² that is not zero,
            where a flow lingers without resting.
        found_from: how many starts led to each, shape (k,); 0 for those that only deflation
            found.

    Example:
        See `find_equilibria`.
    """

    states: Float[np.ndarray, "k n"]
    eigenvalues: Complex[np.ndarray, "k n"]
    speeds: Float[np.ndarray, " k"]
    kinds: tuple[Kind, ...] = eqx.field(static=True)
    found_from: Int[np.ndarray, " k"]

    @property
    def equilibria(self) -> Float[np.ndarray, "e n"]:
        """The states that are equilibria, without the slow points."""
        return self.states[[kind != "slow" for kind in self.kinds]]

    @property
    def unstable(self) -> Int[np.ndarray, " k"]:
        """Number of eigenvalues with positive real part at each, shape (k,)."""
        return np.sum(np.real(self.eigenvalues) > 0, axis=1)

    @property
    def leading(self) -> Float[np.ndarray, " k"]:
        """Largest real part of the eigenvalues at each, shape (k,)."""
        return np.max(np.real(self.eigenvalues), axis=1, initial=-np.inf)

    def __len__(self) -> int:
        return len(self.kinds)

    def __repr__(self) -> str:
        lines = [f"{len(self.equilibria)} equilibria, {self.kinds.count('slow')} slow points"]
        for k, kind in enumerate(self.kinds[:_SHOWN]):
            what = f"{kind} ({self.unstable[k]} unstable)" if kind == "unstable" else kind
            lines.append(
                f"  {k}: {what}, |f| = {self.speeds[k]:.1e}, largest real part "
                f"{self.leading[k]:.4g}, from {self.found_from[k]} starts"
            )
        if len(self) > _SHOWN:
            lines.append(f"  … and {len(self) - _SHOWN} more, see to_dataframe()")
        return "\n".join(lines)
