"""How every parameter of a field unfolds a bifurcation: ∇θμ by implicit differentiation."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex

from bifbridge._custom_types import Input, ParameterVector, Scalar, State
from bifbridge._short_repr import short_repr
from bifbridge.fields import flatten_parameters
from bifbridge.normal_forms._critical import bordered_solve
from bifbridge.normal_forms._derivatives import multilinear


class FieldVelocity(eqx.Module):
    """z ↦ f(t, z, u; θ) at a fixed time and a constant input.

    Attributes:
        field: the vector field f; its floating-point leaves are θ.
        inputs: u, shape (m,), or None.
        time: t, for the rare field that depends on it.

    Example:
        See `as_velocity`, which makes one of a field.
    """

    field: Any
    inputs: Input | None = None
    time: float = eqx.field(static=True, default=0.0)

    def __call__(self, z: State) -> State:
        """The velocity of a state.

        Args:
            z: state, shape (n,).

        Returns:
            dz/dt, shape (n,).
        """
        return self.field(self.time, z, self.inputs)

    __repr__ = short_repr


def fold_gradient(
    velocity: FieldVelocity, names: tuple[str, ...] | None, state: State, left: State
) -> ParameterVector:
    """∇θμ = (∂θf)ᵀw at a fold."""
    theta, at = _parametrised(velocity, names)
    return jax.grad(lambda vector: left @ at(vector)(state))(theta)


def eigenvalue_gradient(
    velocity: FieldVelocity,
    names: tuple[str, ...] | None,
    state: State,
    right: State,
    left: State,
) -> ParameterVector:
    """∇θλ at a branch point, where the equilibrium's own motion is taken transverse to v."""
    # ∇θλ = ∂θ(wᵀAv) − (∂θf)ᵀr with Aᵀr + γw = ∂z(wᵀAv), vᵀr = 0: the bordered inverse keeps r
    # finite where A is singular.
    theta, at = _parametrised(velocity, names)

    def rate(vector: ParameterVector, z: State) -> Scalar:
        return left @ multilinear(at(vector), z, right)

    transposed = jax.jacfwd(velocity)(state).T
    pull, _ = bordered_solve(transposed, left, right, jax.grad(rate, 1)(theta, state))
    return jax.grad(lambda vector: rate(vector, state) - pull @ at(vector)(state))(theta)


def complex_eigenvalue_gradient(
    velocity: FieldVelocity,
    names: tuple[str, ...] | None,
    state: State,
    right: Complex[Array, " n"],
    left: Complex[Array, " n"],
) -> tuple[ParameterVector, ParameterVector]:
    """∇θ Re λ and ∇θ Im λ of a simple complex eigenvalue, where A is regular."""
    theta, at = _parametrised(velocity, names)
    transposed = jax.jacfwd(velocity)(state).T

    def gradient(part: Callable[[Array], Array]) -> ParameterVector:
        def rate(vector: ParameterVector, z: State) -> Scalar:
            return part(jnp.vdot(left, multilinear(at(vector), z, right)))

        pull = jnp.linalg.solve(transposed, jax.grad(rate, 1)(theta, state))
        return jax.grad(lambda vector: rate(vector, state) - pull @ at(vector)(state))(theta)

    return gradient(jnp.real), gradient(jnp.imag)


def _parametrised(
    velocity: FieldVelocity, names: tuple[str, ...] | None
) -> tuple[ParameterVector, Callable[[ParameterVector], FieldVelocity]]:
    theta, rebuild = flatten_parameters(velocity.field, names)
    return theta, lambda vector: FieldVelocity(rebuild(vector), velocity.inputs, velocity.time)
