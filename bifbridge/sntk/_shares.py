"""Where a kernel lives: shares of its trace by trial, by time and by parameter leaf."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from bifbridge.sntk._dense import weighted_matrix
from bifbridge.sntk._kernel import StateSpaceNTK


def trial_time_shares(ntk: StateSpaceNTK) -> Float[Array, "N T"]:
    """How much of the trace of a small kernel each trial and saved time carries.

    Args:
        ntk: the kernel; materialised for this.

    Returns:
        Shares that sum to one; sum over an axis for shares by trial or by time.
    """
    return _trial_time(weighted_matrix(ntk), ntk.shape)


def leaf_shares(ntk: StateSpaceNTK, slices: dict[str, slice]) -> dict[str, float]:
    """How much of the trace of a small kernel each parameter leaf carries.

    Args:
        ntk: the kernel; materialised for this.
        slices: leaf name to slice of θ, as `bifbridge.fields.parameter_slices` returns.

    Returns:
        Leaf name to share; the shares of all leaves sum to one.
    """
    diagonal = (weighted_matrix(ntk) ** 2).sum(1)
    total = diagonal.sum()
    return {name: float(diagonal[where].sum() / total) for name, where in slices.items()}


def without_effect(ntk: StateSpaceNTK, *, tolerance: float = 1e-14) -> Int[Array, " k"]:
    """Parameters that move no trajectory: zero columns of S.

    They add zeros to the spectrum of G and nothing to any rank; a gradient never moves them.

    Args:
        ntk: the kernel; materialised for this.
        tolerance: size of a column relative to the largest below which it counts as zero.

    Returns:
        Their positions in θ.
    """
    size = jnp.sqrt((weighted_matrix(ntk) ** 2).sum(1))
    return jnp.flatnonzero(size <= tolerance * size.max())


def _trial_time(matrix: Float[Array, "p NTm"], shape: tuple[int, int, int]) -> jax.Array:
    shares = (matrix**2).sum(0).reshape(shape).sum(2)
    return shares / shares.sum()
