"""The next order of a predicted kernel: transients off the centre manifold, and its tilt with μ."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from bifbridge._custom_types import InitialStates, State
from bifbridge.landscape._expansion import Expansion, drift_for, solve_next_order
from bifbridge.landscape._predicted_kernel import PredictedKernel, factor_products, refuse_escape
from bifbridge.landscape._reduction import (
    Amplitudes,
    initial_amplitudes,
    solve_reduced,
)
from bifbridge.normal_forms import NormalForm, ScalarNormalForm


def refine_prediction(
    predicted: PredictedKernel,
    field: Any,
    initial_states: InitialStates,
    *,
    names: Sequence[str] | None = None,
    tolerance: float = 1e-7,
) -> PredictedKernel:
    """Add to a prediction what the residual directions do to first order.

    The normal form takes every trial to be on the centre manifold from the start and the manifold
    not to move with μ. Here, with f_μ = ∂f/∂μ along ∇θμ, P = 1 − v wᵀ, Ṙ = PAR from the trial's
    own R(0) = P(z₀ − z*), and z = z* + av + ½a²h₂ + R,

        ȧ = F(a, μ) + wᵀ[f(z) − f(z − R) − AR],
        ġ = (∂ȧ/∂a) g + wᵀf_μ(z) + wᵀ[Df(z − R) − A]Y,    Ẏ = PAY + P f_μ(z),

    and the state factor is F = v g + a g h₂ + Y. No trajectory of the field enters, and the
    operator keeps its rank. At the crossing the error of the leading order is O(1/t), with an
    initial R of the size of a₀; what is left out here is O(1/t²) and the reduced equation's own
    next terms μ²a, μa³ and a⁵, which matter once a⁴t is of order one.

    Args:
        predicted: the leading order, at a real critical eigenvalue.
        field: the field at the bifurcation, θ*.
        initial_states: of the same trials, shape (N, n).
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        tolerance: relative tolerance of the solve of these equations.

    Returns:
        A prediction with the same directions and improved factors.

    Raises:
        ValueError: for a Hopf bifurcation, for initial states that are not those of the
            prediction's trials, or if an amplitude escapes.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    form = predicted.normal_form
    if not isinstance(form, ScalarNormalForm):
        raise ValueError(
            "refine_prediction: got a Hopf bifurcation or a map, expected a real critical "
            "eigenvalue of a flow."
        )
    if initial_states.shape[0] != predicted.state_factors.shape[1]:
        raise ValueError(
            f"refine_prediction: got {initial_states.shape[0]} initial states for a prediction "
            f"of {predicted.state_factors.shape[1]} trials."
        )
    gradient = predicted.directions[0]
    expansion = Expansion(
        field, None if names is None else tuple(names), form, predicted.mu, gradient
    )
    a, g, response = solve_next_order(expansion, initial_states, predicted.times, tolerance)
    refuse_escape(jnp.where(jnp.isfinite(a), a, jnp.nan)[..., None], predicted.times)
    bend = (a * g)[..., None] * form.second_order
    factors = g[..., None] * form.right + bend + response
    return dataclasses.replace(
        predicted,
        amplitudes=a[..., None],
        coordinate_factors=g[None, ..., None],
        state_factors=factors[None],
    )


def next_order_size(predicted: PredictedKernel, refined: PredictedKernel) -> float:
    """How much the next order changes a prediction: small where the leading order is valid.

    Args:
        predicted: leading order.
        refined: from `refine_prediction`.

    Returns:
        ‖𝒦 − 𝒦refined‖/‖𝒦refined‖ of the kernels of the states.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    old, new = predicted.state_factors, refined.state_factors
    measure = predicted.measure
    xx, yy, xy = (
        factor_products(p, q, measure)[0, 0] for p, q in ((old, old), (new, new), (old, new))
    )
    return float(jnp.sqrt(jnp.maximum(xx**2 + yy**2 - 2 * xy**2, 0.0)) / yy)


def effective_amplitudes(
    form: NormalForm, field: Any, initial_states: InitialStates, *, tolerance: float = 1e-7
) -> Amplitudes:
    """The amplitudes on the centre manifold that initial states off it lead to.

    A trial's residual part decays but kicks its amplitude meanwhile. ȧ as in `refine_prediction`
    is solved until e⁻⁷ of the slowest residual part is left, and then F alone backward: the
    foot of the stable fibre through the initial state. `predict_kernel` and `predict_loss` take
    the result for `initial`.

    Args:
        form: a normal form at a real critical eigenvalue.
        field: the field at the bifurcation, θ*.
        initial_states: shape (N, n).
        tolerance: relative tolerance of the solve.

    Returns:
        One amplitude per trial, shape (N,).

    Raises:
        ValueError: for a Hopf bifurcation, or if an amplitude escapes on the way.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    if not isinstance(form, ScalarNormalForm):
        raise ValueError("effective_amplitudes: got a Hopf bifurcation, expected a scalar one.")
    rates = np.linalg.eigvals(np.asarray(_jacobian(field, form.state)))
    residual = np.delete(rates, np.argmin(np.abs(rates - complex(form.eigenvalue))))
    if residual.size == 0:
        return initial_amplitudes(form, initial_states)
    slowest = float(np.min(-np.real(residual)))
    if slowest <= 0:
        raise ValueError(
            "effective_amplitudes: another eigenvalue is not stable (real part "
            f"{-slowest:.3g}), so that the residual part does not decay."
        )
    span = jnp.array([0.0, 7.0 / slowest])
    expansion = Expansion(field, None, form, jnp.zeros(()), None)
    late = drift_for(expansion, initial_states, span, tolerance)
    foot = solve_reduced(form, late, -span, jnp.zeros(())).coordinates[:, -1, 0]
    refuse_escape(foot[:, None, None], span[1:])
    return foot


@eqx.filter_jit
def _jacobian(field: Any, state: State) -> Float[Array, "n n"]:
    return jax.jacfwd(lambda z: field(0.0, z, None))(state)
