"""The place of a bifurcation as a differentiable function of the family."""

from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from bifbridge._custom_types import Scalar, State
from bifbridge._precision import require_x64
from bifbridge.continuation._families import as_family
from bifbridge.continuation._implicit import implicit_root
from bifbridge.continuation.jax_engine._equilibria_curve import EquilibriumResidual
from bifbridge.continuation.jax_engine._polish import (
    branch_point_system,
    fold_system,
    hopf_system,
)
from bifbridge.normal_forms import complex_eigenvectors, real_eigenvectors


class BifurcationPoint(NamedTuple):
    """Where a bifurcation lies.

    Attributes:
        state: z*, shape (n,).
        parameter: p*.
        frequency: ω at a Hopf point, 0 elsewhere.
        imperfection: β at a branch point: by how much its equations are missed along the left
            null vector. Zero where there is a branch point; its gradient says how a parameter
            unfolds it into folds.

    Example:
        See `bifurcation_point`.
    """

    state: State
    parameter: Scalar
    frequency: Scalar
    imperfection: Scalar


def bifurcation_point(
    family: Any,
    state: Any,
    parameter: Any,
    kind: Literal["fold", "branch_point", "transcritical", "pitchfork", "hopf"],
    *,
    frequency: Any = 0.0,
) -> BifurcationPoint:
    """Locate a bifurcation near a guess, differentiably.

    Derivatives do not go through Newton's iterations but through the minimally augmented system
    at its solution, by the implicit function theorem: `jax.grad`, `jax.jacobian` and `jax.jvp`
    are exact with respect to everything that the family depends on.

    Args:
        family: the family of fields, or f(z, p).
        state: guess of z*, shape (n,).
        parameter: guess of p*.
        kind: "fold", "hopf", or any kind of branch point.
        frequency: guess of ω at a Hopf point.

    Returns:
        The point; NaN where Newton's method failed.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> import bifbridge as bb
        >>> def fold_at(shift):
        ...     family = bb.families.PlainFamily(lambda z, p: p - jnp.exp(shift) + z**2)
        ...     return bb.two_parameter.bifurcation_point(family, [0.1], 0.9, "fold").parameter
        >>> round(float(jax.grad(fold_at)(0.5)), 6)  # exp(0.5)
        1.648721
    """
    require_x64("bifurcation_point")
    residual = EquilibriumResidual(as_family(family))
    point = jnp.append(jnp.asarray(state, float), jnp.asarray(parameter, float))
    guess = jax.lax.stop_gradient(point)
    matrix = jax.jacfwd(lambda z: residual(z, guess[-1]))(guess[:-1])
    if kind == "hopf":
        omega = jax.lax.stop_gradient(jnp.asarray(frequency, float))
        _, right, left = complex_eigenvectors(matrix, omega)
        unknowns, system = jnp.append(guess, omega), hopf_system
    elif kind == "fold":
        _, right, left = real_eigenvectors(matrix)
        unknowns, system = guess, fold_system
    else:
        _, right, left = real_eigenvectors(matrix)
        unknowns, system = jnp.append(guess, 0.0), branch_point_system
    # The borders choose coordinates; the solution does not depend on them.
    right, left = jax.lax.stop_gradient((right, left / jnp.linalg.norm(left)))
    found = implicit_root(lambda y: system(residual, y, right, left).value, unknowns)
    return _unpack(found, guess.size, kind)


def _unpack(found: Array, size: int, kind: str) -> BifurcationPoint:
    zero = jnp.zeros(())
    extra = found[size] if found.size > size else zero
    frequency, imperfection = (extra, zero) if kind == "hopf" else (zero, extra)
    return BifurcationPoint(found[: size - 1], found[size - 1], frequency, imperfection)
