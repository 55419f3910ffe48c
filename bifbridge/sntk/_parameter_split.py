"""Channels by parameter direction: 𝒦 = (SU)(SU)* + S(1 − UUᵀ)S*, no cross terms."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import Scalar
from bifbridge._short_repr import short_repr
from bifbridge.sntk._kernel import StateSpaceNTK
from bifbridge.sntk._spectrum import spectrum
from bifbridge.sntk._spectrum_type import Spectrum


class ParameterSplit(eqx.Module):
    """A kernel as the sum of two positive parts, by an orthonormal set U of directions.

    The first part has rank at most k; its share of the trace measures how far the directions
    dominate.

    Attributes:
        directions: U, orthonormal, shape (p, k).
        critical_eigenvalues: of (SU)(SU)*, largest first, shape (k,).
        critical_trace: tr (SU)(SU)*.
        residual_trace: tr S(1 − UUᵀ)S*.
        residual: the second part, a kernel of its own.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `parameter_split`.
    """

    directions: Float[Array, "p k"]
    critical_eigenvalues: Float[Array, " k"]
    critical_trace: Scalar
    residual_trace: Scalar
    residual: StateSpaceNTK

    @property
    def share(self) -> Scalar:
        """Critical share of the trace, between 0 and 1."""
        total = self.critical_trace + self.residual_trace
        return self.critical_trace / jnp.where(total == 0, 1.0, total)

    __repr__ = short_repr


def parameter_split(
    ntk: StateSpaceNTK, gradients: Float[Array, "k p"], *, total: Spectrum | None = None
) -> ParameterSplit:
    """Split a kernel by the span of some gradients (∇θμ; for Hopf ∇θRe λ and ∇θIm λ).

    Args:
        ntk: the kernel.
        gradients: k linearly independent parameter directions, shape (k, p).
        total: spectrum of the kernel, for its trace; computed when not given.

    Returns:
        The split; the residual trace carries the error of `total`'s.

    Raises:
        ValueError: if the gradients are dependent or have the wrong length.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    if gradients.ndim != 2 or gradients.shape[1] != ntk.n_parameters:
        raise ValueError(
            f"parameter_split: got gradients of shape {gradients.shape}, expected "
            f"(k, {ntk.n_parameters}); write gradient[None, :] for a single one."
        )
    directions = orthonormal_columns(gradients)
    moved = jnp.stack([ntk.weighted(ntk.push(column)) for column in directions.T])
    values = jnp.linalg.eigvalsh(moved @ moved.T)[::-1]
    trace = spectrum(ntk).trace if total is None else total.trace
    residual = StateSpaceNTK(ntk.sensitivity, ntk.readout, removed=directions)
    left_over = jnp.maximum(trace - values.sum(), 0.0)
    return ParameterSplit(directions, values, values.sum(), left_over, residual)


def orthonormal_columns(gradients: Float[Array, "k p"]) -> Float[Array, "p k"]:
    """An orthonormal basis of the span of some directions."""
    norms = jnp.linalg.norm(gradients, axis=1)
    scaled = (gradients / jnp.where(norms == 0, 1.0, norms)[:, None]).T
    basis, triangle = jnp.linalg.qr(scaled)
    if float(jnp.abs(jnp.diag(triangle)).min()) < 1e-10:
        raise ValueError(
            "parameter_split: the parameter directions are linearly dependent or zero "
            f"(norms {[float(x) for x in norms]}); pass independent ones."
        )
    return basis * jnp.sign(jnp.diag(triangle))
