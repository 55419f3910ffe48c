"""How amplitude and time scale with the distance, so that a reduced equation stays the same."""

from typing import NamedTuple

import jax.numpy as jnp

from bifbridge._custom_types import Scalar
from bifbridge.normal_forms import ScalarNormalForm


class Similarity(NamedTuple):
    """Scales at one distance μ from a bifurcation.

    Attributes:
        amplitude: size of the equilibria of the reduced equation, signed towards the side on
            which trajectories stay bounded.
        time: the inverse of the rate at which they attract or repel.

    Example:
        See `similarity`.
    """

    amplitude: Scalar
    time: float


def similarity(form: ScalarNormalForm, mu: float) -> Similarity:
    """The scales of a reduced equation.

    | kind | amplitude | time |
    |---|---|---|
    | fold | (|μ/b₂|)^½ | |μb₂|^−½ |
    | transcritical | |μ/b₂| | 1/|μ| |
    | pitchfork | (|μ/c₃|)^½ | 1/|μ| |

    Args:
        form: the normal form.
        mu: distance, not zero.

    Returns:
        Amplitude and time.

    Raises:
        ValueError: if the kind has no such scaling.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> from bifbridge.landscape import similarity
        >>> form = bb.normal_form(lambda z: -(z**3), jnp.zeros(1))  # c₃ = −1
        >>> scale = similarity(form, 0.04)
        >>> round(float(scale.amplitude), 9), scale.time
        (0.2, 25.0)
    """
    size, b2 = abs(mu), form.quadratic
    match form.kind:
        case "fold":
            scale = jnp.sqrt(size / jnp.abs(b2))
            return Similarity(-jnp.sign(b2) * scale, float(1 / jnp.sqrt(size * jnp.abs(b2))))
        case "transcritical":
            return Similarity(-size / b2, 1 / size)
        case "pitchfork":
            return Similarity(jnp.sqrt(size / jnp.abs(form.cubic)), 1 / size)
        case _:
            raise ValueError(
                f"The equation of a {form.kind} is not the same at every distance: expected a "
                "fold, transcritical or pitchfork bifurcation."
            )


def relative_order(form: ScalarNormalForm) -> float:
    """Power of |μ| by which the first neglected terms are smaller than the leading ones.

    They are of relative size a (curved centre manifold, higher coefficients), or, where the field
    is odd about the equilibrium, a². That makes ½ for folds and general pitchforks and 1 for
    transcritical bifurcations and odd pitchforks.

    Args:
        form: the normal form.

    Returns:
        ½ or 1.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    if form.kind == "transcritical":
        return 1.0
    odd = float(jnp.linalg.norm(form.second_order)) < 1e-6 * (1 + float(jnp.abs(form.cubic)))
    return 1.0 if form.kind == "pitchfork" and odd else 0.5
