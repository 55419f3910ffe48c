"""Curves of folds and Hopf points as regular systems F(x, q) = 0.

Each residual is the equilibrium's equation and one or two scalar test functions. The borders in
them follow the critical vectors, so that a curve may be as long as it likes; the derivative of a
test function is one directional derivative, dg = −ψᵀ dA φ, and takes no derivative of the
borders, which is exact where the test function is zero.
"""

import abc
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array, Float

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Scalar, State
from bifbridge.continuation.jax_engine.two_parameter._borders import (
    Null,
    Plane,
    adapted_null,
    adapted_plane,
)
from bifbridge.continuation.jax_engine.two_parameter._families import AbstractTwoParameterFamily
from bifbridge.normal_forms import multilinear

Unknowns = Float[Array, " N"]


class AbstractCurveResidual(eqx.Module):
    """(x, q) ↦ F, with x = (z, p) and possibly more, of the same length as F."""

    family: eqx.AbstractVar[AbstractTwoParameterFamily]

    @abc.abstractmethod
    def __call__(self, x: Unknowns, q: Scalar) -> Unknowns:
        """The residual, zero on the curve."""

    @abc.abstractmethod
    def following(self, matrix: Any, frequency: float) -> "AbstractCurveResidual":
        """The same curve with borders fit for another point of it."""


class FoldResidual(AbstractCurveResidual):
    """[f; g], where g is zero if A is singular; x = (z, p).

    Attributes:
        family: the fields.
        right: border near the right null vector, shape (n,).
        left: border near the left one, shape (n,).
    """

    family: AbstractTwoParameterFamily
    right: State
    left: State

    def __call__(self, x: Unknowns, q: Scalar) -> Unknowns:
        """The residual, see `AbstractCurveResidual.__call__`."""
        z, p = x[:-1], x[-1]
        velocity = self.family.velocity(p, q)
        null = stop_gradient(self.null(state_jacobian(self.family, *stop_gradient((z, p, q)))))
        probe = -null.left @ multilinear(velocity, z, null.right)
        return jnp.append(velocity(z), with_slope(null.value, probe))

    def null(self, matrix: Float[Array, "n n"]) -> Null:
        """The null vectors, with continuous signs along the curve."""
        return adapted_null(matrix, self.right, self.left)

    def following(self, matrix: Any, frequency: float) -> "FoldResidual":
        """The same with new borders, see `AbstractCurveResidual.following`."""
        del frequency
        right, left = unit_null(matrix, self.right, self.left)
        return FoldResidual(self.family, right, left)


class HopfResidual(AbstractCurveResidual):
    """[f; tr M], where M is A restricted to the plane of the critical pair; x = (z, p).

    tr M = 0 holds at a Hopf point and at a neutral saddle: the curve runs smoothly from one to
    the other through a Bogdanov–Takens point, and det M = ω² tells them apart.

    Attributes:
        family: the fields.
        right: basis of the right plane, shape (n, 2).
        left: basis of the left plane, shape (n, 2).
    """

    family: AbstractTwoParameterFamily
    right: Float[Array, "n 2"]
    left: Float[Array, "n 2"]

    def __call__(self, x: Unknowns, q: Scalar) -> Unknowns:
        """The residual, see `AbstractCurveResidual.__call__`."""
        z, p = x[:-1], x[-1]
        velocity = self.family.velocity(p, q)
        plane = stop_gradient(self.plane(state_jacobian(self.family, *stop_gradient((z, p, q)))))
        first, second = (multilinear(velocity, z, plane.right[:, k]) for k in (0, 1))
        probe = plane.left[:, 0] @ first + plane.left[:, 1] @ second
        return jnp.append(velocity(z), with_slope(plane.trace, probe))

    def plane(self, matrix: Float[Array, "n n"]) -> Plane:
        """The plane of the critical pair."""
        return adapted_plane(matrix, self.right, self.left)

    def following(self, matrix: Any, frequency: float) -> "HopfResidual":
        """The same with new borders, see `AbstractCurveResidual.following`."""
        del frequency
        plane = _plane(jnp.asarray(matrix), self.right, self.left)
        return HopfResidual(self.family, plane.right, jnp.linalg.qr(plane.left)[0])


def state_jacobian(
    family: AbstractTwoParameterFamily, z: State, p: Scalar, q: Scalar
) -> Float[Array, "n n"]:
    """The Jacobian A = ∂f/∂z."""
    return jax.jacfwd(family.velocity(p, q))(z)


def with_slope(value: Array, probe: Array) -> Array:
    """The value of one number with the derivative of another."""
    return value + (probe - stop_gradient(probe))


def unit_null(matrix: Any, right: Array, left: Array) -> tuple[Array, Array]:
    """Unit null vectors that keep the orientation of the borders."""
    null = _null(jnp.asarray(matrix), right, left)
    return null.right / jnp.linalg.norm(null.right), null.left / jnp.linalg.norm(null.left)


_null = quick_jit(adapted_null)
_plane = quick_jit(adapted_plane)
