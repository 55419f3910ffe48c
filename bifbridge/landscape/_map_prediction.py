"""The predicted kernel of a discrete-time cell at a bifurcation of its fixed point."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import InitialStates, Scalar, State
from bifbridge._precision import require_x64
from bifbridge.landscape._map_equations import NeimarkSackerMap, ScalarMap
from bifbridge.landscape._predicted_kernel import PredictedKernel
from bifbridge.normal_forms import MapNormalForm, NeimarkSackerNormalForm
from bifbridge.sntk import spectral_projector


def predict_map_kernel(
    equation: ScalarMap | NeimarkSackerMap,
    state: State,
    right: Float[Array, " n"] | Complex[Array, " n"],
    left: Float[Array, " n"] | Complex[Array, " n"],
    gradients: Float[Array, "r p"],
    initial_states: InitialStates,
    n_steps: int,
    mu: Scalar | float = 0.0,
) -> PredictedKernel:
    """The kernel that the reduced map predicts: rank one, or two at a Neimark-Sacker point.

    Every step has weight one in the inner product, as in `linearise_map`.

    Args:
        equation: the reduced map.
        state: the fixed point z*, shape (n,).
        right: v with |v| = 1, or q.
        left: w with wᵀv = 1, or p with pᴴq = 1.
        gradients: ∇θμ, and ∇θω for Neimark-Sacker. At a flip the multiplier is −(1 + μ), so
            ∇θμ = −∇θλ; at a Neimark-Sacker point ∇θμ + i∇θω = e^{−iω}∇θλ.
        initial_states: shape (N, n), projected linearly.
        n_steps: number of steps; states 0 … n_steps are compared.
        mu: distance from the bifurcation.

    Returns:
        The predicted operator, for `compare`.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if the number of gradients does not fit the bifurcation, or an orbit escapes.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `predict_cell_kernel`.
    """  # noqa: DOC502 (require_x64 raises)
    require_x64("A predicted kernel")
    expected = 2 if isinstance(equation, NeimarkSackerMap) else 1
    if gradients.shape[0] != expected:
        raise ValueError(
            f"predict_map_kernel: got {gradients.shape[0]} gradients, expected {expected}: "
            "∇θμ, and ∇θω at a Neimark-Sacker point."
        )
    projector = spectral_projector(right, left)
    start, distance = (initial_states - state) @ left.conj(), jnp.asarray(mu, float)
    if isinstance(equation, NeimarkSackerMap):
        orbits = jax.vmap(lambda y0: equation.solution(n_steps, y0, distance))(start)
        parts = [jnp.stack([2 * y.real, -2 * y.imag], -1) for y in orbits]
    else:
        orbits = jax.vmap(lambda a0: equation.solution(n_steps, a0, distance))(start)
        parts = [x[..., None] for x in orbits]
    if not bool(jnp.isfinite(parts[0]).all()):
        raise ValueError("predict_map_kernel: an orbit of the reduced map escapes to infinity.")
    sensitivities = jnp.stack(parts[1:])
    times = jnp.arange(n_steps + 1.0)
    return PredictedKernel(
        normal_form=None,
        projector=projector,
        mu=distance,
        times=times,
        weights=jnp.ones_like(times),
        amplitudes=parts[0],
        coordinate_factors=sensitivities,
        state_factors=sensitivities @ projector.right.T,
        directions=gradients,
    )


def predict_cell_kernel(
    form: MapNormalForm | NeimarkSackerNormalForm,
    initial_states: InitialStates,
    n_steps: int,
    mu: Scalar | float = 0.0,
) -> PredictedKernel:
    """The kernel that the normal form of a discrete-time cell predicts, see `predict_map_kernel`.

    Args:
        form: from `map_normal_form`, with its gradients.
        initial_states: shape (N, n).
        n_steps: number of steps.
        mu: distance from the bifurcation.

    Returns:
        The predicted operator, for `compare`.

    Raises:
        ValueError: if the form has no gradients, or is an undecided branch point.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    gradients = [form.unfolding_gradient]
    if isinstance(form, NeimarkSackerNormalForm):
        gradients.append(form.frequency_gradient)
        equation = NeimarkSackerMap(form.frequency, form.cubic)
    elif form.kind == "branch_point":
        raise ValueError(
            "predict_cell_kernel: got a branch point that is neither clearly transcritical nor a "
            "pitchfork; name its kind in map_normal_form(…, kind=…)."
        )
    else:
        quadratic = form.kind in {"fold", "transcritical"}
        equation = ScalarMap(form.kind, form.quadratic if quadratic else form.cubic)
    known = [gradient for gradient in gradients if gradient is not None]
    if len(known) < len(gradients):
        raise ValueError("predict_cell_kernel: the cell has no parameters, hence no kernel.")
    return predict_map_kernel(
        equation, form.state, form.right, form.left, jnp.stack(known), initial_states, n_steps, mu
    )
