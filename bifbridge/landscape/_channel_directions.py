"""Which parameter direction carries the critical channel: forcing, slope or curvature."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector, Scalar, State, Times
from bifbridge._short_repr import short_repr
from bifbridge.fields import flatten_parameters
from bifbridge.normal_forms import ScalarNormalForm


class ChannelDirections(eqx.Module):
    """s(t) = S(t)ᵀw = ∫φ(t, s)[g₀ + a g₁ + a² g₂ + …] ds, the critical channel's parameters.

    Attributes:
        forcing: g₀ = (∂θf)ᵀw, the direction of a fold, shape (p,).
        slope: g₁ = ∂θ(wᵀAv), that of a pitchfork or transcritical bifurcation, shape (p,).
        curvature: g₂ = ½∂θ(wᵀB(v, v)), shape (p,).

    Example:
        See [The state-space kernel](../state-space-ntk.md): `channel_directions`.
    """

    forcing: ParameterVector
    slope: ParameterVector
    curvature: ParameterVector

    def sizes(self, amplitudes: Float[Array, "N T"], times: Times) -> dict[str, float]:
        """Root mean square over trials of each term's part of s at the last time.

        Args:
            amplitudes: a of each trial, shape (N, T).
            times: shape (T,).

        Returns:
            |gₖ| |∫aᵏ dt| by name, without the amplification φ, which they share.
        """
        directions = {"forcing": self.forcing, "slope": self.slope, "curvature": self.curvature}
        return {
            name: float(
                jnp.linalg.norm(direction)
                * jnp.sqrt(jnp.mean(jnp.trapezoid(amplitudes**power, times, axis=1) ** 2))
            )
            for power, (name, direction) in enumerate(directions.items())
        }

    def carrier(self, amplitudes: Float[Array, "N T"], times: Times) -> str:
        """The term that carries the channel on these trials.

        A pitchfork or transcritical kernel of rank one needs "slope", which needs g₀ = 0 for every
        trained parameter: a trained bias makes it "forcing".

        Args:
            amplitudes: a of each trial, shape (N, T).
            times: shape (T,).

        Returns:
            "forcing", "slope" or "curvature".
        """
        sizes = self.sizes(amplitudes, times)
        return max(sizes, key=lambda name: sizes[name])

    __repr__ = short_repr


def channel_directions(
    field: Any, normal_form: ScalarNormalForm, *, names: Sequence[str] | None = None
) -> ChannelDirections:
    """The directions g₀, g₁ and g₂ at a real critical eigenvalue.

    Args:
        field: the field at the bifurcation.
        normal_form: supplies z*, v and w.
        names: the leaves in θ, as in `flatten_parameters`; None for all.

    Returns:
        Three parameter vectors.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    chosen = None if names is None else tuple(names)
    return ChannelDirections(*_directions(field, chosen, normal_form))


@eqx.filter_jit
def _directions(
    field: Any, names: tuple[str, ...] | None, form: ScalarNormalForm
) -> tuple[ParameterVector, ParameterVector, ParameterVector]:
    theta, rebuild = flatten_parameters(field, names)

    def reduced(vector: ParameterVector, a: Scalar) -> Scalar:
        z: State = form.state + a * form.right
        return form.left @ rebuild(vector)(0.0, z, None)

    slope = jax.grad(reduced, 1)
    curvature = jax.grad(slope, 1)
    zero = jnp.zeros(())
    return (
        jax.grad(reduced)(theta, zero),
        jax.grad(slope)(theta, zero),
        jax.grad(curvature)(theta, zero) / 2,
    )
