"""The cubic coefficient at a pair of imaginary eigenvalues."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Complex

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Scalar, State
from bifbridge._linalg import solve
from bifbridge.normal_forms._critical import complex_eigenvectors
from bifbridge.normal_forms._derivatives import Velocity, jacobian, multilinear


class HopfCoefficients(NamedTuple):
    """Everything at a Hopf point that does not depend on the parameters.

    Attributes:
        eigenvalue: λ = pᴴAq.
        right: q.
        left: p.
        cubic: c₁.
        cubic_size: the size that Re c₁ could have had, for judging degeneracy.
    """

    eigenvalue: Complex[Array, ""]
    right: Complex[Array, " n"]
    left: Complex[Array, " n"]
    cubic: Complex[Array, ""]
    cubic_size: Scalar


@quick_jit
def hopf_coefficients(velocity: Velocity, state: State, frequency: Scalar) -> HopfCoefficients:
    """c₁ = ½pᴴ[C(q,q,q̄) − 2B(q,A⁻¹B(q,q̄)) + B(q̄,(2iω−A)⁻¹B(q,q))]."""
    # Kuznetsov, *Elements of Applied Bifurcation Theory*, section 5.4, with |q| = 1.
    matrix = jacobian(velocity, state)
    return hopf_coefficients_along(
        velocity, state, matrix, *complex_eigenvectors(matrix, frequency)
    )


def hopf_coefficients_along(
    velocity: Velocity,
    state: State,
    matrix: Array,
    value: Complex[Array, ""],
    q: Complex[Array, " n"],
    p: Complex[Array, " n"],
) -> HopfCoefficients:
    """`hopf_coefficients` where the eigenvectors are known already."""
    q_bar, omega = jnp.conj(q), value.imag
    mean = solve(matrix, multilinear(velocity, state, q, q_bar).real)
    twice = 2j * omega * jnp.eye(state.size) - matrix
    second = solve(twice, multilinear(velocity, state, q, q))
    terms = (
        multilinear(velocity, state, q, q, q_bar),
        -2 * multilinear(velocity, state, q, mean),
        multilinear(velocity, state, q_bar, second),
    )
    parts = jnp.stack([0.5 * jnp.vdot(p, term) for term in terms])
    return HopfCoefficients(value, q, p, jnp.sum(parts), jnp.sum(jnp.abs(parts)))
