"""Coefficients and classification at one real critical eigenvalue."""

import math
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Scalar, State
from bifbridge.normal_forms._critical import bordered_solve, real_eigenvectors
from bifbridge.normal_forms._derivatives import Velocity, jacobian, multilinear
from bifbridge.normal_forms._types import ScalarKind

#: Below this a dimensionless ratio counts as zero.
RATIO_TOLERANCE = 1e-6
#: Below this share of its own terms a coefficient is nothing but cancellation.
CANCELLATION = 1e-10


class ScalarCoefficients(NamedTuple):
    """Everything at a simple real eigenvalue that does not depend on the parameters.

    Attributes:
        eigenvalue: λ = wᵀAv.
        right: v.
        left: w.
        quadratic: b₂.
        cubic: c₃.
        second_order: h₂.
        quadratic_size: |w||B(v,v)|/2, the size that b₂ could have had.
        cubic_size: the same for c₃.
        rate: ‖A‖/√n, a typical rate, which makes ratios dimensionless.
    """

    eigenvalue: Scalar
    right: State
    left: State
    quadratic: Scalar
    cubic: Scalar
    second_order: State
    quadratic_size: Scalar
    cubic_size: Scalar
    rate: Scalar


@quick_jit
def scalar_coefficients(velocity: Velocity, state: State) -> ScalarCoefficients:
    """b₂, c₃ and h₂ at the real eigenvalue nearest zero."""
    # h₂ solves (A − 2λ)h₂ = −B(v,v) + (wᵀB(v,v))v, wᵀh₂ = 0, which at λ = 0 is the centre
    # manifold's curvature (Kuznetsov, *Elements of Applied Bifurcation Theory*, section 5.4).
    matrix = jacobian(velocity, state)
    return scalar_coefficients_along(velocity, state, matrix, *real_eigenvectors(matrix))


def scalar_coefficients_along(
    velocity: Velocity, state: State, matrix: Array, value: Scalar, v: State, w: State
) -> ScalarCoefficients:
    """`scalar_coefficients` where the eigenvectors are known already."""
    curvature = multilinear(velocity, state, v, v)
    quadratic = 0.5 * (w @ curvature)
    shifted = matrix - 2 * value * jnp.eye(state.size)
    second, _ = bordered_solve(shifted, v, w, -curvature + 2 * quadratic * v)
    third = multilinear(velocity, state, v, v, v) / 6
    mixed = multilinear(velocity, state, v, second) / 2
    size = jnp.linalg.norm(w)
    return ScalarCoefficients(
        eigenvalue=value,
        right=v,
        left=w,
        quadratic=quadratic,
        cubic=w @ (third + mixed),
        second_order=second,
        quadratic_size=0.5 * size * jnp.linalg.norm(curvature),
        cubic_size=size * (jnp.linalg.norm(third) + jnp.linalg.norm(mixed)),
        rate=jnp.linalg.norm(matrix) / math.sqrt(state.size),
    )


def classify(coefficients: ScalarCoefficients, forcing: float | None) -> tuple[ScalarKind, float]:
    """The kind of a bifurcation with one zero eigenvalue, and how clear it is."""
    # Two dimensionless ratios decide, so that neither the scale of time nor that of space does:
    # the forcing wᵀf_μ/(|w||f_μ|) tells a fold from a branch point, and b₂/√(|c₃|·rate) a
    # transcritical from a pitchfork.
    # NumPy's numbers are read in a tenth of the time.
    coefficients = ScalarCoefficients(*(np.asarray(value) for value in coefficients))  # pyright: ignore[reportArgumentType]
    b2, c3 = abs(float(coefficients.quadratic)), abs(float(coefficients.cubic))
    if b2 <= CANCELLATION * float(coefficients.quadratic_size):
        b2 = 0.0
    if c3 <= CANCELLATION * float(coefficients.cubic_size):
        c3 = 0.0
    if forcing is not None and forcing > RATIO_TOLERANCE:
        return "fold", _decades(forcing)
    if b2 == 0 and c3 == 0:
        return "branch_point", 0.0
    # With a single state A itself vanishes: there is no other rate, and time is taken as it is.
    rate = float(coefficients.rate) if float(coefficients.rate) > CANCELLATION else 1.0
    ratio = b2 / math.sqrt(c3 * rate) if c3 > 0 else math.inf
    if ratio <= RATIO_TOLERANCE:
        return "pitchfork", _decades(ratio)
    return ("branch_point" if forcing is None else "transcritical"), _decades(ratio)


def _decades(ratio: float) -> float:
    if ratio == 0 or math.isinf(ratio):
        return 16.0
    return min(abs(math.log10(ratio / RATIO_TOLERANCE)), 16.0)
