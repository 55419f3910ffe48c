"""What is known at a point of a curve: eigenvalues and the test functions of its kind."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Scalar
from bifbridge.continuation.jax_engine._equilibria_curve import sorted_eigenvalues
from bifbridge.continuation.jax_engine.two_parameter._borders import Null
from bifbridge.continuation.jax_engine.two_parameter._branch_points import (
    BranchPointResidual,
)
from bifbridge.continuation.jax_engine.two_parameter._residuals import (
    AbstractCurveResidual,
    FoldResidual,
    HopfResidual,
    state_jacobian,
)
from bifbridge.normal_forms import multilinear
from bifbridge.normal_forms._hopf import hopf_coefficients
from bifbridge.normal_forms._scalar import CANCELLATION, scalar_coefficients


class Observed(NamedTuple):
    """Observations at one point.

    Attributes:
        matrix: A, shape (n, n).
        eigenvalues: by falling real part, shape (n,).
        tests: in the order of the kind's in `SOLUTIONS`.
        rest: the eigenvalues without the critical ones, by falling real part.
    """

    matrix: np.ndarray
    eigenvalues: np.ndarray
    tests: np.ndarray
    rest: np.ndarray

    @property
    def count(self) -> int:
        """Number of unstable eigenvalues beside the critical ones."""
        return int(np.sum(np.real(self.rest) > 0))

    @property
    def frequency(self) -> float:
        """ω on a Hopf curve; 0 on a neutral saddle, and only meaningful on a Hopf curve."""
        return float(np.sqrt(max(self.tests[0], 0.0)))


def observe(residual: AbstractCurveResidual, point: Any, states: int) -> Observed:
    """Observe a point of a curve."""
    matrix, eigenvalues, tests = (
        np.asarray(a) for a in _observe(residual, jnp.asarray(point), states)
    )
    if isinstance(residual, HopfResidual):
        return Observed(matrix, eigenvalues, tests, _without_pair(eigenvalues, float(tests[0])))
    rest = np.delete(eigenvalues, np.argmin(np.abs(eigenvalues)))
    return Observed(matrix, eigenvalues, tests, rest)


def _without_pair(eigenvalues: np.ndarray, square: float) -> np.ndarray:
    root = np.sqrt(complex(-square))
    rest = np.delete(eigenvalues, np.argmin(np.abs(eigenvalues - root)))
    return np.delete(rest, np.argmin(np.abs(rest + root)))


@quick_jit
def _observe(
    residual: AbstractCurveResidual, point: Array, states: int
) -> tuple[Array, Array, Array]:
    z, p, q = point[:states], point[states], point[-1]
    matrix = state_jacobian(residual.family, z, p, q)
    velocity = residual.family.velocity(p, q)
    if isinstance(residual, FoldResidual):
        tests = _null_tests(velocity, z, residual.null(matrix))
    elif isinstance(residual, HopfResidual):
        square = residual.plane(matrix).determinant
        tests = jnp.stack([square, _first_lyapunov(velocity, z, square)])
    elif isinstance(residual, BranchPointResidual):
        quadratic, _ = _null_tests(velocity, z, residual.null(matrix))
        form = scalar_coefficients(velocity, z)
        noise = jnp.abs(form.quadratic) <= CANCELLATION * form.quadratic_size
        tests = jnp.stack([jnp.where(noise, 0.0, quadratic), form.cubic, point[states + 1]])
    else:
        raise TypeError(f"No test functions for {type(residual).__name__}.")
    return matrix, sorted_eigenvalues(matrix), tests


def _null_tests(velocity: Any, z: Array, null: Null) -> Array:
    # ½ψᵀB(φ,φ) and ψᵀφ with unit vectors: no division by ψᵀφ, which vanishes at a double zero.
    right = null.right / jnp.linalg.norm(null.right)
    left = null.left / jnp.linalg.norm(null.left)
    return jnp.stack([0.5 * (left @ multilinear(velocity, z, right, right)), left @ right])


def _first_lyapunov(velocity: Any, z: Array, square: Scalar) -> Scalar:
    # ℓ₁ at a Hopf point, NaN at a neutral saddle, which has none.
    omega = jnp.sqrt(jnp.maximum(square, 1e-16))
    cubic = hopf_coefficients(velocity, z, omega).cubic
    return jnp.where(square > 0, cubic.real / omega, jnp.nan)
