"""The cubic coefficient at a cusp."""

from typing import Any

from bifbridge._custom_types import State
from bifbridge._precision import require_x64
from bifbridge.normal_forms._codim2_types import CuspNormalForm
from bifbridge.normal_forms._scalar import scalar_coefficients
from bifbridge.normal_forms._states import state_vector


def cusp_normal_form(velocity: Any, state: Any) -> CuspNormalForm:
    """The normal form at an equilibrium with a zero eigenvalue and b₂ = 0.

    Args:
        velocity: z ↦ dz/dt.
        state: z*, shape (n,).

    Returns:
        The normal form, at the real eigenvalue nearest zero.

    Example:
        >>> import jax.numpy as jnp
        >>> cusp_normal_form(lambda z: -2 * z**3, jnp.zeros(1))
        cusp: ẇ = β₁ + β₂w − 2 w³
    """
    require_x64("cusp_normal_form")
    z: State = state_vector("cusp_normal_form", state)
    c = scalar_coefficients(velocity, z)
    return CuspNormalForm(z, c.eigenvalue, c.right, c.left, c.quadratic, c.cubic)
