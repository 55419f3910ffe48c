"""The coefficients to third order at a zero eigenvalue together with an imaginary pair."""

from typing import Any

import jax.numpy as jnp

from bifbridge._custom_types import Scalar
from bifbridge._precision import require_x64
from bifbridge.normal_forms._critical import bordered_solve
from bifbridge.normal_forms._forms import Forms, steady_vectors, turning_vectors
from bifbridge.normal_forms._states import state_vector
from bifbridge.normal_forms._two_mode_types import ZeroHopfNormalForm


def zero_hopf_normal_form(
    velocity: Any, state: Any, frequency: float | Scalar
) -> ZeroHopfNormalForm:
    """The normal form at an equilibrium with eigenvalues 0 and ±iω.

    Args:
        velocity: z ↦ dz/dt.
        state: z*, shape (n,), n ≥ 3.
        frequency: a guess of ω, good enough to single out the pair.

    Returns:
        The normal form.

    Raises:
        ValueError: if the state has the wrong shape.
    """
    require_x64("zero_hopf_normal_form")
    z = state_vector("zero_hopf_normal_form", state)
    if z.size < 3:
        raise ValueError(f"zero_hopf_normal_form: got n = {z.size}, expected at least three.")
    # Kuznetsov (1999), equations 3.9–3.15.
    forms, eye = Forms(velocity, z), jnp.eye(z.size)
    matrix = forms.matrix
    _, q0, p0 = steady_vectors(matrix)
    value, q1, p1 = turning_vectors(matrix, jnp.asarray(frequency, float))
    omega, r1 = value.imag, jnp.conj(q1)

    b00, b01, b11, b12 = forms((q0, q0), (q0, q1), (q1, q1), (q1, r1))
    g200, g011, g110 = p0 @ b00, p0 @ b12.real, jnp.vdot(p1, b01)
    h200, _ = bordered_solve(matrix, q0, p0, g200 * q0 - b00)
    h011, _ = bordered_solve(matrix, q0, p0, g011 * q0 - b12.real)
    h020 = jnp.linalg.solve(2j * omega * eye - matrix, b11)
    h110, _ = bordered_solve(1j * omega * eye - matrix, q1, jnp.conj(p1), b01 - g110 * q1)

    c300, c111, c210, c021 = forms((q0, q0, q0), (q0, q1, r1), (q0, q0, q1), (q1, q1, r1))
    b1, b2, b3, b4, b5, b6, b7 = forms(
        (q0, h200), (r1, h110), (q0, h011), (q0, h110), (q1, h200), (q1, h011), (r1, h020)
    )
    return ZeroHopfNormalForm(
        state=z,
        frequency=omega,
        right=q0,
        left=p0,
        right_turning=q1,
        left_turning=p1,
        g200=g200,
        g011=g011,
        g110=g110,
        g300=p0 @ (c300 + 3 * b1),
        g111=p0 @ (c111.real + 2 * b2.real + b3),
        g210=jnp.vdot(p1, c210 + 2 * b4 + b5),
        g021=jnp.vdot(p1, c021 + 2 * b6 + b7),
    )
