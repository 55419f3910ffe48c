"""The place of a bifurcation of codimension two as a differentiable function of the family."""

from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import State
from bifbridge._precision import require_x64
from bifbridge.continuation._implicit import implicit_root
from bifbridge.continuation.jax_engine.two_parameter import as_two_parameter_family
from bifbridge.continuation.jax_engine.two_parameter._residuals import state_jacobian
from bifbridge.continuation.jax_engine.two_parameter._systems import (
    FREQUENCIES,
    STEADY,
    codim_two_system,
)


class CodimTwoLocation(NamedTuple):
    """Where a bifurcation of codimension two lies.

    Attributes:
        state: z*, shape (n,).
        parameters: (p, q).
        frequencies: of the critical pairs, as many as the kind has.

    Example:
        See `codim_two_point`.
    """

    state: State
    parameters: Float[Array, " 2"]
    frequencies: Float[Array, " k"]


def codim_two_point(
    family: Any,
    state: Any,
    parameters: Any,
    kind: Literal["cusp", "bogdanov_takens", "bautin", "zero_hopf", "hopf_hopf"],
    *,
    frequencies: Any = (),
) -> CodimTwoLocation:
    """Locate a bifurcation of codimension two near a guess, differentiably.

    As in `bifurcation_point`, derivatives are those of the augmented system at its solution:
    `jax.grad`, `jax.jacobian` and `jax.jvp` of the state, of both parameters and of the
    frequencies are exact with respect to everything that the family depends on. ∂(p, q)/∂θ says
    where a change of the parameters θ moves the point.

    Args:
        family: the two-parameter family of fields, or f(z, p, q).
        state: guess of z*, shape (n,).
        parameters: guess of (p, q).
        kind: which bifurcation.
        frequencies: guesses of the frequencies: one for "bautin" and "zero_hopf", two for
            "hopf_hopf".

    Returns:
        The point; NaN where Newton's method failed.

    Raises:
        ValueError: if the kind is unknown or the number of frequencies is not the kind's.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> import bifbridge as bb
        >>> def cusp_at(s):  # the cusp of z' = p + (q − s²)z − z³ lies at (0, s²)
        ...     f = lambda z, p, q: p + (q - s**2) * z - z**3
        ...     return bb.two_parameter.codim_two_point(f, [0.1], (0.05, 2.1), "cusp").parameters[1]
        >>> round(float(jax.grad(cusp_at)(1.5)), 6)
        3.0
    """
    require_x64("codim_two_point")
    if kind not in FREQUENCIES:
        raise ValueError(
            f"codim_two_point: got kind={kind!r}, expected one of {', '.join(FREQUENCIES)}."
        )
    omegas = jnp.asarray(frequencies, float).reshape(-1)
    if omegas.size != FREQUENCIES[kind]:
        raise ValueError(
            f"codim_two_point: got {omegas.size} frequencies for kind={kind!r}, expected "
            f"{FREQUENCIES[kind]}."
        )
    plane = as_two_parameter_family(family)
    z, both = jnp.asarray(state, float), jnp.asarray(parameters, float)
    guess = jax.lax.stop_gradient(jnp.concatenate([z, both, omegas]))
    n = z.size
    matrix = jax.lax.stop_gradient(state_jacobian(plane, guess[:n], guess[n], guess[n + 1]))
    shifts = ([0.0] if kind in STEADY else []) + list(guess[n + 2 :])
    borders = [_null_vectors(matrix, shift) for shift in shifts]

    def system(unknowns: Array) -> Array:
        return codim_two_system(plane, kind, borders, unknowns, n)

    found = implicit_root(system, guess)
    return CodimTwoLocation(found[:n], found[n : n + 2], found[n + 2 :])


def _null_vectors(matrix: Array, shift: Any) -> tuple[Array, Array]:
    # The borders choose coordinates; the solution does not depend on them.
    steady = isinstance(shift, float)
    shifted = matrix if steady else matrix - 1j * shift * jnp.eye(len(matrix))
    left, _, right = jnp.linalg.svd(shifted)
    return jnp.conj(right[-1]), left[:, -1]
