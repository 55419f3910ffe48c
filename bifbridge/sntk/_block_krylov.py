"""Leading eigenpairs of G without forming it, and its trace with what they leave over."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._progress import progress
from bifbridge.sntk._estimate import mean_and_error
from bifbridge.sntk._kernel import StateSpaceNTK
from bifbridge.sntk._spectrum_type import Spectrum


class _Krylov(NamedTuple):
    """Orthonormal basis Q of a block Krylov space and G Q; unused columns are zero."""

    basis: Float[Array, "p m"]
    image: Float[Array, "p m"]


def krylov_spectrum(
    ntk: StateSpaceNTK,
    k: int,
    *,
    tolerance: float,
    block: int,
    max_blocks: int,
    probes: int,
    key: PRNGKeyArray,
) -> Spectrum:
    """Top eigenpairs by randomised block Krylov iteration, moments by deflated probing."""
    # Blocks are added until every wanted residual is below `tolerance` λ₁; a block, unlike a
    # single vector, also finds multiple eigenvalues. tr G = tr QᵀGQ + tr P G P and ‖G‖² = ‖GQ‖² +
    # ‖GP‖² with P = 1 − QQᵀ are exact, and only the P terms are estimated, by `probes` random
    # signs (Musco and Musco, NeurIPS 2015; Meyer et al., Hutch++, SOSA 2021).
    start_key, probe_key = jr.split(key)
    p = ntk.n_parameters
    max_blocks = min(max_blocks, max(1, p // block))
    start = jnp.linalg.qr(jr.normal(start_key, (p, block)))[0]
    room = jnp.zeros((p, block * max_blocks))
    krylov, vectors = _Krylov(room, room), start
    with progress("kernel spectrum", "blocks") as told:
        for i in range(max_blocks):
            krylov, vectors = _extend(ntk, krylov, vectors, jnp.asarray(i * block))
            told(i + 1)
            # Looking costs about as much as half a product: every second block is often enough.
            if (i + 1) * block >= k and i % 2 == 1 and _settled(_ritz(krylov, k), tolerance):
                break
    values, ritz, residuals = _ritz(krylov, k)
    trace, square = _moments(ntk, krylov, jr.rademacher(probe_key, (probes, p), float))
    return Spectrum(values, ritz, residuals, *trace, *square, complete=False)


@eqx.filter_jit
def _extend(
    ntk: StateSpaceNTK, krylov: _Krylov, vectors: Float[Array, "p b"], start: Array
) -> tuple[_Krylov, Float[Array, "p b"]]:
    """Append a block and its image; the next block is the image's new part."""
    image = jax.vmap(ntk.gram, in_axes=1, out_axes=1)(vectors)
    krylov = _Krylov(
        jax.lax.dynamic_update_slice_in_dim(krylov.basis, vectors, start, 1),
        jax.lax.dynamic_update_slice_in_dim(krylov.image, image, start, 1),
    )
    fresh = image
    for _ in range(3):  # the third pass turns what was only rounding into new directions
        fresh = jnp.linalg.qr(fresh - krylov.basis @ (krylov.basis.T @ fresh))[0]
    return krylov, fresh


@eqx.filter_jit
def _ritz(krylov: _Krylov, k: int) -> tuple[Array, Array, Array]:
    projected = krylov.basis.T @ krylov.image
    values, vectors = jnp.linalg.eigh((projected + projected.T) / 2)
    values, vectors = values[::-1][:k], vectors[:, ::-1][:, :k]
    ritz = krylov.basis @ vectors
    return values, ritz, jnp.linalg.norm(krylov.image @ vectors - ritz * values, axis=0)


def _settled(found: tuple[Array, Array, Array], tolerance: float) -> bool:
    values, _, residuals = found
    return bool(residuals.max() <= tolerance * values[0])


@eqx.filter_jit
def _moments(
    ntk: StateSpaceNTK, krylov: _Krylov, signs: Float[Array, "s p"]
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Trace and trace of the square, each with its standard error."""

    def probe(sign: Array) -> tuple[Array, Array]:
        left_over = sign - krylov.basis @ (krylov.basis.T @ sign)
        image = ntk.gram(left_over)
        return left_over @ image, image @ image

    # One by one: together they would leave the processor's cache.
    linear, quadratic = jax.lax.map(probe, signs)
    known = jnp.sum(krylov.basis * krylov.image), jnp.sum(krylov.image**2)
    trace, trace_error = mean_and_error(linear)
    square, square_error = mean_and_error(quadratic)
    return (known[0] + trace, trace_error), (known[1] + square, square_error)
