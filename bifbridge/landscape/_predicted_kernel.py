"""The low-rank kernel that a normal form predicts in state × parameter space."""

import math

import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import (
    InitialStates,
    ParameterVector,
    Scalar,
    Times,
    Trajectories,
    Weights,
)
from bifbridge._precision import require_x64
from bifbridge._result import AbstractResult
from bifbridge.landscape._reduction import (
    Amplitudes,
    critical_projector,
    initial_amplitudes,
    solve_reduced,
    unfolding_directions,
)
from bifbridge.normal_forms import NormalForm, ScalarNormalForm
from bifbridge.sntk import SpectralProjector
from bifbridge.trajectories import trajectory_measure


class PredictedKernel(AbstractResult):
    """S_pred δθ = Σⱼ Fⱼ (γⱼ·δθ): rank one at scalar bifurcations, two at a Hopf bifurcation.

    At a scalar one γ = ∇θμ and F = v gᵢ(t) with g = ∂a/∂μ along the reduced trajectory of trial i,
    so that 𝒦 = S_pred S_pred* has the single eigenvalue |∇θμ|² Σᵢ⟨gᵢ, gᵢ⟩/N
    (Hazelden and Shea-Brown, arXiv 2605.12763).

    Attributes:
        normal_form: what the prediction is made from; None for a map.
        projector: the critical eigenspace.
        mu: distance from the bifurcation.
        times: shape (T,).
        weights: weights of the inner product over the times, shape (T,) or (N, T).
        amplitudes: predicted coordinates x(t), z ≈ z* + V x, shape (N, T, d).
        coordinate_factors: ∂x/∂(unfolding parameter j), shape (r, N, T, d).
        state_factors: Fⱼ, shape (r, N, T, n).
        directions: γⱼ, shape (r, p).

    Example:
        See [The state-space kernel](../state-space-ntk.md): `predict_kernel`.
    """

    normal_form: NormalForm | None
    projector: SpectralProjector
    mu: Scalar
    times: Times
    weights: Weights
    amplitudes: Float[Array, "N T d"]
    coordinate_factors: Float[Array, "r N T d"]
    state_factors: Float[Array, "r N T n"]
    directions: Float[Array, "r p"]

    def push(self, dtheta: ParameterVector) -> Trajectories:
        """S_pred δθ.

        Args:
            dtheta: shape (p,).

        Returns:
            Shape (N, T, n).
        """
        return jnp.tensordot(self.directions @ dtheta, self.state_factors, 1)

    def pull(self, error: Trajectories) -> ParameterVector:
        """S_pred* e in the trajectory inner product.

        Args:
            error: shape (N, T, n).

        Returns:
            Shape (p,).
        """
        return jnp.einsum("rntk,ntk->r", self.state_factors, self.measure * error) @ self.directions

    @property
    def measure(self) -> Float[Array, "#N T 1"]:
        """Weights of the inner product over trials, times and states: wᵢₜ/N."""
        return trajectory_measure(self.weights, self.state_factors.shape[1])

    @property
    def rank(self) -> int:
        """Number of factors r."""
        return self.directions.shape[0]

    @property
    def eigenvalues(self) -> Float[Array, " r"]:
        """Non-zero eigenvalues of the predicted kernel of the states, largest first."""
        return low_rank_eigenvalues(self.state_factors, self.directions, self.measure)

    @property
    def critical_eigenvalues(self) -> Float[Array, " r"]:
        """Those of the predicted kernel of the coordinates Wᵀz."""
        return low_rank_eigenvalues(self.coordinate_factors, self.directions, self.measure)

    def __repr__(self) -> str:
        """What is predicted, and how large the next term is."""
        kind = "map" if self.normal_form is None else self.normal_form.kind
        values = ", ".join(f"{float(x):.6g}" for x in self.eigenvalues[:4])
        share = curvature_share(self)
        lines = [
            f"PredictedKernel at a {kind.replace('_', ' ')}: μ = {float(self.mu):.6g}, rank "
            f"{self.rank}, eigenvalues {values}"
        ]
        if not math.isnan(share):
            lines.append(f"  curvature of the manifold: {share:.2g} of it")
        return "\n".join(lines)


def predict_kernel(
    normal_form: NormalForm,
    initial: InitialStates | Amplitudes,
    times: Times,
    weights: Weights,
    mu: Scalar | float = 0.0,
    *,
    order: int = 1,
) -> PredictedKernel:
    """The kernel that a normal form predicts near its bifurcation.

    Args:
        normal_form: with its unfolding gradients.
        initial: initial states, shape (N, n), projected linearly on the critical eigenspace; or
            amplitudes a₀ (complex y₀ for Hopf), shape (N,).
        times: saved times, shape (T,), the first one being the initial time.
        weights: their weights in the inner product, as of the sensitivity it is compared with.
        mu: distance from the bifurcation along ∇θμ.
        order: 1 for F = v g; 2 for F = (v + a h₂) g, with the centre manifold's curvature
            (scalar bifurcations only).

    Returns:
        The predicted operator.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if the normal form has no gradients or was taken at a point that is not at a
            bifurcation, if `order` is neither 1 nor 2, or if a reduced trajectory escapes to
            infinity before the last time.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> field = bb.CTRNN(jnp.eye(1))  # −z + tanh z, at a pitchfork with c₃ = −⅓
        >>> form = bb.normal_form(field, jnp.zeros(1), names=["weights"])
        >>> grid = bb.uniform_grid(10.0, 0.1)
        >>> predicted = bb.predict_kernel(form, jnp.array([0.01]), grid.times, grid.weights)
        >>> predicted.eigenvalues.round(4)  # a₀²T³/3, but for the amplitude's decay
        Array([0.0333], dtype=float64)
    """  # noqa: DOC502 (helpers raise)
    require_x64("A predicted kernel")
    _refuse_off_bifurcation(normal_form, times)
    directions = unfolding_directions(normal_form)
    start = initial_amplitudes(normal_form, initial) if initial.ndim == 2 else initial
    distance = jnp.asarray(mu, float)
    trials = solve_reduced(normal_form, start, times, distance)
    refuse_escape(trials.coordinates, times)
    projector = critical_projector(normal_form)
    factors = trials.sensitivities @ projector.right.T
    if order == 2 and isinstance(normal_form, ScalarNormalForm):
        bend = normal_form.second_order
        factors = factors + trials.sensitivities * trials.coordinates * bend
    elif order != 1:
        raise ValueError(
            f"predict_kernel: got order={order} for a {normal_form.kind}; expected 1, or 2 at a "
            "real critical eigenvalue."
        )
    return PredictedKernel(
        normal_form=normal_form,
        projector=projector,
        mu=distance,
        times=times,
        weights=weights,
        amplitudes=trials.coordinates,
        coordinate_factors=trials.sensitivities,
        state_factors=factors,
        directions=directions,
    )


def curvature_share(predicted: PredictedKernel) -> float:
    """‖a g h₂‖/‖v g‖: the centre manifold's curvature, the first term a prediction leaves out."""
    form = predicted.normal_form
    if not isinstance(form, ScalarNormalForm) or predicted.rank == 0:
        return math.nan
    plain = predicted.coordinate_factors[0]
    bent = plain * predicted.amplitudes
    sizes = [jnp.sqrt(jnp.sum(predicted.measure * x**2)) for x in (plain, bent)]
    scale = jnp.linalg.norm(form.second_order)
    return float(scale * sizes[1] / jnp.where(sizes[0] > 0, sizes[0], 1.0))


def _refuse_off_bifurcation(form: NormalForm, times: Times) -> None:
    rate, horizon = float(form.eigenvalue.real), float(times[-1] - times[0])
    if abs(rate) * horizon > 1:
        raise ValueError(
            f"predict_kernel: the normal form was taken at Re λ = {rate:.4g}, which is no "
            f"bifurcation on a horizon of {horizon:.4g}. Locate the point first, with "
            "bifurcation_point, continuation or track_equilibria, and give the distance as mu=."
        )


def low_rank_eigenvalues(
    factors: Float[Array, "r N T k"],
    directions: Float[Array, "r p"],
    measure: Float[Array, "#N T 1"],
) -> Float[Array, " r"]:
    """Eigenvalues of Σ Fⱼ (γⱼ·γₖ) Fₖ*, from two r × r matrices."""
    root = jnp.linalg.qr(directions.T)[1]
    values = jnp.linalg.eigvalsh(root @ factor_products(factors, factors, measure) @ root.T)
    return jnp.maximum(values[::-1], 0.0)


def factor_products(
    left: Float[Array, "r N T k"],
    right: Float[Array, "s N T k"],
    measure: Float[Array, "#N T 1"],
) -> Float[Array, "r s"]:
    """Inner products ⟨Fⱼ, Hₖ⟩ of two families of trajectories."""
    return jnp.tensordot(left * measure, right, axes=((1, 2, 3), (1, 2, 3)))


def refuse_escape(coordinates: Float[Array, "N T d"], times: Times) -> None:
    """Raise if a reduced trajectory has left for infinity."""
    gone = jnp.isnan(coordinates).any(-1)
    if bool(gone.any()):
        trial = int(jnp.argmax(gone.any(1)))
        when = float(times[int(jnp.argmax(gone[trial]))])
        raise ValueError(
            f"The reduced trajectory of trial {trial} escapes to infinity before t = {when:.6g}: "
            "shorten the horizon, or leave out trials on that side of the bifurcation."
        )
