"""Channels by state: 𝒦 = cc + cr + rc + rr with a spectral projector Π."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._custom_types import Scalar
from bifbridge._short_repr import short_repr
from bifbridge.sntk._kernel import StateSpaceNTK, require_states
from bifbridge.sntk._materialised import AnySensitivity, MaterialisedSensitivity
from bifbridge.sntk._projector import SpectralProjector


class StateSplit(eqx.Module):
    """Traces of ΠKΠᵀ (cc), ΠK(1−Π)ᵀ (cr), its transpose (rc) and (1−Π)K(1−Π)ᵀ (rr).

    Π is oblique, so the traces of cc and rr alone need not add up to that of 𝒦; the cross traces,
    which may be negative, make up the difference exactly.

    Attributes:
        projector: Π.
        cc: tr Π𝒦Πᵀ.
        cr: tr Π𝒦(1−Π)ᵀ.
        rc: tr (1−Π)𝒦Πᵀ.
        rr: tr (1−Π)𝒦(1−Π)ᵀ.
        critical: kernel of the critical coordinates Wᵀz, of the same spectrum as Π𝒦Πᵀ.
        residual: kernel of (1−Π)z.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `state_split`.
    """

    projector: SpectralProjector
    cc: Scalar
    cr: Scalar
    rc: Scalar
    rr: Scalar
    critical: StateSpaceNTK
    residual: StateSpaceNTK

    @property
    def trace(self) -> Scalar:
        """The trace of 𝒦, the sum of the four."""
        return self.cc + self.cr + self.rc + self.rr

    @property
    def shares(self) -> dict[str, float]:
        """Each of the four relative to tr 𝒦; they sum to one."""
        parts = {"cc": self.cc, "cr": self.cr, "rc": self.rc, "rr": self.rr}
        return {name: float(part / self.trace) for name, part in parts.items()}

    __repr__ = short_repr


def state_split(
    ntk: StateSpaceNTK,
    projector: SpectralProjector,
    *,
    probes: int | None = None,
    key: PRNGKeyArray | None = None,
) -> StateSplit:
    """Split the kernel of the states by a spectral projector.

    Args:
        ntk: the kernel of the states (without read-out).
        projector: Π, of the equilibrium that the trials are near.
        probes: None for exact traces (p pushes unless materialised), else the number of random
            sign vectors that estimate them.
        key: randomness of the probes; fixed by default.

    Returns:
        The split.

    Raises:
        ValueError: if the kernel is that of a read-out.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (require_states raises)
    require_states(ntk, "state_split", whole=True)
    covariance = state_covariance(ntk.sensitivity, probes=probes, key=key)
    inside, outside = projector.matrix, projector.complement

    def trace(left: Array, right: Array) -> Array:
        return jnp.sum((left @ covariance) * right)

    return StateSplit(
        projector,
        trace(inside, inside),
        trace(inside, outside),
        trace(outside, inside),
        trace(outside, outside),
        ntk.observed(projector.isometric_coordinates),
        ntk.observed(outside),
    )


def state_covariance(
    sensitivity: AnySensitivity,
    *,
    probes: int | None = None,
    chunk: int = 64,
    key: PRNGKeyArray | None = None,
) -> Float[Array, "n n"]:
    """(1/N) Σᵢ Σₜ wₜ Sᵢ(t) Sᵢ(t)ᵀ, from which every trace of projected kernels follows."""
    if isinstance(sensitivity, MaterialisedSensitivity):
        return _covariance_of_columns(sensitivity)
    p = sensitivity.theta.size
    if probes is None:
        return _covariance_of_pushes(sensitivity, jnp.eye(p), chunk)
    signs = jr.rademacher(jr.key(0) if key is None else key, (probes, p), float)
    return _covariance_of_pushes(sensitivity, signs, chunk) / probes


@jax.jit
def _covariance_of_columns(sensitivity: MaterialisedSensitivity) -> Array:
    flat = (sensitivity.columns * jnp.sqrt(sensitivity.measure)).reshape(
        -1, sensitivity.columns.shape[-1]
    )
    return flat.T @ flat


@eqx.filter_jit
def _covariance_of_pushes(sensitivity: AnySensitivity, directions: Array, chunk: int) -> Array:
    def contribution(direction: Array) -> Array:
        moved = sensitivity.push(direction)
        flat = (moved * jnp.sqrt(sensitivity.measure)).reshape(-1, moved.shape[-1])
        return flat.T @ flat

    return jax.lax.map(contribution, directions, batch_size=chunk).sum(0)
