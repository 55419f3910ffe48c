"""How far the products of two kernels are apart: those in single precision, say, and in double."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._short_repr import short_repr
from bifbridge.sntk._kernel import StateSpaceNTK


class ProductError(eqx.Module):
    """Root mean square errors relative to the root mean square size, over random vectors.

    Attributes:
        push: of S δθ.
        pull: of S* e.
        gram: of G δθ.
    """

    push: float
    pull: float
    gram: float

    __repr__ = short_repr


def product_error(
    approximate: StateSpaceNTK,
    reference: StateSpaceNTK,
    *,
    probes: int = 8,
    key: PRNGKeyArray | None = None,
) -> ProductError:
    """Measure the error of one kernel's products against another's.

    Such as of `StateSpaceNTK(field, trials, matvec_dtype="float32")` against the same without it.

    Args:
        approximate: the kernel to judge.
        reference: what it should be.
        probes: random vectors.
        key: source of randomness; fixed by default.

    Returns:
        Relative errors of the three products.

    Raises:
        ValueError: if the shapes differ.
    """
    ours, theirs = ((*ntk.shape, ntk.n_parameters) for ntk in (approximate, reference))
    if ours != theirs:
        raise ValueError(
            f"product_error: got kernels of (N, T, m, p) = {ours} and {theirs}; expected the same."
        )
    first, second = jr.split(jr.key(0) if key is None else key)
    directions = jr.normal(first, (probes, reference.n_parameters))
    rows = jr.normal(second, (probes, *reference.shape))
    found = _products(approximate, directions, rows), _products(reference, directions, rows)
    errors = [
        float(jnp.linalg.norm(a - b) / jnp.linalg.norm(b)) for a, b in zip(*found, strict=True)
    ]
    return ProductError(*errors)


@eqx.filter_jit
def _products(
    ntk: StateSpaceNTK, directions: Float[Array, "s p"], rows: Float[Array, "s N T m"]
) -> tuple[Array, Array, Array]:
    moved = jax.lax.map(lambda d: ntk.weighted(ntk.push(d)), directions)
    pulled = jax.lax.map(lambda row: ntk.pull(ntk.unweighted(row.ravel())), rows)
    return moved, pulled, jax.lax.map(ntk.gram, directions)
