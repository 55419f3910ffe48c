"""Gradient descent along the critical channel: when it is stable, and which trials it hurts."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from bifbridge._custom_types import Trajectories
from bifbridge.landscape._predicted_kernel import PredictedKernel, low_rank_eigenvalues
from bifbridge.sntk import StateSpaceNTK

if TYPE_CHECKING:
    import xarray as xr


def critical_learning_rate(
    predicted: PredictedKernel, readout: Float[Array, "o n"] | None = None
) -> float:
    """The learning rate at which plain gradient descent along the channel turns unstable.

    For L = ½⟨e, e⟩ in the inner product of the prediction (weights divided by the horizon for a
    mean over time) the Gauss-Newton curvature along the channel is the top eigenvalue of
    the outputs' kernel, |Cv|²|∇θμ|²⟨g²⟩, and descent is stable for η below 2 over it.

    Args:
        predicted: the prediction.
        readout: C, shape (o, n); None for the states.

    Returns:
        2/λ₁; infinite where the outputs are blind to the bifurcation (Cv = 0).

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    factors = predicted.state_factors
    seen = factors if readout is None else factors @ readout.T
    top = low_rank_eigenvalues(seen, predicted.directions, predicted.measure)[0]
    return float("inf") if float(top) == 0 else float(2 / top)


def loss_curvature(predicted: PredictedKernel, readout: Float[Array, "o n"] | None = None) -> float:
    """The Gauss-Newton curvature L''(μ) = |Cv|²⟨g²⟩ of the predicted loss, see `predict_loss`.

    Gradient flow moves μ by μ̇ = −|∇θμ|²L'(μ) along the channel, so that |∇θμ|² times the curvature
    is the rate at which it settles, and 2 over that the critical learning rate.

    Args:
        predicted: the prediction at μ.
        readout: C, shape (o, n); None for the states.

    Returns:
        The curvature, in the inner product of the prediction (weights divided by the horizon for
        a mean over time).

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    moved = predicted.state_factors[0]
    seen = moved if readout is None else moved @ readout.T
    return float(jnp.sum(predicted.measure * seen**2))


def predicted_interference(
    predicted: PredictedKernel,
    errors: Float[Array, "N T o"],
    groups: Int[Array, " N"],
    readout: Float[Array, "o n"] | None = None,
) -> "xr.DataArray":
    """How a small step on one group of trials changes the loss of another, through the channel.

    A step −η∇Lᵢ changes Lⱼ by −η ∇Lᵢ·∇Lⱼ with ∇Lᵢ = S*(1ᵢ e); here S is the predicted one, which
    makes it −η|∇θμ|² ⟨Cv g, 1ᵢe⟩⟨Cv g, 1ⱼe⟩ at scalar bifurcations: groups help each other if
    their errors have the same sign along the channel (Hazelden and Shea-Brown, arXiv 2605.12763).

    Args:
        predicted: the prediction.
        errors: outputs minus targets, shape (N, T, o).
        groups: the group of each trial, integers from 0, shape (N,).
        readout: C, shape (o, n); None for the states.

    Returns:
        ∇Lᵢ·∇Lⱼ over ("stepped", "changed"): a negative entry hurts.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    states = errors if readout is None else errors @ readout
    pulled = [predicted.pull(part) for part in _by_group(states, groups)]
    return _products(jnp.stack(pulled))


def measured_interference(
    ntk: StateSpaceNTK, errors: Trajectories, groups: Int[Array, " N"]
) -> "xr.DataArray":
    """The same from the measured kernel, through every channel.

    Args:
        ntk: the kernel of the outputs.
        errors: outputs minus targets, shape (N, T, o).
        groups: the group of each trial, integers from 0, shape (N,).

    Returns:
        ∇Lᵢ·∇Lⱼ over ("stepped", "changed").

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    return _products(jnp.stack([ntk.pull(part) for part in _by_group(errors, groups)]))


def _by_group(errors: Trajectories, groups: Int[Array, " N"]) -> list[Trajectories]:
    return [
        jnp.where((groups == group)[:, None, None], errors, 0.0)
        for group in range(int(groups.max()) + 1)
    ]


def _products(gradients: Float[Array, "G p"]) -> "xr.DataArray":
    import xarray as xr

    return xr.DataArray(gradients @ gradients.T, dims=("stepped", "changed"))
