"""Trace and Frobenius norm of a kernel from products alone: Hutch++ and XTrace."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, PRNGKeyArray
from matfree import stochtrace

from bifbridge._custom_types import ParameterVector
from bifbridge.sntk._estimate import Estimate, mean_and_error
from bifbridge.sntk._kernel import StateSpaceNTK

TraceMethod = Literal["hutch++", "xtrace"]


def trace_estimate(
    ntk: StateSpaceNTK,
    *,
    method: TraceMethod = "xtrace",
    products: int = 48,
    key: PRNGKeyArray | None = None,
) -> Estimate:
    """Tr 𝒦 = tr G from `products` products with G.

    Both are unbiased, and exact for kernels whose rank is below a third (Hutch++; Meyer, Musco,
    Musco and Woodruff, SOSA 2021) or a half (XTrace; Epperly, Tropp and Webber, SIAM J. Matrix
    Anal. 45 (2024) 1, which uses every product twice) of the products.

    Args:
        ntk: the kernel.
        method: "hutch++" or "xtrace".
        products: products with G, at least 6.
        key: source of randomness; fixed by default.

    Returns:
        The trace with its standard error.

    Raises:
        ValueError: if there are too few products, or the method is unknown.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (a helper raises)
    _refuse("trace_estimate", method, products)
    key = jr.key(0) if key is None else key
    if method == "hutch++":
        return _estimate(_hutch(ntk, products // 3, key)[0], 3 * (products // 3))
    return _estimate(_xtrace(ntk, False, products // 2, key), 2 * (products // 2))


def frobenius_norm_estimate(
    ntk: StateSpaceNTK,
    *,
    method: TraceMethod = "hutch++",
    products: int = 48,
    key: PRNGKeyArray | None = None,
) -> Estimate:
    """‖𝒦‖ = (tr 𝒦²)^½, with the standard error carried to first order.

    Hutch++ takes both moments from the same products, since sᵀG²s = |Gs|²; XTrace applies G twice
    for each of its own.

    Args:
        ntk: the kernel.
        method: "hutch++" or "xtrace".
        products: products with G, at least 6.
        key: source of randomness; fixed by default.

    Returns:
        The norm with its standard error.

    Raises:
        ValueError: if there are too few products, or the method is unknown.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (a helper raises)
    _refuse("frobenius_norm_estimate", method, products)
    key = jr.key(0) if key is None else key
    if method == "hutch++":
        square, used = _hutch(ntk, products // 3, key)[1], 3 * (products // 3)
    else:
        square, used = _xtrace(ntk, True, products // 4, key), 4 * (products // 4)
    root = jnp.sqrt(jnp.maximum(square[0], 0.0))
    slope = jnp.where(root > 0, 1 / (2 * jnp.where(root > 0, root, 1.0)), 0.0)
    return _estimate((root, slope * square[1]), used)


def _refuse(name: str, method: str, products: int) -> None:
    if method not in {"hutch++", "xtrace"}:
        raise ValueError(f"{name}: got method={method!r}, expected 'hutch++' or 'xtrace'.")
    if products < 8:
        raise ValueError(f"{name}: got products={products}, expected at least 8.")


def _estimate(pair: tuple[Array, Array], products: int) -> Estimate:
    return Estimate(*pair, products)


@eqx.filter_jit
def _hutch(
    ntk: StateSpaceNTK, size: int, key: PRNGKeyArray
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Tr G and tr G²: exact in the range of a sketch, by random signs outside of it."""
    sketch_key, probe_key = jr.split(key)
    p = ntk.n_parameters
    size = min(size, p)
    columns = jax.vmap(ntk.gram)
    basis = jnp.linalg.qr(columns(jr.normal(sketch_key, (size, p))).T)[0]
    image = columns(basis.T).T
    signs = jr.rademacher(probe_key, (size, p), float)
    outside = signs - (signs @ basis) @ basis.T
    moved = columns(outside)
    trace, trace_error = mean_and_error(jnp.sum(outside * moved, 1))
    square, square_error = mean_and_error(jnp.sum(moved**2, 1))
    return (
        (jnp.sum(basis * image) + trace, trace_error),
        (jnp.sum(image**2) + square, square_error),
    )


@eqx.filter_jit
def _xtrace(ntk: StateSpaceNTK, squared: bool, size: int, key: PRNGKeyArray) -> tuple[Array, Array]:
    p = ntk.n_parameters

    def product(x: ParameterVector) -> ParameterVector:
        return ntk.gram(ntk.gram(x)) if squared else ntk.gram(x)

    size = min(size, p)
    samples = jr.normal(key, (size, p))
    return mean_and_error(stochtrace.leave_one_out_xtrace()(product, samples))
