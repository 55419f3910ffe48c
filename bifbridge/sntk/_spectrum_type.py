"""The spectrum of a kernel, and the effective ranks read from it."""

import math
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector, Scalar
from bifbridge._result import AbstractResult


class Spectrum(AbstractResult):
    """Leading eigenvalues of 𝒦 (and G) with its first two spectral moments.

    "Effective rank" has several meanings; each is a property with its own name, and
    `participation_ratio` is the one meant where none is named.

    Attributes:
        eigenvalues: largest first, shape (K,); all that can be non-zero if `complete`.
        right: right singular vectors of S for the first k of them, orthonormal, shape (p, k).
        residuals: ‖G v − λ v‖ of those k; each eigenvalue is at most this far from the spectrum.
        trace: tr 𝒦.
        trace_error: its standard error; zero if exact.
        trace_of_square: tr 𝒦².
        trace_of_square_error: its standard error; zero if exact.
        complete: whether every eigenvalue is there (static).

    Example:
        See [The state-space kernel](../state-space-ntk.md): `spectrum`.
    """

    eigenvalues: Float[Array, " K"]
    right: Float[Array, "p k"]
    residuals: Float[Array, " k"]
    trace: Scalar
    trace_error: Scalar
    trace_of_square: Scalar
    trace_of_square_error: Scalar
    complete: bool = eqx.field(static=True)

    @property
    def top_right_singular_vector(self) -> ParameterVector:
        """The parameter direction that moves the trajectories most, a unit vector, shape (p,)."""
        return self.right[:, 0]

    @property
    def participation_ratio(self) -> float:
        """(tr 𝒦)²/tr 𝒦²: k for k equal eigenvalues."""
        return float(_ratio(self.trace**2, self.trace_of_square))

    @property
    def participation_ratio_error(self) -> float:
        """First-order standard error of the participation ratio."""
        relative = jnp.hypot(
            2 * _ratio(self.trace_error, self.trace),
            _ratio(self.trace_of_square_error, self.trace_of_square),
        )
        return self.participation_ratio * float(relative)

    @property
    def stable_rank(self) -> float:
        """The trace over the largest eigenvalue, tr 𝒦/λ₁."""
        return float(_ratio(self.trace, self.eigenvalues[0]))

    @property
    def entropy_rank(self) -> float | None:
        """exp(−Σ qᵢ ln qᵢ) with qᵢ = λᵢ/tr 𝒦; None unless every eigenvalue is known."""
        if not self.complete:
            return None
        share = _ratio(self.eigenvalues, self.trace)
        logarithm = jnp.log(jnp.where(share > 0, share, 1.0))
        return math.exp(-float(jnp.sum(share * logarithm)))

    def count(self, share: float = 0.95) -> int | None:
        """How many eigenvalues make up a share of the trace.

        Args:
            share: between 0 and 1.

        Returns:
            The number, or None if the known eigenvalues do not reach that share.
        """
        reached = jnp.cumsum(self.eigenvalues) >= share * self.trace * (1 - 1e-12)
        return int(jnp.argmax(reached)) + 1 if bool(reached.any()) else None

    @property
    def top_share(self) -> float:
        """λ₁/tr 𝒦 = f, which certifies 1 ≤ participation ratio ≤ 1/f²."""
        return float(_ratio(self.eigenvalues[0], self.trace))

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, by name.

        Returns:
            A dictionary that JSON can hold.
        """
        return {
            "eigenvalues": [float(x) for x in self.eigenvalues],
            "trace": float(self.trace),
            "trace_standard_error": float(self.trace_error),
            "trace_of_square": float(self.trace_of_square),
            "participation_ratio": self.participation_ratio,
            "participation_ratio_standard_error": self.participation_ratio_error,
            "entropy_rank": self.entropy_rank,
            "stable_rank": self.stable_rank,
            "count_95_percent": self.count(0.95),
            "top_share": self.top_share,
            "complete": self.complete,
        }

    def __repr__(self) -> str:
        shown = ", ".join(f"{float(x):.4g}" for x in self.eigenvalues[:5])
        more = ", …" if self.eigenvalues.size > 5 else ""
        ratio = _stated(self.participation_ratio, self.participation_ratio_error)
        return "\n".join([
            f"Spectrum: {self.eigenvalues.size} eigenvalues [{shown}{more}]"
            f"{'' if self.complete else ', the largest ones'}",
            f"  participation ratio {ratio}, stable rank {_stable_rank(self):.4g}",
            f"  trace {_stated(float(self.trace), float(self.trace_error))}, "
            f"right singular vectors {self.right.shape}",
        ])


def _stated(value: float, error: float) -> str:
    return f"{value:.6g} ± {error:.2g}" if error else f"{value:.6g}"


def _stable_rank(spectrum: Spectrum) -> float:
    return spectrum.stable_rank if spectrum.eigenvalues.size else 0.0


def _ratio(numerator: Array, denominator: Array) -> Array:
    """Zero for a kernel that is zero."""
    safe = jnp.where(denominator == 0, 1.0, denominator)
    return jnp.where(denominator == 0, 0.0, numerator / safe)
