"""Where a kernel lives: shares of its trace by trial, by time and by parameter leaf."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, Int, PRNGKeyArray

from bifbridge.sntk._dense import weighted_matrix
from bifbridge.sntk._estimate import mean_and_error
from bifbridge.sntk._kernel import StateSpaceNTK


def trial_time_shares(
    ntk: StateSpaceNTK, *, probes: int | None = None, key: PRNGKeyArray | None = None
) -> Float[Array, "N T"]:
    """How much of the trace of a kernel each trial and saved time carries.

    Args:
        ntk: the kernel.
        probes: None for exact shares of a small kernel, which is materialised; else how many
            random pushes estimate them: unbiased, each with a relative error near (2/probes)^½.
        key: randomness of the probes; fixed by default.

    Returns:
        Shares that sum to one; sum over an axis for shares by trial or by time.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    if probes is None:
        return _trial_time(weighted_matrix(ntk), ntk.shape)
    signs = jr.rademacher(_key(key), (probes, ntk.n_parameters), float)
    return _trial_time(_pushed(ntk, signs), ntk.shape)


def leaf_shares(
    ntk: StateSpaceNTK,
    slices: dict[str, slice],
    *,
    probes: int | None = None,
    key: PRNGKeyArray | None = None,
) -> dict[str, float]:
    """How much of the trace of a kernel each parameter leaf carries.

    Args:
        ntk: the kernel.
        slices: leaf name to slice of θ, as `bifbridge.fields.parameter_slices` returns.
        probes: None for exact shares of a small kernel, which is materialised; else how many
            random pulls estimate them.
        key: randomness of the probes; fixed by default.

    Returns:
        Leaf name to share; the shares of all leaves sum to one.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    diagonal = (
        (weighted_matrix(ntk) ** 2).sum(1)
        if probes is None
        else parameter_diagonal(ntk, probes=probes, key=key)[0]
    )
    total = diagonal.sum()
    return {name: float(diagonal[where].sum() / total) for name, where in slices.items()}


def parameter_diagonal(
    ntk: StateSpaceNTK, *, probes: int = 32, key: PRNGKeyArray | None = None
) -> tuple[Float[Array, " p"], Float[Array, " p"]]:
    """The diagonal of G: E[(S*s)²] over random signs s of the weighted trajectories.

    Args:
        ntk: the kernel.
        probes: number of pulls, at least 2.
        key: source of randomness; fixed by default.

    Returns:
        Estimates and their standard errors, each of shape (p,).

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    trials, times, observed = ntk.shape
    signs = jr.rademacher(_key(key), (probes, trials * times * observed), float)
    return mean_and_error(_pulled(ntk, signs) ** 2)


def without_effect(ntk: StateSpaceNTK, *, tolerance: float = 1e-14) -> Int[Array, " k"]:
    """Parameters that move no trajectory: zero columns of S.

    They add zeros to the spectrum of G and nothing to any rank; a gradient never moves them.

    Args:
        ntk: the kernel; materialised for this.
        tolerance: size of a column relative to the largest below which it counts as zero.

    Returns:
        Their positions in θ.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    size = jnp.sqrt((weighted_matrix(ntk) ** 2).sum(1))
    return jnp.flatnonzero(size <= tolerance * size.max())


def _key(key: PRNGKeyArray | None) -> PRNGKeyArray:
    return jr.key(0) if key is None else key


def _trial_time(matrix: Float[Array, "p NTm"], shape: tuple[int, int, int]) -> jax.Array:
    shares = (matrix**2).sum(0).reshape(shape).sum(2)
    return shares / shares.sum()


@eqx.filter_jit
def _pushed(ntk: StateSpaceNTK, signs: Float[Array, "s p"]) -> Float[Array, "s NTm"]:
    return jax.lax.map(lambda sign: ntk.weighted(ntk.push(sign)), signs, batch_size=16)


@eqx.filter_jit
def _pulled(ntk: StateSpaceNTK, signs: Float[Array, "s NTm"]) -> Float[Array, "s p"]:
    return jax.lax.map(lambda sign: ntk.pull(ntk.unweighted(sign)), signs, batch_size=16)
