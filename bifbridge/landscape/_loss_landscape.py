"""The loss along ∇θμ: predicted by the reduced equation, and measured on the same line."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import InitialStates, ParameterVector, Scalar, Times, Trajectories
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.landscape._predicted_kernel import refuse_escape
from bifbridge.landscape._reduction import (
    Amplitudes,
    critical_projector,
    initial_amplitudes,
    solve_reduced,
)
from bifbridge.normal_forms import NormalForm

if TYPE_CHECKING:
    import xarray as xr


class LossLandscape(eqx.Module):
    """L on the line θ* + μ ∇θμ/|∇θμ|².

    Attributes:
        mu: distances from the bifurcation, shape (M,).
        predicted: from the reduced equation, shape (M,).
        measured: from full solves, shape (M,).
    """

    mu: Float[Array, " M"]
    predicted: Float[Array, " M"]
    measured: Float[Array, " M"]

    @property
    def relative_error(self) -> float:
        """‖predicted − measured‖/‖measured‖ over the values of μ."""
        error = jnp.linalg.norm(self.predicted - self.measured)
        return float(error / jnp.linalg.norm(self.measured))

    @property
    def relative_error_of_variation(self) -> float:
        """The same after each curve's mean is taken off: blind to a constant offset."""
        predicted = self.predicted - self.predicted.mean()
        measured = self.measured - self.measured.mean()
        return float(jnp.linalg.norm(predicted - measured) / jnp.linalg.norm(measured))

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, by name.

        Returns:
            A dictionary that JSON can hold.
        """
        return {
            "mu": [float(x) for x in self.mu],
            "predicted": [float(x) for x in self.predicted],
            "measured": [float(x) for x in self.measured],
            "relative_error": self.relative_error,
            "relative_error_of_variation": self.relative_error_of_variation,
        }

    def as_dataset(self) -> "xr.Dataset":
        """Both curves over μ.

        Returns:
            An xarray dataset with the dimension "mu".
        """
        import xarray as xr

        curves = {"predicted": ("mu", self.predicted), "measured": ("mu", self.measured)}
        errors = {"relative_error": self.relative_error}
        return xr.Dataset(curves | errors, coords={"mu": self.mu})

    __repr__ = short_repr


def predict_loss(
    normal_form: NormalForm,
    initial: InitialStates | Amplitudes,
    times: Times,
    weights: Times,
    mu_values: Float[Array, " M"],
    *,
    readout: Float[Array, "o n"] | None = None,
    errors: Float[Array, "N T o"] | None = None,
    mu: Scalar | float = 0.0,
    target_mu: Scalar | float | None = None,
) -> Float[Array, " M"]:
    """The squared-error loss that a normal form predicts at distances μ.

    L(μ) = (1/N) Σᵢ Σₜ wₜ ½|eᵢ(t) + C V (xᵢ(t; μ) − xᵢ(t; μ₀))|², where e is either measured at μ₀
    (`errors`), or, for a target that is the same system at μ*, predicted as
    e = C V (x(μ₀) − x(μ*)), which makes it mean ½|Cv|²(a(μ) − a(μ*))².

    Args:
        normal_form: of the bifurcation.
        initial: initial states, shape (N, n), or amplitudes, shape (N,).
        times: shape (T,).
        weights: the loss's own weights of the times, shape (T,): divided by the horizon if the
            loss is a mean over time.
        mu_values: where the loss is wanted, shape (M,).
        readout: C, shape (o, n); None for the states themselves.
        errors: outputs minus targets at `mu`, shape (N, T, o).
        mu: μ₀, where `errors` were measured.
        target_mu: μ*, instead of `errors`.

    Returns:
        The loss at each μ, shape (M,).

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: unless exactly one of `errors` and `target_mu` is given, or if a reduced
            trajectory escapes.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (helpers raise)
    require_x64("A predicted loss")
    if (errors is None) == (target_mu is None):
        raise ValueError(
            "predict_loss: give either errors=outputs − targets, measured at mu, or target_mu= of "
            "a target that is the same system elsewhere."
        )
    start = initial_amplitudes(normal_form, initial) if initial.ndim == 2 else initial
    right = critical_projector(normal_form).right
    seen = right if readout is None else readout @ right
    measure = weights[None, :, None] / start.shape[0]

    distances = jnp.asarray(mu_values, float)
    anchor = jnp.asarray(mu if target_mu is None else target_mu, float)
    known = jnp.zeros(()) if errors is None else errors
    result = _losses(normal_form, start, times, measure, seen, distances, anchor, known)
    if bool(jnp.isnan(result).any()):
        for distance in (anchor, distances[jnp.argmax(jnp.isnan(result))]):
            refuse_escape(solve_reduced(normal_form, start, times, distance).coordinates, times)
    return result


@eqx.filter_jit
def _losses(
    normal_form: NormalForm,
    start: Array,
    times: Array,
    measure: Array,
    seen: Array,
    distances: Array,
    anchor: Array,
    known: Array,
) -> Array:
    def outputs(distance: Scalar) -> Trajectories:
        return solve_reduced(normal_form, start, times, distance).coordinates @ seen.T

    base = known - outputs(anchor)
    return jax.lax.map(
        lambda distance: 0.5 * jnp.sum(measure * (base + outputs(distance)) ** 2), distances
    )


def loss_on_line(
    loss: Callable[[ParameterVector], Scalar],
    theta: ParameterVector,
    gradient: ParameterVector,
    mu_values: Float[Array, " M"],
) -> Float[Array, " M"]:
    """The true loss at θ* + μ ∇θμ/|∇θμ|².

    Args:
        loss: L(θ), such as a `ParameterLoss`.
        theta: θ*, at the bifurcation, shape (p,).
        gradient: ∇θμ, shape (p,).
        mu_values: shape (M,).

    Returns:
        Shape (M,).
    """
    return _loss_on_line(loss, theta, gradient / (gradient @ gradient), jnp.asarray(mu_values))


@eqx.filter_jit
def _loss_on_line(
    loss: Callable[[ParameterVector], Scalar], theta: Array, step: Array, mu_values: Array
) -> Array:
    return jax.lax.map(lambda mu: loss(theta + mu * step), mu_values)
