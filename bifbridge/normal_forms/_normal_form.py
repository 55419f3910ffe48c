"""One door to the normal forms of equilibria: from a field and a point to its coefficients."""

import math
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Input, State
from bifbridge._precision import require_x64
from bifbridge._velocity_shape import check_velocity
from bifbridge.fields import AbstractVectorField
from bifbridge.normal_forms._derivatives import Velocity, jacobian
from bifbridge.normal_forms._hopf import HopfCoefficients, hopf_coefficients
from bifbridge.normal_forms._scalar import ScalarCoefficients, classify, scalar_coefficients
from bifbridge.normal_forms._types import HopfNormalForm, NormalForm, ScalarKind, ScalarNormalForm
from bifbridge.normal_forms._unfolding import (
    FieldVelocity,
    complex_eigenvalue_gradient,
    eigenvalue_gradient,
    fold_gradient,
)


def normal_form(
    field: Any,
    state: Any,
    *,
    names: Sequence[str] | None = None,
    inputs: Input | None = None,
    kind: ScalarKind | str | None = None,
    frequency: float | None = None,
    forcing: State | None = None,
    gradient: bool = True,
) -> NormalForm:
    """The normal form at an equilibrium with one zero or one pair of imaginary eigenvalues.

    The coefficients are exact (directional derivatives by automatic differentiation, bordered
    solves); the point itself should be located to machine precision, as `continuation` does.

    Args:
        field: a vector field f(t, z, u), or a plain function z ↦ dz/dt. Only a field has
            parameters, hence an unfolding gradient. Numbers inside a plain function are
            compiled in: in a loop pass a field.
        state: z*, shape (n,).
        names: leaves of the field that make up θ; None for all floating-point leaves.
        inputs: the constant input u of a field.
        kind: the kind, where it is known; None to classify.
        frequency: ω > 0 to ask for the Hopf form at that pair; None to take the eigenvalue
            nearest the imaginary axis.
        forcing: ∂f/∂μ at z* along the parameter of interest, shape (n,): it tells a fold from a
            branch point. Without it the parameters of a field decide, and a plain function
            with b₂ ≠ 0 stays an undecided "branch_point".
        gradient: whether to compute ∇θμ.

    Returns:
        A `ScalarNormalForm` or a `HopfNormalForm`.

    Raises:
        ValueError: if the state has the wrong shape or the kind is unknown.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> bb.normal_form(lambda z: -(z**3), jnp.zeros(1))
        supercritical pitchfork: ȧ = μa − 1 a³
        >>> bb.normal_form(
        ...     bb.CTRNN(jnp.array([[1.0, -1.0], [1.0, 1.0]])), jnp.zeros(2), names=["gain"]
        ... )
        supercritical Hopf: ẏ = (μ + 1i)y + (-0.5-0.5i) y|y|², ℓ₁ = -0.5, |∇θμ| = 1
    """
    require_x64("normal_form")
    state = jnp.asarray(state, float)
    if state.ndim != 1:
        raise ValueError(f"normal_form: got a state of shape {state.shape}, expected (n,).")
    velocity = as_velocity(field, inputs)
    check_velocity(
        "normal_form", velocity, state, lambda n: f"bb.normal_form(field, numpy.zeros({n}))",
        takes="a field f(t, z, u) or a function of the state z", field=field,
    )  # fmt: skip
    if kind == "hopf" or frequency is not None:
        return hopf_normal_form(
            velocity, state, _frequency(velocity, state, frequency), names, gradient=gradient
        )
    if kind is None:
        critical = _nearest_to_axis(velocity, state)
        if abs(critical.imag) > 1e-6 * (1 + abs(critical)):
            return hopf_normal_form(velocity, state, abs(critical.imag), names, gradient=gradient)
    elif kind not in {"fold", "transcritical", "pitchfork", "branch_point"}:
        raise ValueError(
            f"normal_form: got kind={kind!r}, expected 'fold', 'transcritical', 'pitchfork', "
            "'branch_point', 'hopf' or None."
        )
    return scalar_normal_form(velocity, state, names, kind=kind, forcing=forcing, gradient=gradient)


def scalar_normal_form(
    velocity: Velocity,
    state: State,
    names: Sequence[str] | None = None,
    *,
    kind: ScalarKind | str | None = None,
    forcing: State | Float[np.ndarray, " n"] | None = None,
    gradient: bool = True,
    coefficients: ScalarCoefficients | None = None,
) -> ScalarNormalForm:
    """The normal form at the real eigenvalue nearest zero, see `normal_form`.

    Args:
        velocity: z ↦ dz/dt; a `FieldVelocity` where parameters are wanted.
        state: z*, shape (n,).
        names: leaves that make up θ; None for all.
        kind: the kind, "branch_point" to leave only transcritical or pitchfork open, or None.
        forcing: ∂f/∂μ at z*, shape (n,).
        gradient: whether to compute ∇θμ.
        coefficients: those of the point, where they are known already.

    Returns:
        The normal form.

    Example:
        See `normal_form`, which chooses between the two.
    """
    c = scalar_coefficients(velocity, state) if coefficients is None else coefficients
    has_field = isinstance(velocity, FieldVelocity)
    fold = None
    if has_field and (gradient or (forcing is None and kind is None)):
        fold = _fold_gradient(velocity, _tuple(names), state, c.left)
    if kind == "branch_point":
        ratio = 0.0
    elif forcing is not None:
        ratio = _ratio(np.asarray(c.left), np.asarray(forcing))
    elif fold is not None:
        ratio = 1.0 if float(jnp.linalg.norm(fold)) > 1e-9 else 0.0
    else:
        ratio = None
    if forcing is None and kind is None and classify(c, 0.0)[0] == "pitchfork":
        # Without a named parameter an odd field is a pitchfork, whatever else could unfold it.
        ratio = 0.0
    found, margin = classify(c, ratio)
    if kind in {"fold", "transcritical", "pitchfork"}:
        found = kind
    mu = None
    if has_field and gradient:
        mu = (
            fold
            if found == "fold"
            else _branch_gradient(velocity, _tuple(names), state, c.right, c.left)
        )
    return ScalarNormalForm(
        kind=found,  # pyright: ignore[reportArgumentType]
        state=state,
        eigenvalue=c.eigenvalue,
        right=c.right,
        left=c.left,
        quadratic=c.quadratic,
        cubic=c.cubic,
        second_order=c.second_order,
        unfolding_gradient=mu,
        margin=jnp.asarray(margin),
    )


def hopf_normal_form(
    velocity: Velocity,
    state: State,
    frequency: float,
    names: Sequence[str] | None = None,
    *,
    gradient: bool = True,
    coefficients: HopfCoefficients | None = None,
) -> HopfNormalForm:
    """The normal form at the pair of eigenvalues nearest ±iω, see `normal_form`.

    Args:
        velocity: z ↦ dz/dt; a `FieldVelocity` where parameters are wanted.
        state: z*, shape (n,).
        frequency: ω.
        names: leaves that make up θ; None for all.
        gradient: whether to compute ∇θ Re λ and ∇θ Im λ.
        coefficients: those of the point, where they are known already.

    Returns:
        The normal form.

    Example:
        See `normal_form`, which chooses between the two.
    """
    c = coefficients
    if c is None:
        c = hopf_coefficients(velocity, state, jnp.asarray(frequency, float))
    real = imaginary = None
    if gradient and isinstance(velocity, FieldVelocity):
        real, imaginary = _hopf_gradients(velocity, _tuple(names), state, c.right, c.left)
    degeneracy = abs(float(c.cubic.real)) / max(float(c.cubic_size), 1e-300)
    margin = min(max(math.log10(max(degeneracy, 1e-300)) + 6, 0.0), 16.0)
    return HopfNormalForm(
        state=state,
        frequency=c.eigenvalue.imag,
        eigenvalue=c.eigenvalue,
        right=c.right,
        left=c.left,
        cubic=c.cubic,
        unfolding_gradient=real,
        frequency_gradient=imaginary,
        margin=jnp.asarray(margin),
    )


def as_velocity(field: Any, inputs: Input | None = None) -> Velocity:
    """A function of the state alone, from a field or from such a function.

    Args:
        field: an `AbstractVectorField`, a `FieldVelocity`, or a function z ↦ dz/dt.
        inputs: the constant input of a field.

    Returns:
        z ↦ dz/dt.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> from bifbridge.normal_forms import as_velocity
        >>> as_velocity(bb.CTRNN(jnp.eye(1), bias=jnp.ones(1)))(jnp.zeros(1))
        Array([1.], dtype=float64)
    """
    if isinstance(field, AbstractVectorField):
        return FieldVelocity(field, inputs)
    return field


def _tuple(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _ratio(left: np.ndarray, forcing: np.ndarray) -> float:
    size = float(np.linalg.norm(left) * np.linalg.norm(forcing))
    return abs(float(left @ forcing)) / size if size > 0 else 0.0


def _nearest_to_axis(velocity: Velocity, state: State) -> complex:
    eigenvalues = np.linalg.eigvals(np.asarray(_jacobian(velocity, state)))
    return complex(eigenvalues[np.argmin(np.abs(eigenvalues.real))])


def _frequency(velocity: Velocity, state: State, frequency: float | None) -> float:
    if frequency is not None:
        return frequency
    eigenvalues = np.linalg.eigvals(np.asarray(_jacobian(velocity, state)))
    turning = eigenvalues[np.abs(eigenvalues.imag) > 1e-12]
    if turning.size == 0:
        raise ValueError(
            "normal_form: got kind='hopf' at a state whose eigenvalues are all real; "
            "expected a complex pair near the imaginary axis."
        )
    return float(np.abs(turning[np.argmin(np.abs(turning.real))].imag))


_jacobian = quick_jit(jacobian)
_fold_gradient = quick_jit(fold_gradient)
_branch_gradient = quick_jit(eigenvalue_gradient)
_hopf_gradients = quick_jit(complex_eigenvalue_gradient)
