"""A controlled study: the same field at a shrinking distance from its bifurcation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from bifbridge._custom_types import InitialStates, ParameterVector, Scalar, Trajectories
from bifbridge._progress import progress
from bifbridge.fields import flatten_parameters
from bifbridge.landscape._compare import compare
from bifbridge.landscape._loss_landscape import LossLandscape, loss_on_line, predict_loss
from bifbridge.landscape._predicted_kernel import predict_kernel
from bifbridge.landscape._reduction import unfolding_directions
from bifbridge.landscape._similarity import relative_order, similarity
from bifbridge.normal_forms import NormalForm, ScalarNormalForm
from bifbridge.sntk import StateSpaceNTK
from bifbridge.trajectories import TimeGrid, linearise, solve, uniform_grid

if TYPE_CHECKING:
    import xarray as xr

#: Orders at which the errors vanish, in powers of the relative size of the first neglected terms
#: (`relative_order`): sizes differ by that much, and directions, whose error is orthogonal, by
#: its square.
ERROR_POWERS = {
    "parameter_direction_cosine_deficit": 2,
    "operator_cosine_deficit": 2,
    "critical_channel_operator_cosine_deficit": 2,
    "critical_channel_share_deficit": 2,
    "top_eigenvalue_ratio_error": 1,
    "restricted_kernel_error": 1,
    "critical_restricted_kernel_error": 1,
    "loss_landscape_relative_error": 1,
}


def distance_study(
    field: Any,
    normal_form: NormalForm,
    *,
    names: Sequence[str] | None = None,
    distances: Sequence[float] = (0.08, 0.04, 0.02, 0.01, 0.005),
    side: int = 1,
    amplitude: float = 0.5,
    duration: float = 3.0,
    steps: int = 800,
    save_every: int = 8,
) -> "xr.Dataset":
    """Errors of the predictions at distances |μ| from a bifurcation, and the orders they fall at.

    At each distance the field is θ* + μ ∇θμ/|∇θμ|², two trials start on the centre manifold at A
    and A/2 of the amplitude of the equilibria there, and run for D of their time constants
    (`similarity`), so that the reduced problem is the same up to scale. What remains is what the
    reduction leaves out. The loss is that of the states against the field at 2μ, on the line
    from μ/2 to 3μ/2.

    Args:
        field: a field at its bifurcation, θ*.
        normal_form: a fold, transcritical or pitchfork with ∇θμ over the same `names`.
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        distances: values of |μ|, well below the next eigenvalue's.
        side: 1 for μ > 0, −1 for μ < 0; a fold has equilibria where μb₂ < 0 only.
        amplitude: A, in units of the equilibria's amplitude: |μ/c₃|^½ at a pitchfork.
        duration: D, in units of the time constant there: 1/|μ| at a pitchfork.
        steps: solver steps at every distance.
        save_every: steps between saved states.

    Returns:
        "error" over "quantity" and "distance"; over "quantity" the "slope" fitted to all distances,
        the "final_slope" between the two smallest, and the "theoretical_order".

    Raises:
        ValueError: unless the normal form is one of the three, with an unfolding gradient.
    """
    if not isinstance(normal_form, ScalarNormalForm):
        raise ValueError(f"distance_study: got a {normal_form.kind}, expected a scalar kind.")
    if side not in {-1, 1}:
        raise ValueError(f"distance_study: got side={side}, expected 1 or -1.")
    (gradient,) = unfolding_directions(normal_form)
    chosen = None if names is None else tuple(names)
    line = gradient / (gradient @ gradient)
    rows = []
    with progress("distance study", "distances", len(distances)) as told:
        for mu in (side * float(size) for size in distances):
            horizon = duration * similarity(normal_form, mu).time
            grid = uniform_grid(horizon, horizon / steps, save_every=save_every)
            rows.append(_errors(_Line(field, chosen, normal_form, line), mu, amplitude, grid))
            told(len(rows))
    return _dataset(rows, distances, side, relative_order(normal_form))


class _Line(eqx.Module):
    """The fields θ* + μ ∇θμ/|∇θμ|²."""

    field: Any
    names: tuple[str, ...] | None = eqx.field(static=True)
    form: ScalarNormalForm
    line: ParameterVector

    @property
    def theta(self) -> ParameterVector:
        """The critical parameters θ*."""
        return flatten_parameters(self.field, self.names)[0]

    def at(self, mu: float | Scalar) -> Any:
        """The field at a distance μ."""
        theta, rebuild = flatten_parameters(self.field, self.names)
        return rebuild(theta + mu * self.line)


class _StateLoss(eqx.Module):
    """Mean squared distance of the states from a target, halved; compiled once for all μ."""

    line: _Line
    start: InitialStates
    grid: TimeGrid
    target: Trajectories

    def __call__(self, theta: ParameterVector) -> Scalar:
        _, rebuild = flatten_parameters(self.line.field, self.line.names)
        errors = solve(rebuild(theta), self.start, self.grid) - self.target
        weights = self.grid.weights / self.grid.weights.sum()
        return 0.5 * jnp.einsum("t,itk->", weights, errors**2) / self.start.shape[0]


def _errors(line: _Line, mu: float, amplitude: float, grid: TimeGrid) -> dict[str, float]:
    form = line.form
    size = amplitude * similarity(form, mu).amplitude * jnp.array([1.0, 0.5])
    start = _on_centre_manifold(form, size)
    sensitivity = linearise(line.at(mu), start, grid, names=line.names)
    predicted = predict_kernel(form, size, grid.times, grid.weights, mu)
    found = compare(predicted, StateSpaceNTK(sensitivity))
    return {
        "parameter_direction_cosine_deficit": 1 - found.parameter_direction_cosine,
        "operator_cosine_deficit": 1 - found.operator_cosine,
        "critical_channel_operator_cosine_deficit": 1 - found.critical_channel_operator_cosine,
        "critical_channel_share_deficit": 1 - found.critical_channel_share,
        "top_eigenvalue_ratio_error": abs(1 - found.top_eigenvalue_ratio),
        "restricted_kernel_error": found.restricted_kernel_error,
        "critical_restricted_kernel_error": found.critical_restricted_kernel_error,
        "loss_landscape_relative_error": _loss_error(line, mu, start, size, grid),
    }


def _on_centre_manifold(form: ScalarNormalForm, size: Float[Array, " N"]) -> InitialStates:
    """Up to the third power of the amplitude."""
    return form.state + size[:, None] * form.right + size[:, None] ** 2 / 2 * form.second_order


def _loss_error(
    line: _Line, mu: float, start: InitialStates, size: Float[Array, " N"], grid: TimeGrid
) -> float:
    values = mu * jnp.linspace(0.5, 1.5, 5)
    weights = grid.weights / grid.weights.sum()
    loss = _StateLoss(line, start, grid, solve(line.at(2 * mu), start, grid))
    gradient = line.line / (line.line @ line.line)
    measured = loss_on_line(loss, line.theta, gradient, values)
    predicted = predict_loss(line.form, size, grid.times, weights, values, target_mu=2 * mu)
    return LossLandscape(values, predicted, measured).relative_error


def _dataset(
    rows: list[dict[str, float]], distances: Sequence[float], side: int, order: float
) -> "xr.Dataset":
    import xarray as xr

    quantities = list(ERROR_POWERS)
    errors = np.array([[row[name] for row in rows] for name in quantities])
    last = np.argsort(distances)[:2]
    nearest = np.asarray(distances)[last]
    return xr.Dataset(
        {
            "error": (("quantity", "distance"), errors),
            "slope": ("quantity", [_slope(distances, error) for error in errors]),
            "final_slope": ("quantity", [_slope(nearest, e[last]) for e in errors]),
            "theoretical_order": ("quantity", [order * n for n in ERROR_POWERS.values()]),
        },
        coords={"quantity": quantities, "distance": np.asarray(distances, float)},
        attrs={"side": side},
    )


def _slope(distances: Sequence[float] | np.ndarray, errors: np.ndarray) -> float:
    """Least squares in log-log over errors that stand clear of rounding."""
    clear = errors > 1e-12
    if clear.sum() < 2:
        return float("nan")
    return float(np.polyfit(np.log(np.asarray(distances)[clear]), np.log(errors[clear]), 1)[0])
