"""Branch switching: the tangents at a branch point, and the first points of the new arms.

Keller, "Numerical solution of bifurcation and nonlinear eigenvalue problems" (1977); Govaerts,
*Numerical Methods for Bifurcations of Dynamical Equilibria* (SIAM 2000), chapter 8.
"""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np
from jaxtyping import Array, Float

from bifbridge._compile import quick_jit
from bifbridge.continuation.curves import Branch, SpecialPoint, Status
from bifbridge.continuation.jax_engine._arc import sample_at
from bifbridge.continuation.jax_engine._curve import Curve, Extended, extended_jacobian, norm
from bifbridge.continuation.jax_engine._trace import StepControl
from bifbridge.normal_forms import bordered_solve, real_eigenvectors


@quick_jit
def branch_tangents(curve: Curve, point: Extended) -> Float[Array, "2 m"]:
    """The two directions in which branches pass through a simple branch point.

    On the kernel of [F_x F_p], spanned by φ₁ = (v, 0) and φ₂ = (ξ, 1), the directions solve the
    algebraic bifurcation equation c₂₀a² + 2c₁₁aσ + c₀₂σ² = 0 with c = wᵀD²F[φᵢ, φⱼ].

    Args:
        curve: the curve.
        point: y at the branch point.

    Returns:
        Two unit tangents; NaN where no second branch is real.
    """
    jacobian = extended_jacobian(curve, point)
    matrix, forcing = jacobian[:, :-1], jacobian[:, -1]
    _, right, left = real_eigenvectors(matrix)
    xi, _ = bordered_solve(matrix, left / jnp.linalg.norm(left), right, -forcing)
    kernel = jnp.stack([jnp.append(right, 0.0), jnp.append(xi, 1.0)])

    def second(a: Array, b: Array) -> Array:
        def along(y: Array) -> Array:
            return jax.jvp(lambda s: curve.residual(s[:-1], s[-1]), (y,), (a,))[1]

        return left @ jax.jvp(along, (point,), (b,))[1]

    c20, c11, c02 = (second(kernel[i], kernel[j]) for i, j in ((0, 0), (0, 1), (1, 1)))
    root = jnp.sqrt(c11**2 - c20 * c02)
    q = -(c11 + jnp.where(c11 < 0, -root, root))
    coefficients = jnp.array([[q, c20], [c02, q]])
    directions = coefficients @ kernel
    return directions / jax.vmap(lambda t: norm(curve, t))(directions)[:, None]


def arm_starts(
    curve: Curve, control: StepControl, point: SpecialPoint, step: float
) -> Iterator[tuple[np.ndarray, np.ndarray, Any]]:
    """The first point of each arm of the branch that is not the point's own."""
    origin = np.append(point.state, point.parameter)
    candidates = np.asarray(branch_tangents(curve, jnp.asarray(origin)))
    if not np.all(np.isfinite(candidates)):
        return
    weights = np.asarray(curve.weights)
    along = candidates[0] if point.tangent is None else point.tangent
    overlap = np.abs(candidates @ (weights * along))
    direction = candidates[np.argmin(overlap)]
    for sign in (1.0, -1.0):
        for length in step * 0.25 ** np.arange(4):
            found = _first(curve, control, origin, sign * direction, along, float(length))
            if found is not None:
                yield found
                break


def _first(
    curve: Curve,
    control: StepControl,
    origin: np.ndarray,
    direction: np.ndarray,
    own: np.ndarray,
    length: float,
) -> tuple[np.ndarray, np.ndarray, Any] | None:
    weights = np.asarray(curve.weights)
    guess = origin + length * direction
    row = weights * direction
    found = sample_at(curve, guess, row, row @ guess, direction, control)
    point, tangent, events, _, status = jtu.tree_map(np.asarray, found)
    if status != Status.RUNNING or not np.all(np.isfinite(tangent)):
        return None
    chord = point - origin
    chord = chord / np.sqrt(np.sum(weights * chord**2))
    # The old branch too crosses the hyperplane of the corrector: refuse what lies along it.
    strayed = abs(np.sum(weights * chord * own)) > abs(np.sum(weights * chord * direction))
    inside = float(control.lower) <= point[-1] <= float(control.upper)
    return None if strayed or not inside else (point, tangent, events)


def lies_on(curve: Curve, control: StepControl, branch: Branch, point: np.ndarray) -> bool:
    """Whether a solution lies on a branch that was already followed.

    The branch's nearest piece is corrected onto the hyperplane through the point that is normal
    to it: on the same branch Newton's method leads to the point itself.

    Args:
        curve: the curve.
        control: the step control.
        branch: the branch.
        point: y, shape (n + 1,).

    Returns:
        Whether it does.
    """
    if len(branch) < 2:
        return False
    weights = np.asarray(curve.weights)
    points = np.column_stack([branch.states, branch.parameters])
    chords = np.diff(points, axis=0)
    squares = np.sum(weights * chords**2, axis=1)
    share = np.clip(np.sum(weights * chords * (point - points[:-1]), axis=1) / squares, 0, 1)
    feet = points[:-1] + share[:, None] * chords
    gaps = np.sqrt(np.sum(weights * (feet - point) ** 2, axis=1))
    k = int(np.argmin(gaps / np.sqrt(squares)))
    if gaps[k] > 0.2 * np.sqrt(squares[k]):
        return False
    row = weights * chords[k]
    found = sample_at(curve, feet[k], row, row @ point, chords[k], control)
    gap = np.asarray(found[0]) - point
    return bool(np.sqrt(np.sum(weights * gap**2)) <= 1e-6 * np.sqrt(squares[k]))
