"""Spectral projectors onto critical eigenspaces, in real coordinates."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, Inexact

from bifbridge._short_repr import short_repr


class SpectralProjector(eqx.Module):
    """Π = V Wᵀ with WᵀV = 1: states ↦ their part in a critical eigenspace along all others.

    Oblique unless the Jacobian is normal. The coordinates x = Wᵀz of a real eigenvalue are
    the amplitude a = wᵀz; those of a complex pair are (2 Re y, −2 Im y) with y = pᴴz.

    Attributes:
        right: V, shape (n, d): d = 1 or 2, more where several eigenvalues are critical together.
        left: W, shape (n, d).

    Example:
        See `spectral_projector`.
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

    __repr__ = short_repr


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

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.sntk import spectral_projector
        >>> spectral_projector(jnp.array([1.0, 0.0]), jnp.array([1.0, 2.0])).matrix  # v wᵀ
        Array([[1., 2.],
               [0., 0.]], dtype=float64)
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


def block_projector(
    rights: Inexact[Array, "k n"], lefts: Inexact[Array, "k n"]
) -> SpectralProjector:
    """The projector on several eigenvectors or a Jordan chain together, as at codimension two.

    Each pair adds v wᵀ if it is real and 2Re(q pᴴ) if it is complex: (q₀, q₁) and (p₀, p₁) at a
    Bogdanov-Takens point, (q₀, q₁, q₁) with a real first one at a zero-Hopf point.

    Args:
        rights: right vectors; a vector without imaginary part counts as real.
        lefts: left vectors, biorthogonal to them: pᵢᴴqⱼ = δᵢⱼ.

    Returns:
        The projector.

    Raises:
        ValueError: if the vectors are not biorthogonal.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.sntk import block_projector
        >>> block_projector(jnp.eye(3)[:2], jnp.eye(3)[:2]).matrix.diagonal()
        Array([1., 1., 0.], dtype=float64)
    """  # noqa: DOC502 (a helper raises)
    columns, rows = [], []
    for right, left in zip(rights, lefts, strict=True):
        if jnp.iscomplexobj(right) and float(jnp.abs(right.imag).max()) > 0:
            columns += [right.real, right.imag]
            rows += [2 * left.real, 2 * left.imag]
        else:
            columns.append(right.real)
            rows.append(left.real)
    return _biorthogonal(jnp.stack(columns, 1), jnp.stack(rows, 1))


def invariant_projector(matrix: Float[Array, "n n"], count: int) -> SpectralProjector:
    """The projector on the `count` eigenvalues nearest the imaginary axis, taken together.

    From two ordered real Schur forms, so it is well conditioned also where eigenvalues of the
    block meet and their eigenvectors become parallel (Bogdanov-Takens). V is orthonormal.

    Args:
        matrix: the Jacobian A, shape (n, n).
        count: d; complex pairs count twice and are kept together.

    Returns:
        Π = V Wᵀ.

    Raises:
        ValueError: if the block would separate a complex pair, or is empty or everything.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.sntk import invariant_projector
        >>> invariant_projector(jnp.diag(jnp.array([-1.0, 0.0, -2.0])), 1).matrix.round(12) + 0.0
        Array([[0., 0., 0.],
               [0., 1., 0.],
               [0., 0., 0.]], dtype=float64)
    """
    import scipy.linalg as sl

    a = np.asarray(matrix)
    sizes = np.sort(np.abs(np.linalg.eigvals(a).real))
    if not 0 < count < a.shape[0] or sizes[count] - sizes[count - 1] < 1e-10 * (1 + sizes[-1]):
        raise ValueError(
            f"invariant_projector: got count={count} for eigenvalues with |Re λ| = "
            f"{[float(f'{x:.3g}') for x in sizes]}; expected a number after which there is a gap."
        )
    limit = float(sizes[count - 1] + sizes[count]) / 2
    right, left = (
        sl.schur(x, sort=lambda real, imaginary: abs(real) < limit)[1][:, :count] for x in (a, a.T)
    )
    return _biorthogonal(jnp.asarray(right), jnp.asarray(left @ np.linalg.inv(right.T @ left)))


def _biorthogonal(right: Array, left: Array) -> SpectralProjector:
    error = float(jnp.abs(left.T @ right - jnp.eye(right.shape[1])).max())
    if error > 1e-6:
        raise ValueError(
            f"block_projector: left and right vectors are off biorthogonality by {error:.3g}; "
            "expected pᵢᴴqⱼ = δᵢⱼ."
        )
    return SpectralProjector(right, left)
