"""Curves of branch points, and the residual of any kind of curve."""

from typing import Any

import jax
import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array, Float

from bifbridge._custom_types import Scalar, State
from bifbridge.continuation.jax_engine.two_parameter._borders import (
    Null,
    adapted_null,
    start_null,
    start_plane,
)
from bifbridge.continuation.jax_engine.two_parameter._families import AbstractTwoParameterFamily
from bifbridge.continuation.jax_engine.two_parameter._residuals import (
    AbstractCurveResidual,
    FoldResidual,
    HopfResidual,
    Unknowns,
    unit_null,
    with_slope,
)


class BranchPointResidual(AbstractCurveResidual):
    """[f + βb; g₁; g₂] with both g zero where [A f_p] loses rank; x = (z, p, β).

    A branch point persists in two parameters only for a reason, such as a symmetry or a trivial
    solution; then β stays zero. Without one the curve still exists, and β says how far the
    branch point is from one.

    Attributes:
        family: the fields.
        right: border near the right null vector of A, shape (n,).
        left: border near the left one, shape (n,).
        forcing: b, the same all along the curve, shape (n,).
    """

    family: AbstractTwoParameterFamily
    right: State
    left: State
    forcing: State

    def __call__(self, x: Unknowns, q: Scalar) -> Unknowns:
        """The residual, see `AbstractCurveResidual.__call__`."""
        y, beta = x[:-1], x[-1]

        def field(s: Array) -> Array:
            return self.family.velocity(s[-1], q)(s[:-1])

        frozen, fixed_q = stop_gradient((y, q))
        jacobian = jax.jacfwd(lambda s: self.family.velocity(s[-1], fixed_q)(s[:-1]))(frozen)
        null = self.null(jacobian[:, :-1])
        drift = _drift(jacobian, null)
        vectors = jnp.stack([jnp.append(null.right, 0.0), jnp.append(drift[0], 1.0)])
        values, vectors, psi = stop_gradient((
            jnp.stack([null.value, drift[1]]),
            vectors,
            null.left,
        ))
        probes = jnp.stack([-psi @ jax.jvp(field, (y,), (vector,))[1] for vector in vectors])
        return jnp.concatenate([field(y) + beta * self.forcing, with_slope(values, probes)])

    def null(self, matrix: Float[Array, "n n"]) -> Null:
        """The null vectors, with continuous signs along the curve."""
        return adapted_null(matrix, self.right, self.left)

    def following(self, matrix: Any, frequency: float) -> "BranchPointResidual":
        """The same with new borders, see `AbstractCurveResidual.following`."""
        del frequency
        right, left = unit_null(matrix, self.right, self.left)
        return BranchPointResidual(self.family, right, left, self.forcing)


def start_residual(
    family: AbstractTwoParameterFamily, kind: str, matrix: Any, frequency: complex
) -> AbstractCurveResidual:
    """The residual of a curve through a point."""
    if kind == "hopf":
        planes = (jnp.asarray(basis) for basis in start_plane(matrix, frequency))
        return HopfResidual(family, *planes)
    right, left = (jnp.asarray(vector) for vector in start_null(matrix))
    if kind == "fold":
        return FoldResidual(family, right, left)
    return BranchPointResidual(family, right, left, left)


def _drift(jacobian: Array, null: Null) -> tuple[Array, Array]:
    # A y + f_p + g₂b = 0 across the null vector: how the equilibrium moves, and what prevents it.
    n = jacobian.shape[0]
    right = null.right / jnp.linalg.norm(null.right)
    left = null.left / jnp.linalg.norm(null.left)
    corner = jnp.zeros((1, 1))
    full = jnp.block([[jacobian[:, :-1], left[:, None]], [right[None, :], corner]])
    solution = jnp.linalg.solve(full, jnp.append(-jacobian[:, -1], 0.0))
    return solution[:n], solution[n]
