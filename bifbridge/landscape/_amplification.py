"""How the kernel grows near a bifurcation: in μ, in the horizon, and where it peaks."""

from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import InitialStates, Scalar, Times, Weights
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.landscape._reduction import (
    Amplitudes,
    critical_projector,
    initial_amplitudes,
    solve_reduced,
    unfolding_directions,
)
from bifbridge.normal_forms import NormalForm, ScalarNormalForm
from bifbridge.trajectories import trajectory_measure

if TYPE_CHECKING:
    import xarray as xr


class Amplification(eqx.Module):
    """The predicted eigenvalue along ∇θμ as a function of μ, with its limiting laws.

    With |∇θμ|² = 1, one trial and a small amplitude, ∫₀ᵀ g² dt is

    | | at μ = 0 | on the stable side, T → ∞ | where both meet |
    |---|---|---|---|
    | fold | T³/3 | T/λ², λ² = 4|μb₂| | |λ| = √3/T |
    | transcritical, pitchfork | a₀²T³/3 | a₀²/(4|μ|³) | |μ| = (3/4)^⅓/T |

    At a Hopf bifurcation this is the channel of ∇θμ, |y₀|² stands for a₀²/2, and past the crossing
    the channel of ∇θω takes over. Past a branch point the amplitude first grows like e^{μt}, and
    the kernel peaks where it just saturates within the horizon, at μ ≈ ln(1/a₀)/T.

    Attributes:
        mu: distances, shape (M,).
        eigenvalue: |∇θμ|²‖∂z/∂μ‖² at each, shape (M,): the predicted eigenvalue at scalar
            bifurcations; NaN where a reduced trajectory escapes.
        onset: its law at μ = 0 for small amplitudes.
        stable_law: its law on the stable side, shape (M,); NaN on the other side.
        crossover: |μ| at which onset and stable law meet: nearer, the horizon is what limits.
        predicted_peak: ln(A/a₀)/T with A the size of the equilibria at that μ, found by iteration;
            NaN for a fold, whose peak lies at the crossing.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `amplification`.
    """

    mu: Float[Array, " M"]
    eigenvalue: Float[Array, " M"]
    onset: Scalar
    stable_law: Float[Array, " M"]
    crossover: Scalar
    predicted_peak: Scalar

    @property
    def peak(self) -> float:
        """The μ at which the eigenvalue is largest among those given."""
        return float(self.mu[jnp.nanargmax(self.eigenvalue)])

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, by name.

        Returns:
            A dictionary of floats and lists.
        """
        numbers = {
            name: float(x) if x.ndim == 0 else [float(y) for y in x]
            for name, x in vars(self).items()
        }
        return numbers | {"peak": self.peak}

    def as_dataset(self) -> "xr.Dataset":
        """The curves over μ, the numbers as scalars.

        Returns:
            An xarray dataset with the dimension "mu".
        """
        import xarray as xr

        curves = {name: ("mu", getattr(self, name)) for name in ("eigenvalue", "stable_law")}
        numbers = {
            name: float(getattr(self, name)) for name in ("onset", "crossover", "predicted_peak")
        }
        return xr.Dataset(curves | numbers | {"peak": self.peak}, coords={"mu": self.mu})

    __repr__ = short_repr


def amplification(
    normal_form: NormalForm,
    initial: InitialStates | Amplitudes,
    times: Times,
    weights: Weights,
    mu_values: Float[Array, " M"],
) -> Amplification:
    """The predicted eigenvalue over μ for the same trials, beside its limiting laws.

    Args:
        normal_form: with its unfolding gradients.
        initial: initial states, shape (N, n), or amplitudes, shape (N,).
        times: shape (T,).
        weights: of the inner product, as in `predict_kernel`.
        mu_values: distances, shape (M,).

    Returns:
        The amplification.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if the normal form has no gradients.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (helpers raise)
    require_x64("An amplification")
    gradient = unfolding_directions(normal_form)[0]
    start = initial_amplitudes(normal_form, initial) if initial.ndim == 2 else initial
    mu = jnp.asarray(mu_values, float)
    measure = trajectory_measure(weights, start.shape[0])
    size = jnp.sum(gradient**2)
    horizon = times[-1] - times[0]
    spread = jnp.mean(jnp.abs(start) ** 2)
    onset, law, crossover, peak = _laws(normal_form, size, horizon, spread, mu)
    return Amplification(
        mu=mu,
        eigenvalue=size
        * _channel(normal_form, critical_projector(normal_form).right, start, times, measure, mu),
        onset=onset,
        stable_law=law,
        crossover=crossover,
        predicted_peak=peak,
    )


@eqx.filter_jit
def _channel(
    form: NormalForm, right: Array, start: Array, times: Array, measure: Array, mu: Array
) -> Float[Array, " M"]:
    """‖∂z/∂μ‖² at each μ."""

    def square(distance: Scalar) -> Scalar:
        moved = solve_reduced(form, start, times, distance).sensitivities[0] @ right.T
        return jnp.sum(measure * moved**2)

    return jax.lax.map(square, mu)


def _laws(
    form: NormalForm, size: Scalar, horizon: Scalar, spread: Scalar, mu: Array
) -> tuple[Scalar, Array, Scalar, Scalar]:
    """Onset, stable law, crossover and peak, for small amplitudes."""
    away = jnp.where(mu == 0, jnp.nan, mu)
    if form.kind == "fold":
        assert isinstance(form, ScalarNormalForm)
        squared = -4 * away * form.quadratic
        stable = jnp.where(squared > 0, horizon / squared, jnp.nan)
        crossover = 3 / (4 * jnp.abs(form.quadratic) * horizon**2)
        return size * horizon**3 / 3, size * stable, crossover, jnp.asarray(jnp.nan)
    # 2Re(yq) with |q| = 1 has the mean square 2|y|² over a turn.
    factor = 1.0 if isinstance(form, ScalarNormalForm) else 2.0
    stable = jnp.where(away < 0, spread / (4 * jnp.abs(away) ** 3), jnp.nan)
    onset = size * factor * spread * horizon**3 / 3
    crossover = (3 / 4) ** (1 / 3) / horizon
    return onset, size * factor * stable, crossover, _peak(form, horizon, jnp.sqrt(spread))


def _peak(form: NormalForm, horizon: Scalar, amplitude: Scalar) -> Scalar:
    """μ with e^{μT} a₀ = A(μ), the size of the equilibria or of the cycle."""
    peak = 1 / horizon
    for _ in range(20):
        if not isinstance(form, ScalarNormalForm):
            size = jnp.sqrt(peak / jnp.abs(form.cubic.real))
        elif form.kind == "transcritical":
            size = peak / jnp.abs(form.quadratic)
        else:
            size = jnp.sqrt(peak / jnp.abs(form.cubic))
        peak = jnp.maximum(jnp.log(size / amplitude), 0.1) / horizon
    return peak
