"""Whether the bifurcation's own direction dominates the kernel: the condition, evaluated."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._short_repr import short_repr
from bifbridge.sntk._kernel import StateSpaceNTK, require_states
from bifbridge.sntk._parameter_split import orthonormal_columns
from bifbridge.sntk._projector import SpectralProjector
from bifbridge.sntk._spectrum import spectrum


class Dominance(eqx.Module):
    """Norms of S cut by state (Π and 1 − Π) and by parameters (U and the rest R).

    If the critical coordinate α depended on R not at all, then
    ‖∂_R z‖/‖∂_U z‖ ≤ M_R/(‖∂_U α‖ − M_U) with M the norms of the residual states' responses
    (Hazelden and Shea-Brown, arXiv 2605.12763). It does depend on R at higher order: `leak` says
    how much, and where it is larger than M_R the bound need not hold.

    Attributes:
        critical: ‖∂_U α‖ = ‖ΠSU‖.
        residual_of_critical: M_U = ‖(1−Π)SU‖.
        residual: M_R = ‖(1−Π)S(1−UUᵀ)‖.
        leak: ‖ΠS(1−UUᵀ)‖.
        ratio: measured ‖S(1−UUᵀ)‖/‖SU‖; its square is the residual kernel over the critical one.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `dominance`.
    """

    critical: float
    residual_of_critical: float
    residual: float
    leak: float
    ratio: float

    @property
    def bound(self) -> float:
        """M_R/(‖∂_U α‖ − M_U); infinite where the condition says nothing."""
        room = self.critical - self.residual_of_critical
        return self.residual / room if room > 0 else float("inf")

    @property
    def holds(self) -> bool:
        """Whether the measured ratio respects the bound."""
        return self.ratio <= self.bound

    __repr__ = short_repr


def dominance(
    ntk: StateSpaceNTK, projector: SpectralProjector, gradients: Float[Array, "k p"]
) -> Dominance:
    """Evaluate the dominance condition on a kernel of the states.

    Args:
        ntk: the kernel of the states.
        projector: Π of the equilibrium that the trials are near.
        gradients: ∇θμ (and ∇θω for a Hopf bifurcation), shape (k, p).

    Returns:
        The norms, the bound and the measured ratio.

    Raises:
        ValueError: if the kernel is that of a read-out.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (require_states raises)
    require_states(ntk, "dominance")
    directions = orthonormal_columns(gradients)
    whole = _norm_along(ntk, directions)
    inside, outside = projector.isometric_coordinates, projector.complement
    rest = StateSpaceNTK(ntk.sensitivity, removed=directions)
    return Dominance(
        critical=_norm_along(ntk.observed(inside), directions),
        residual_of_critical=_norm_along(ntk.observed(outside), directions),
        residual=_norm(rest.observed(outside)),
        leak=_norm(rest.observed(inside)),
        ratio=_norm(rest) / whole,
    )


def _norm_along(ntk: StateSpaceNTK, directions: Float[Array, "p k"]) -> float:
    moved = jnp.stack([ntk.weighted(ntk.push(column)) for column in directions.T])
    return float(jnp.linalg.norm(moved, 2))


def _norm(ntk: StateSpaceNTK) -> float:
    return float(jnp.sqrt(spectrum(ntk, k=1).eigenvalues[0]))
