"""The cubic coefficients at two pairs of imaginary eigenvalues."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from bifbridge._precision import require_x64
from bifbridge.normal_forms._forms import Forms, turning_vectors
from bifbridge.normal_forms._states import state_vector
from bifbridge.normal_forms._two_mode_types import HopfHopfNormalForm


def hopf_hopf_normal_form(
    velocity: Any, state: Any, frequencies: Sequence[float] | Float[Array, " 2"]
) -> HopfHopfNormalForm:
    """The normal form at an equilibrium with eigenvalues ±iω₁ and ±iω₂.

    Args:
        velocity: z ↦ dz/dt.
        state: z*, shape (n,), n ≥ 4.
        frequencies: guesses of ω₁ and ω₂ in any order, good enough to single out the pairs.

    Returns:
        The normal form, the higher frequency first.

    Raises:
        ValueError: if the state or the frequencies have the wrong shape.
    """
    require_x64("hopf_hopf_normal_form")
    z = state_vector("hopf_hopf_normal_form", state)
    omegas = jnp.sort(jnp.asarray(frequencies, float), descending=True)
    if omegas.shape != (2,):
        raise ValueError(
            f"hopf_hopf_normal_form: got frequencies of shape {omegas.shape}, expected (2,)."
        )
    if z.size < 4:
        raise ValueError(f"hopf_hopf_normal_form: got n = {z.size}, expected at least four.")
    forms = Forms(velocity, z)
    first, second = (turning_vectors(forms.matrix, omega) for omega in omegas)
    g2100, g1011 = _row(forms, first, second)
    g0021, g1110 = _row(forms, second, first)
    return HopfHopfNormalForm(
        state=z,
        frequencies=jnp.stack([first[0].imag, second[0].imag]),
        rights=jnp.stack([first[1], second[1]]),
        lefts=jnp.stack([first[2], second[2]]),
        g2100=g2100,
        g1011=g1011,
        g1110=g1110,
        g0021=g0021,
    )


Mode = tuple[Complex[Array, ""], Complex[Array, " n"], Complex[Array, " n"]]


def _row(forms: Forms, own: Mode, other: Mode) -> tuple[Complex[Array, ""], Complex[Array, ""]]:
    # The effect of each pair on one of them, Kuznetsov (1999), equations 3.19–3.22: G₂₁₀₀ and
    # G₁₀₁₁ for the first pair, G₀₀₂₁ and G₁₁₁₀ for the second.
    (value, q, p), (value2, s, _) = own, other
    r, t, matrix = jnp.conj(q), jnp.conj(s), forms.matrix
    eye = jnp.eye(q.size)

    def resolvent(frequency: Array, right_hand_side: Array) -> Array:
        return jnp.linalg.solve(1j * frequency * eye - matrix, right_hand_side)

    qr, st, qq, qs, qt = forms((q, r), (s, t), (q, q), (q, s), (q, t))
    mean_own, mean_other = -jnp.linalg.solve(matrix, jnp.stack([qr.real, st.real], 1)).T
    twice = resolvent(2 * value.imag, qq)
    plus = resolvent(value.imag + value2.imag, qs)
    minus = resolvent(value.imag - value2.imag, qt)
    c1, c2 = forms((q, q, r), (q, s, t))
    b1, b2, b3, b4, b5 = forms((r, twice), (q, mean_own), (t, plus), (s, minus), (q, mean_other))
    return jnp.vdot(p, c1 + b1 + 2 * b2), jnp.vdot(p, c2 + b3 + b4 + b5)
