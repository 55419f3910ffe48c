"""The quadratic coefficients at a double zero eigenvalue."""

from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._compile import quick_jit
from bifbridge._custom_types import State
from bifbridge._precision import require_x64
from bifbridge.normal_forms._codim2_types import BogdanovTakensNormalForm
from bifbridge.normal_forms._critical import _leading, bordered_solve, start_vector
from bifbridge.normal_forms._forms import Forms
from bifbridge.normal_forms._states import state_vector


class JordanChain(NamedTuple):
    """Both chains of a nilpotent double zero, see `BogdanovTakensNormalForm`.

    Attributes:
        right: q₀.
        generalised: q₁.
        left: p₁.
        left_generalised: p₀.
    """

    right: State
    generalised: State
    left: State
    left_generalised: State


def bogdanov_takens_normal_form(velocity: Any, state: Any) -> BogdanovTakensNormalForm:
    """The normal form at an equilibrium with a nilpotent double zero eigenvalue.

    Args:
        velocity: z ↦ dz/dt.
        state: z*, shape (n,), n ≥ 2.

    Returns:
        The normal form.

    Raises:
        ValueError: if the state has the wrong shape.

    Example:
        >>> import jax.numpy as jnp
        >>> def takens(z):
        ...     return jnp.stack([z[1], 2 * z[0] ** 2 - 3 * z[0] * z[1]])
        >>> bogdanov_takens_normal_form(takens, jnp.zeros(2))
        Bogdanov–Takens: ẇ₁ = β₁ + β₂w₀ + 2 w₀² − 3 w₀w₁, supercritical Hopf nearby
    """
    require_x64("bogdanov_takens_normal_form")
    z = state_vector("bogdanov_takens_normal_form", state)
    if z.size < 2:
        raise ValueError("bogdanov_takens_normal_form: got n = 1, expected at least two states.")
    forms = Forms(velocity, z)
    chain: JordanChain = _chain(forms.matrix)
    curvature, cross = forms((chain.right, chain.right), (chain.right, chain.generalised))
    mixed = chain.left_generalised @ curvature + chain.left @ cross
    return BogdanovTakensNormalForm(z, *chain, 0.5 * (chain.left @ curvature), mixed)


def jordan_chain(matrix: Float[Array, "n n"], iterations: int = 4) -> JordanChain:
    """Right and left Jordan chains of a nilpotent double zero eigenvalue, by bordered solves.

    All matrices solved with are regular at the point, where the eigenvectors themselves are
    orthogonal (p₁ᵀq₀ = 0).

    Args:
        matrix: A, shape (n, n).
        iterations: solves that refine the borders.

    Returns:
        The chains.
    """
    zero = jnp.zeros(matrix.shape[0])
    right = left = start_vector(matrix.shape[0])
    for _ in range(iterations):
        ahead, _ = bordered_solve(matrix, left, right, zero, 1.0)
        back, _ = bordered_solve(matrix.T, right, left, zero, 1.0)
        right, left = ahead / jnp.linalg.norm(ahead), back / jnp.linalg.norm(back)
    right = right * jnp.where(_leading(right) < 0, -1.0, 1.0)
    generalised, _ = bordered_solve(matrix, left, right, right)
    lifted, _ = bordered_solve(matrix.T, right, left, left)
    scale = left @ generalised
    left, lifted = left / scale, lifted / scale
    return JordanChain(right, generalised, left, lifted - (lifted @ generalised) * left)


_chain = quick_jit(jordan_chain)
