"""Spectral projectors onto critical eigenspaces, in real coordinates."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float


class SpectralProjector(eqx.Module):
    """Π = V Wᵀ with WᵀV = 1: states ↦ their part in a critical eigenspace along all others.

    Oblique unless the Jacobian is normal. The coordinates x = Wᵀz of a real eigenvalue are
    the amplitude a = wᵀz; those of a complex pair are (2 Re y, −2 Im y) with y = pᴴz.

    Attributes:
        right: V, shape (n, d), d = 1 or 2.
        left: W, shape (n, d).
    """

    right: Float[Array, "n d"]
    left: Float[Array, "n d"]

    @property
    def matrix(self) -> Float[Array, "n n"]:
        """Π itself."""
        return self.right @ self.left.T

    @property
    def complement(self) -> Float[Array, "n n"]:
        """1 − Π."""
        return jnp.eye(self.right.shape[0]) - self.matrix

    @property
    def isometric_coordinates(self) -> Float[Array, "d n"]:
        """A read-out whose kernel has the spectrum of Π𝒦Πᵀ: R Wᵀ with V = (isometry) R."""
        return jnp.linalg.qr(self.right)[1] @ self.left.T


def spectral_projector(
    right: Float[Array, " n"] | Complex[Array, " n"],
    left: Float[Array, " n"] | Complex[Array, " n"],
) -> SpectralProjector:
    """The projector of a real eigenvalue, v wᵀ, or of a complex pair, 2Re(q pᴴ).

    Args:
        right: v or q, shape (n,).
        left: w or p, shape (n,), with wᵀv = 1 or pᴴq = 1.

    Returns:
        The projector.

    Raises:
        ValueError: if the vectors are not normalised against each other.
    """
    product = complex(jnp.vdot(left, right))
    if abs(product - 1) > 1e-6:
        raise ValueError(
            f"spectral_projector: got left·right = {product:.6g}, expected 1. "
            "Divide the left vector by the conjugate of that product."
        )
    if not (jnp.iscomplexobj(right) or jnp.iscomplexobj(left)):
        return SpectralProjector(right[:, None], left[:, None])
    return SpectralProjector(
        jnp.stack([right.real, right.imag], 1), 2 * jnp.stack([left.real, left.imag], 1)
    )
