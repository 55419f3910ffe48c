"""From a normal form to its reduced equation, and from states to its coordinates."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import InitialStates, Scalar, Times
from bifbridge.landscape._planar_equation import HopfEquation
from bifbridge.landscape._scalar_equations import (
    AbstractScalarEquation,
    BranchPointEquation,
    FoldEquation,
    PitchforkEquation,
    TranscriticalEquation,
)
from bifbridge.normal_forms import (
    BogdanovTakensNormalForm,
    CodimTwoNormalForm,
    HopfHopfNormalForm,
    HopfNormalForm,
    MapNormalForm,
    NeimarkSackerNormalForm,
    NormalForm,
    ScalarNormalForm,
    ZeroHopfNormalForm,
)
from bifbridge.sntk import SpectralProjector, block_projector, spectral_projector

#: a₀ or y₀ of each trial, shape (N,).
Amplitudes = Float[Array, " N"] | Complex[Array, " N"]


class ReducedTrials(NamedTuple):
    """Trials of a reduced equation in the real coordinates of its `SpectralProjector`.

    Attributes:
        coordinates: x with z ≈ z* + V x, shape (N, T, d).
        sensitivities: ∂x with respect to each of the r unfolding parameters, (r, N, T, d).
    """

    coordinates: Float[Array, "N T d"]
    sensitivities: Float[Array, "r N T d"]


def reduced_equation(normal_form: NormalForm) -> AbstractScalarEquation | HopfEquation:
    """The equation on the centre manifold that a normal form stands for.

    Args:
        normal_form: of an equilibrium of a flow.

    Returns:
        An equation with `velocity` and `solution`.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    if isinstance(normal_form, HopfNormalForm):
        return HopfEquation(normal_form.frequency, normal_form.cubic)
    quadratic, cubic = normal_form.quadratic, normal_form.cubic
    match normal_form.kind:
        case "fold":
            return FoldEquation(quadratic)
        case "transcritical":
            return TranscriticalEquation(quadratic)
        case "pitchfork":
            return PitchforkEquation(cubic)
        case _:
            return BranchPointEquation(quadratic, cubic)


def critical_projector(
    normal_form: NormalForm | CodimTwoNormalForm | MapNormalForm | NeimarkSackerNormalForm,
) -> SpectralProjector:
    """The spectral projector on the critical eigenspace.

    Args:
        normal_form: of codimension one or two, of a flow or of a map.

    Returns:
        Π = v wᵀ, 2Re(q pᴴ), or at codimension two the sum over all critical vectors: q₀p₀ᵀ + q₁p₁ᵀ
        at a Bogdanov-Takens point, whose chain has one eigenvector only.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    match normal_form:
        case BogdanovTakensNormalForm():
            rights = [normal_form.right, normal_form.generalised]
            lefts = [normal_form.left_generalised, normal_form.left]
            return block_projector(jnp.stack(rights), jnp.stack(lefts))
        case ZeroHopfNormalForm():
            rights = jnp.stack([normal_form.right + 0j, normal_form.right_turning])
            return block_projector(
                rights, jnp.stack([normal_form.left + 0j, normal_form.left_turning])
            )
        case HopfHopfNormalForm():
            return block_projector(normal_form.rights, normal_form.lefts)
        case _:
            return spectral_projector(normal_form.right, normal_form.left)


def initial_amplitudes(normal_form: NormalForm, initial_states: InitialStates) -> Amplitudes:
    """Linear projection of initial states on the critical eigenspace.

    Exact up to the product of amplitude and distance from the centre manifold.

    Args:
        normal_form: supplies z* and the left eigenvector.
        initial_states: shape (N, n).

    Returns:
        a₀ = wᵀ(z₀ − z*), or y₀ = pᴴ(z₀ − z*), shape (N,).

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    return (initial_states - normal_form.state) @ normal_form.left.conj()


@eqx.filter_jit
def solve_reduced(
    normal_form: NormalForm, amplitudes: Amplitudes, times: Times, mu: Scalar
) -> ReducedTrials:
    """Solve the reduced equation for all trials."""
    equation = reduced_equation(normal_form)
    elapsed = times - times[0]
    if isinstance(equation, HopfEquation):
        planar = jax.vmap(lambda y0: equation.solution(elapsed, y0, mu))(amplitudes)
        return ReducedTrials(
            _real_pair(planar.amplitude),
            jnp.stack([_real_pair(x) for x in planar[1:]]),
        )
    scalar = jax.vmap(lambda a0: equation.solution(elapsed, a0, mu))(amplitudes)
    return ReducedTrials(scalar.amplitude[..., None], scalar.sensitivity[None, ..., None])


def unfolding_directions(normal_form: NormalForm) -> Float[Array, "r p"]:
    """∇θμ; for a Hopf bifurcation ∇θμ and ∇θω.

    Args:
        normal_form: one that carries its parameter gradients.

    Returns:
        Shape (1, p) or (2, p).

    Raises:
        ValueError: if the normal form was computed without parameters.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    gradients = [normal_form.unfolding_gradient]
    if not isinstance(normal_form, ScalarNormalForm):
        gradients.append(normal_form.frequency_gradient)
    given = [gradient for gradient in gradients if gradient is not None]
    if len(given) < len(gradients):
        raise ValueError(
            "The normal form has no unfolding gradient ∇θμ: compute it with the parameters that "
            "the kernel is taken in, names=…, of the field."
        )
    return jnp.stack(given)


def _real_pair(y: Complex[Array, "N T"]) -> Float[Array, "N T 2"]:
    """Coordinates (2 Re y, −2 Im y) of z − z* = 2 Re(y q)."""
    return jnp.stack([2 * y.real, -2 * y.imag], -1)
