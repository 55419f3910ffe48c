"""The entropy rank of a kernel whose spectrum is only partly known."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._custom_types import ParameterVector
from bifbridge.sntk._estimate import Estimate, mean_and_error
from bifbridge.sntk._kernel import StateSpaceNTK
from bifbridge.sntk._spectrum_type import Spectrum


def entropy_rank_estimate(
    ntk: StateSpaceNTK,
    result: Spectrum,
    *,
    probes: int = 8,
    depth: int = 16,
    key: PRNGKeyArray | None = None,
) -> Estimate:
    """exp(−Σ qᵢ ln qᵢ), qᵢ = λᵢ/tr 𝒦, by stochastic Lanczos quadrature.

    The known eigenpairs enter exactly; tr PGP ln PGP of what they leave over, with P = 1 − VVᵀ,
    comes from `probes` random signs and `depth` Lanczos steps each (Ubaru, Chen and Saad, SIAM J.
    Matrix Anal. 38 (2017) 1075). The standard error is that of the probes and, to first order, of
    the trace; it does not count the quadrature's own error.

    Args:
        ntk: the kernel.
        result: its spectrum, from `spectrum`.
        probes: random sign vectors, at least 2.
        depth: Lanczos steps.
        key: source of randomness; fixed by default.

    Returns:
        The entropy rank; without error where the spectrum is complete.

    Raises:
        ValueError: if there are fewer than two probes or no Lanczos steps.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    if probes < 2 or depth < 1:
        raise ValueError(
            f"entropy_rank_estimate: got probes={probes} and depth={depth}, expected at least 2 "
            "and 1."
        )
    if result.entropy_rank is not None:
        return Estimate(jnp.asarray(result.entropy_rank), jnp.zeros(()), 0)
    left_over = ntk.n_parameters - result.right.shape[1]
    depth = min(depth, max(left_over, 1))
    signs = jr.rademacher(jr.key(0) if key is None else key, (probes, ntk.n_parameters), float)
    total, error = mean_and_error(_samples(ntk, result.right, signs, depth))
    known = result.eigenvalues[: result.right.shape[1]]
    total = total + jnp.sum(_times_logarithm(known))
    trace = result.trace
    mean = total / trace
    rank = jnp.exp(jnp.log(trace) - mean)
    spread = jnp.hypot(error / trace, (1 + mean) * result.trace_error / trace)
    return Estimate(rank, rank * spread, probes * depth)


@eqx.filter_jit
def _samples(
    ntk: StateSpaceNTK, basis: Float[Array, "p k"], signs: Float[Array, "s p"], depth: int
) -> Float[Array, " s"]:
    """sᵀ f(PGP) s with f(x) = x ln x, one number per probe."""

    def outside(x: ParameterVector) -> ParameterVector:
        return x - basis @ (basis.T @ x)

    def sample(sign: ParameterVector) -> Array:
        start = outside(sign)
        size = jnp.linalg.norm(start)
        diagonal, beside = _lanczos(lambda x: outside(ntk.gram(outside(x))), start / size, depth)
        matrix = jnp.diag(diagonal) + jnp.diag(beside, 1) + jnp.diag(beside, -1)
        values, vectors = jnp.linalg.eigh(matrix)
        return size**2 * jnp.sum(vectors[0] ** 2 * _times_logarithm(jnp.maximum(values, 0.0)))

    return jax.vmap(sample)(signs)


def _lanczos(product, start: ParameterVector, depth: int) -> tuple[Array, Array]:
    """The tridiagonal matrix of `depth` Lanczos steps with full reorthogonalisation."""

    def step(room: Array, i: Array) -> tuple[Array, tuple[Array, Array]]:
        vector = room[i]
        image = product(vector)
        diagonal = vector @ image
        for _ in range(2):
            image = image - room.T @ (room @ image)
        size = jnp.linalg.norm(image)
        following = jnp.where(size > 0, image / jnp.where(size > 0, size, 1.0), 0.0)
        return room.at[i + 1].set(following), (diagonal, size)

    room = jnp.zeros((depth + 1, start.size)).at[0].set(start)
    _, (diagonal, sizes) = jax.lax.scan(step, room, jnp.arange(depth))
    return diagonal, sizes[:-1]


def _times_logarithm(x: Array) -> Array:
    return x * jnp.log(jnp.where(x > 0, x, 1.0))
