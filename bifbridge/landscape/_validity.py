"""How near a bifurcation one must be for its prediction to hold."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp

from bifbridge._custom_types import InitialStates
from bifbridge.landscape._isolation import isolation
from bifbridge.landscape._next_order import next_order_size, refine_prediction
from bifbridge.landscape._predicted_kernel import PredictedKernel, curvature_share
from bifbridge.normal_forms import ScalarNormalForm


class Validity(eqx.Module):
    """Sizes of what a predicted kernel leaves out, relative to it; small means valid.

    Attributes:
        curvature: ‖a g h₂‖/‖v g‖, the centre manifold's curvature; NaN at a Hopf bifurcation.
        coefficient: largest size over the trials of the next term of the reduced equation relative
            to the last one kept: |c₃a/b₂| at a fold or transcritical, |c₁||y|²/ω at a Hopf
            bifurcation; NaN at a pitchfork, whose next coefficient is not computed.
        residual: 3/(gap·T)², the largest residual eigenvalue relative to the critical one; NaN
            without a field.
        next_order: ‖𝒦 − 𝒦refined‖/‖𝒦refined‖, transients and tilt with μ included, by automatic
            differentiation (`refine_prediction`); NaN without a field.
        reach: the |μ| at which equilibria are so far out that curvature or coefficient reach
            `tolerance`: predictions hold to it for nearer trials of that size. Infinite where
            neither appears.
        tolerance: the tolerated size.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `validity`.
    """

    curvature: float
    coefficient: float
    residual: float
    next_order: float
    reach: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether every known size is within the tolerance."""
        sizes = (self.curvature, self.coefficient, self.residual, self.next_order)
        return all(not size > self.tolerance for size in sizes)

    def __repr__(self) -> str:
        """One sentence."""
        sizes = {
            "curvature": self.curvature,
            "next coefficient": self.coefficient,
            "residual modes": self.residual,
            "next order": self.next_order,
        }
        known = ", ".join(f"{name} {size:.3g}" for name, size in sizes.items() if size == size)
        word = "valid" if self.holds else "not valid"
        return f"{word} to {self.tolerance:g}: {known}; within |μ| < {self.reach:.3g}"


def validity(
    predicted: PredictedKernel,
    field: Any = None,
    initial_states: InitialStates | None = None,
    *,
    names: Sequence[str] | None = None,
    tolerance: float = 0.1,
) -> Validity:
    """What a prediction neglects, from the next orders of its expansion.

    Args:
        predicted: from `predict_kernel`.
        field: the field at the bifurcation, for the terms that need it; None leaves them out.
        initial_states: those of the prediction, shape (N, n), with a field.
        names: the leaves in θ, as in `flatten_parameters`.
        tolerance: the size that is tolerated.

    Returns:
        The sizes.

    Raises:
        ValueError: for the prediction of a map, or a field without initial states.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    form = predicted.normal_form
    if form is None:
        raise ValueError("validity: got the prediction of a map, expected that of a flow.")
    if (field is None) != (initial_states is None):
        raise ValueError("validity: give both field and initial_states, or neither.")
    residual = next_order = float("nan")
    if field is not None and initial_states is not None:
        residual = isolation(field, form, predicted.times).residual_ratio
        if isinstance(form, ScalarNormalForm):
            refined = refine_prediction(predicted, field, initial_states, names=names)
            next_order = next_order_size(predicted, refined)
    curvature, coefficient = curvature_share(predicted), _coefficient(predicted)
    return Validity(
        curvature, coefficient, residual, next_order, _reach(predicted, tolerance), tolerance
    )


def _coefficient(predicted: PredictedKernel) -> float:
    form, largest = predicted.normal_form, jnp.abs(predicted.amplitudes).max()
    if not isinstance(form, ScalarNormalForm):
        assert form is not None
        square = jnp.sum(predicted.amplitudes**2, -1).max() / 4
        return float(jnp.abs(form.cubic) * square / form.frequency)
    if form.kind in {"fold", "transcritical"}:
        return float(jnp.abs(form.cubic / form.quadratic) * largest)
    return float("nan")


def _reach(predicted: PredictedKernel, tolerance: float) -> float:
    """|μ| where the equilibria's amplitude makes a|h₂| or |c₃a/b₂| equal to the tolerance."""
    form = predicted.normal_form
    if not isinstance(form, ScalarNormalForm):
        assert form is not None
        # |y|² = |μ/Re c₁| and |c₁||y|²/ω = tolerance.
        return float(tolerance * form.frequency * jnp.abs(form.cubic.real / form.cubic))
    slopes = [float(jnp.linalg.norm(form.second_order))]
    if form.kind in {"fold", "transcritical"}:
        slopes.append(float(jnp.abs(form.cubic / form.quadratic)))
    if max(slopes) < 1e-12:
        return float("inf")
    amplitude = tolerance / max(slopes)
    if form.kind == "transcritical":
        return amplitude * abs(float(form.quadratic))
    coefficient = form.quadratic if form.kind == "fold" else form.cubic
    return amplitude**2 * abs(float(coefficient))
