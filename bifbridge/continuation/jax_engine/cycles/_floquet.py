"""Floquet multipliers from the transfer matrices, each to its own relative accuracy.

The product of the transfer matrices is never formed: with multipliers spread over more than
sixteen decades it would hold only the largest. Orthogonal iteration around the cycle makes every
factor triangular (the periodic Schur form; Bojanczyk, Golub and Van Dooren, SPIE 1770 (1992) 31;
Lust, Int. J. Bifurcation Chaos 11 (2001) 2389), so each multiplier is a product of numbers.

The flow's own direction is taken out first by restricting the maps to the section orthogonal to
it: what remains is the derivative of the Poincaré map, whose eigenvalues are regular functions
even where a second multiplier meets the trivial one, as at a fold of cycles.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import Scalar, State

_SWEEPS = 12
_NEGLIGIBLE = 1e-12


class Monodromy(NamedTuple):
    """The derivative of the Poincaré map in factors: turn · R_k ⋯ R_1.

    Attributes:
        turn: orthogonal, nearly block diagonal, shape (n − 1, n − 1).
        factors: upper triangular, in the order of application, shape (I + 1, n − 1, n − 1).
        trivial: f·Mf/f·f, the multiplier of the flow's direction, which should be 1.
    """

    turn: Float[Array, "a a"]
    factors: Float[Array, "k a a"]
    trivial: Scalar


def factorise(maps: Float[Array, "I n n"], flow: State) -> Monodromy:
    """Orthogonal iteration around the cycle, within the section orthogonal to the flow."""
    section = jnp.linalg.qr(flow[:, None], mode="complete")[0][:, 1:]

    def forward(frame: Array, step: Array) -> tuple[Array, Array]:
        return jnp.linalg.qr(step @ frame)

    def sweep(start: Array) -> tuple[Array, Array]:
        frame, factors = jax.lax.scan(forward, section @ start, maps)
        end, last = jnp.linalg.qr(section.T @ frame)
        return end, jnp.concatenate([factors, last[None]])

    start = jnp.eye(section.shape[1])
    start = jax.lax.fori_loop(0, _SWEEPS, lambda _, frame: sweep(frame)[0], start)
    end, factors = sweep(start)

    def carry(vector: Array, step: Array) -> tuple[Array, None]:
        return step @ vector, None

    carried, _ = jax.lax.scan(carry, flow, maps)
    return Monodromy(start.T @ end, factors, flow @ carried / (flow @ flow))


def multipliers(monodromy: Monodromy) -> Complex[np.ndarray, " a"]:
    """The eigenvalues of the Poincaré map's derivative, by falling modulus."""
    # Where the iteration has separated groups of multipliers, each group is solved by itself: the
    # small ones do not drown in the rounding of the large ones.
    turn, factors = np.asarray(monodromy.turn), np.asarray(monodromy.factors)
    if not (np.all(np.isfinite(turn)) and np.all(np.isfinite(factors))):
        return np.full(turn.shape[0], np.nan, complex)
    size = turn.shape[0]
    cuts = [j for j in range(1, size) if np.max(np.abs(turn[j:, :j])) < _NEGLIGIBLE]
    values = []
    for first, last in zip([0, *cuts], [*cuts, size], strict=True):
        block = turn[first:last, first:last] @ _product(factors[:, first:last, first:last])
        values.append(np.linalg.eigvals(block))
    found = np.concatenate(values).astype(complex) if values else np.zeros(0, complex)
    return found[np.argsort(-np.abs(found), kind="stable")]


def _product(factors: np.ndarray) -> np.ndarray:
    if factors.shape[1] == 1:
        return np.prod(factors[:, 0, 0]).reshape(1, 1)
    product = factors[0]
    for factor in factors[1:]:
        product = factor @ product
    return product
