"""Normal forms of fixed points of discrete-time cells, by automatic differentiation."""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Input, ParameterVector, RealScalarLike, Scalar, State
from bifbridge._precision import require_x64
from bifbridge.fields import flatten_parameters
from bifbridge.normal_forms._critical import _leading
from bifbridge.normal_forms._derivatives import jacobian, multilinear
from bifbridge.normal_forms._map_types import MapNormalForm, NeimarkSackerNormalForm
from bifbridge.normal_forms._normal_form import scalar_normal_form
from bifbridge.normal_forms._states import state_vector
from bifbridge.normal_forms._types import ScalarKind
from bifbridge.normal_forms._unfolding import FieldVelocity

#: Distance of a multiplier from the unit circle beyond which a point is no bifurcation.
OFF_CIRCLE = 0.1


def map_normal_form(
    cell: Any,
    state: Any,
    *,
    names: Sequence[str] | None = None,
    kind: ScalarKind | None = None,
) -> MapNormalForm | NeimarkSackerNormalForm:
    """The normal form of a fixed point with a multiplier +1, −1 or a complex pair of modulus one.

    Args:
        cell: an Equinox module z ↦ z⁺ of one state, as `linearise_map` takes it.
        state: the fixed point z*, shape (n,).
        names: leaves of the cell that make up θ; None for all floating-point leaves.
        kind: for the multiplier 1: the kind, where it is known; None to classify.

    Returns:
        The form of the multiplier nearest the unit circle.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if the state is no fixed point, or no multiplier is near the unit circle.

    Example:
        >>> import jax.numpy as jnp
        >>> map_normal_form(lambda z: -z - z**3, jnp.zeros(1))
        subcritical flip: a⁺ = −(1 + μ)a -1 a³
    """  # noqa: DOC502 (a helper raises)
    require_x64("map_normal_form")
    z = state_vector("map_normal_form", state)
    _refuse_moving(cell, z)
    values = np.linalg.eigvals(np.asarray(_jacobian(cell, z)))
    critical = complex(values[np.argmin(np.abs(np.abs(values) - 1))])
    if abs(abs(critical) - 1) > OFF_CIRCLE:
        raise ValueError(
            f"map_normal_form: the multiplier nearest the unit circle is {critical:.4g}, so this "
            "point is not at a bifurcation. Move a parameter until its modulus is one."
        )
    chosen = None if names is None else tuple(names)
    if abs(critical.imag) > 1e-6:
        return _neimark_sacker(cell, z, chosen, complex(critical.real, abs(critical.imag)))
    if critical.real > 0:
        return _at_plus_one(cell, z, chosen, kind)
    return _flip(cell, z, chosen)


class _Displacement(eqx.Module):
    """The field f(z) − z, whose equilibria are the fixed points of the cell."""

    cell: Any

    def __call__(self, t: RealScalarLike, z: State, u: Input | None) -> State:
        return self.cell(z) - z


def _at_plus_one(
    cell: Any, state: State, names: tuple[str, ...] | None, kind: ScalarKind | None
) -> MapNormalForm:
    """To these orders a⁺ − a has the coefficients of the flow of f(z) − z."""
    has_leaves = flatten_parameters(cell)[0].size > 0
    field = _Displacement(cell)
    velocity: Any = FieldVelocity(field) if has_leaves else lambda z: field(0.0, z, None)
    inside = None if names is None else [f"cell.{name}" for name in names]
    form = scalar_normal_form(velocity, state, inside, kind=kind)
    return MapNormalForm(
        kind=form.kind,
        state=state,
        multiplier=1 + form.eigenvalue,
        right=form.right,
        left=form.left,
        quadratic=form.quadratic,
        cubic=form.cubic,
        second_order=form.second_order,
        unfolding_gradient=form.unfolding_gradient,
        margin=form.margin,
    )


def _flip(cell: Any, state: State, names: tuple[str, ...] | None) -> MapNormalForm:
    value, right, left = _eigenvectors(np.asarray(_jacobian(cell, state)), -1.0)
    v, w = right.real, left.real
    b2, c3, h2 = _flip_coefficients(cell, state, v, w)
    gradient = None
    if flatten_parameters(cell, names)[0].size > 0:
        gradient = -_multiplier_gradients(cell, names, state, v + 0j, w + 0j)[0]
    return MapNormalForm(
        kind="flip",
        state=state,
        multiplier=jnp.asarray(value.real),
        right=v,
        left=w,
        quadratic=b2,
        cubic=c3,
        second_order=h2,
        unfolding_gradient=gradient,
        margin=jnp.asarray(16.0),
    )


@quick_jit
def _flip_coefficients(cell: Any, state: State, v: State, w: State) -> tuple[Array, Array, Array]:
    bend = multilinear(cell, state, v, v)
    h2 = jnp.linalg.solve(jnp.eye(state.size) - jacobian(cell, state), bend)
    cubic = w @ multilinear(cell, state, v, v, v) / 6 + w @ multilinear(cell, state, v, h2) / 2
    return w @ bend / 2, cubic, h2


def _neimark_sacker(
    cell: Any, state: State, names: tuple[str, ...] | None, target: complex
) -> NeimarkSackerNormalForm:
    value, q, p = _eigenvectors(np.asarray(_jacobian(cell, state)), target)
    omega = float(np.angle(value))
    growth = turning = None
    if flatten_parameters(cell, names)[0].size > 0:
        real, imaginary = _multiplier_gradients(cell, names, state, q, p)
        turned = np.exp(-1j * omega) * (real + 1j * imaginary)
        growth, turning = turned.real, turned.imag
    resonance = min(abs(np.exp(1j * k * omega) - 1) for k in (1, 2, 3, 4))
    return NeimarkSackerNormalForm(
        state=state,
        frequency=jnp.asarray(omega),
        multiplier=jnp.asarray(value),
        right=q,
        left=p,
        cubic=_turning_cubic(cell, state, q, p, jnp.asarray(omega)),
        unfolding_gradient=growth,
        frequency_gradient=turning,
        resonance=jnp.asarray(resonance),
    )


@quick_jit
def _turning_cubic(
    cell: Any, state: State, q: Array, p: Array, omega: Scalar
) -> Complex[Array, ""]:
    identity, a = jnp.eye(state.size), jacobian(cell, state)
    steady = jnp.linalg.solve(identity - a + 0j, multilinear(cell, state, q, q.conj()))
    double = jnp.linalg.solve(jnp.exp(2j * omega) * identity - a, multilinear(cell, state, q, q))
    total = (
        multilinear(cell, state, q, q, q.conj())
        + 2 * multilinear(cell, state, q, steady)
        + multilinear(cell, state, q.conj(), double)
    )
    return 0.5 * jnp.exp(-1j * omega) * jnp.vdot(p, total)


@quick_jit
def _multiplier_gradients(
    cell: Any, names: tuple[str, ...] | None, state: State, right: Array, left: Array
) -> tuple[ParameterVector, ParameterVector]:
    """∇θ of a simple multiplier along the moving fixed point: real and imaginary part."""
    theta, rebuild = flatten_parameters(cell, names)
    away = (jnp.eye(state.size) - jacobian(cell, state)).T

    def gradient(part: Callable[[Array], Array]) -> ParameterVector:
        def rate(vector: ParameterVector, z: State) -> Scalar:
            return part(jnp.vdot(left, multilinear(rebuild(vector), z, right)))

        pull = jnp.linalg.solve(away, jax.grad(rate, 1)(theta, state))
        return jax.grad(lambda vector: rate(vector, state) + pull @ rebuild(vector)(state))(theta)

    return gradient(jnp.real), gradient(jnp.imag)


def _eigenvectors(
    matrix: Float[np.ndarray, "n n"], target: complex
) -> tuple[complex, Complex[Array, " n"], Complex[Array, " n"]]:
    values, vectors = np.linalg.eig(matrix)
    chosen = int(np.argmin(np.abs(values - target)))
    right = jnp.asarray(vectors[:, chosen] + 0j)
    left = jnp.asarray(np.linalg.inv(vectors)[chosen].conj() + 0j)
    lead = _leading(right)
    right = right * (lead.conj() / jnp.abs(lead)) / jnp.linalg.norm(right)
    return complex(values[chosen]), right, left / jnp.vdot(left, right).conj()


def _refuse_moving(cell: Any, state: State) -> None:
    moved = float(jnp.linalg.norm(cell(state) - state))
    if moved > 1e-6 * (1 + float(jnp.linalg.norm(state))):
        raise ValueError(
            f"map_normal_form: one step moves the state by {moved:.3g}, so it is no fixed point. "
            "Solve z = cell(z) first, with optimistix.fixed_point or Newton's method."
        )


_jacobian = quick_jit(jacobian)
