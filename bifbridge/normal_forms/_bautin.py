"""Cubic and quintic coefficients at a Hopf point, for the Bautin bifurcation."""

from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Complex

from bifbridge._custom_types import Scalar, State
from bifbridge._precision import require_x64
from bifbridge.normal_forms._codim2_types import BautinNormalForm
from bifbridge.normal_forms._critical import bordered_solve
from bifbridge.normal_forms._forms import Forms, turning_vectors
from bifbridge.normal_forms._states import state_vector

Vector = Complex[Array, " n"]


class Manifold(NamedTuple):
    """Coefficients hⱼₖ of the centre manifold z = z* + Σ hⱼₖwʲw̄ᵏ/(j!k!), to third order.

    Attributes:
        h20: (2iω − A)⁻¹B(q,q).
        h11: −A⁻¹B(q,q̄), real.
        h30: (3iω − A)⁻¹[C(q,q,q) + 3B(q,h₂₀)].
        h21: solves (iω − A)h₂₁ = C(q,q,q̄) + B(q̄,h₂₀) + 2B(q,h₁₁) − 2c₁q, pᴴh₂₁ = 0.
        cubic: c₁.
    """

    h20: Vector
    h11: State
    h30: Vector
    h21: Vector
    cubic: Complex[Array, ""]


def bautin_normal_form(velocity: Any, state: Any, frequency: float | Scalar) -> BautinNormalForm:
    """The normal form to fifth order at a pair of eigenvalues near ±iω.

    Args:
        velocity: z ↦ dz/dt.
        state: z*, shape (n,).
        frequency: a guess of ω, good enough to single out the pair.

    Returns:
        The normal form. Away from Re c₁ = 0 its c₂ is that of the normal form in which the
        centre manifold has no resonant terms.

    Example:
        >>> import jax.numpy as jnp
        >>> def planar(z):
        ...     s = z @ z
        ...     return jnp.stack([-z[1], z[0]]) - 0.25 * s**2 * z
        >>> round(bautin_normal_form(planar, jnp.zeros(2), 1.0).second_lyapunov.item(), 12)
        -1.0
    """
    require_x64("bautin_normal_form")
    z = state_vector("bautin_normal_form", state)
    forms = Forms(velocity, z)
    value, q, p = turning_vectors(forms.matrix, jnp.asarray(frequency, float))
    manifold = _third_order(forms, value.imag, q, p)
    quintic = _quintic(forms, value.imag, q, p, manifold)
    return BautinNormalForm(z, value.imag, q, p, manifold.cubic, quintic)


def _third_order(forms: Forms, omega: Scalar, q: Vector, p: Vector) -> Manifold:
    matrix, eye, r = forms.matrix, jnp.eye(q.size), jnp.conj(q)
    qq, qr = forms((q, q), (q, r))
    h20 = jnp.linalg.solve(2j * omega * eye - matrix, qq)
    h11 = -jnp.linalg.solve(matrix, qr.real)
    qqq, qqr = forms((q, q, q), (q, q, r))
    q_20, r_20, q_11 = forms((q, h20), (r, h20), (q, h11))
    h30 = jnp.linalg.solve(3j * omega * eye - matrix, qqq + 3 * q_20)
    third = qqr + r_20 + 2 * q_11
    cubic = 0.5 * jnp.vdot(p, third)
    h21, _ = bordered_solve(1j * omega * eye - matrix, q, jnp.conj(p), third - 2 * cubic * q)
    return Manifold(h20, h11, h30, h21, cubic)


def _quintic(forms: Forms, omega: Scalar, q: Vector, p: Vector, m: Manifold) -> Complex[Array, ""]:
    # Kuznetsov (1999), equation 3.7, with the terms in c₁ that vanish at Re c₁ = 0 kept.
    r, h20, h11, h30, h21 = jnp.conj(q), m.h20, m.h11, m.h30, m.h21
    h02, h12 = jnp.conj(h20), jnp.conj(h21)
    matrix, eye = forms.matrix, jnp.eye(q.size)

    d1, d2 = forms((q, q, q, r), (q, q, r, r))
    c1, c2, c3, c4 = forms((q, q, h11), (q, r, h20), (q, r, h11), (r, r, h20))
    b1, b2, b3, b4, b5, b6 = forms((h20, h11), (r, h30), (q, h21), (h11, h11), (r, h21), (h02, h20))
    fourth = d1 + 3 * c1 + 3 * c2 + 3 * b1 + b2 + 3 * b3 - 6 * m.cubic * h20
    h31 = jnp.linalg.solve(2j * omega * eye - matrix, fourth)
    fourth = d2 + 4 * c3 + 2 * c4.real + 2 * b4 + 4 * b5.real + b6 - 8 * m.cubic.real * h11
    h22 = -jnp.linalg.solve(matrix, fourth.real)

    (e1,) = forms((q, q, q, r, r))
    d1, d2, d3 = forms((q, q, q, h02), (q, r, r, h20), (q, q, r, h11))
    c1, c2, c3, c4, c5, c6 = forms(
        (r, r, h30), (q, q, h12), (q, r, h21), (q, h02, h20), (q, h11, h11), (r, h20, h11)
    )
    b1, b2, b3, b4, b5 = forms((r, h31), (q, h22), (h02, h30), (h12, h20), (h11, h21))
    fifth = e1 + d1 + 3 * d2 + 6 * d3
    fifth += c1 + 3 * c2 + 6 * c3 + 3 * c4 + 6 * c5 + 6 * c6
    fifth += 2 * b1 + 3 * b2 + b3 + 3 * b4 + 6 * b5
    return jnp.vdot(p, fifth) / 12
