"""Critical eigenvectors by bordered solves: cheap, smooth, and regular at the bifurcation.

Govaerts, *Numerical Methods for Bifurcations of Dynamical Equilibria* (SIAM 2000), chapter 3.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float, Inexact

from bifbridge._custom_types import Scalar, State
from bifbridge._linalg import solve, solve_both


def bordered_solve(
    matrix: Inexact[Array, "n n"],
    column: Inexact[Array, " n"],
    row: Inexact[Array, " n"],
    right_hand_side: Inexact[Array, " n"],
    last: float | Inexact[Array, ""] = 0.0,
) -> tuple[Inexact[Array, " n"], Inexact[Array, ""]]:
    """Solve `[[A, b], [cᵀ, 0]] [x; s] = [r; s₀]`, regular where A has a simple zero eigenvalue.

    Args:
        matrix: A, shape (n, n).
        column: b, not in the range of A.
        row: c, as it stands in the matrix (no conjugation), not orthogonal to the kernel of A.
        right_hand_side: r.
        last: s₀.

    Returns:
        x of shape (n,) and the scalar s.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.normal_forms import bordered_solve
        >>> singular, column = jnp.diag(jnp.array([0.0, 2.0])), jnp.array([1.0, 0.0])
        >>> bordered_solve(singular, column, column, jnp.array([3.0, 4.0]))
        (Array([0., 2.], dtype=float64), Array(3., dtype=float64))
    """
    full = jnp.block([[matrix, column[:, None]], [row[None, :], jnp.zeros((1, 1), matrix.dtype)]])
    tail = jnp.asarray(last, full.dtype)[None]
    solution = solve(full, jnp.concatenate([right_hand_side.astype(full.dtype), tail]))
    return solution[:-1], solution[-1]


def real_eigenvectors(
    matrix: Float[Array, "n n"], iterations: int = 6, near: tuple[State, State] | None = None
) -> tuple[Scalar, State, State]:
    """The real eigenvalue nearest zero with its right and left eigenvectors.

    Bordered inverse iteration with Rayleigh shifts: at a zero eigenvalue the first solve is
    already exact, and off it convergence is cubic.

    Args:
        matrix: A, shape (n, n).
        iterations: bordered solves; each costs one factorisation.
        near: unit vectors near v and w, where some are known.

    Returns:
        λ, v with |v| = 1 and the sign rule, w with wᵀv = 1.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.normal_forms import real_eigenvectors
        >>> value, v, w = real_eigenvectors(jnp.array([[0.0, 1.0], [0.0, -1.0]]))
        >>> bool(abs(value) < 1e-12), v.round(9), w.round(9)
        (True, Array([1., 0.], dtype=float64), Array([1., 1.], dtype=float64))
    """
    value, right, left = _iterate(matrix, jnp.zeros((), matrix.dtype), iterations, near)
    right = right * jnp.where(_leading(right) < 0, -1.0, 1.0)
    return value, right, left / (left @ right)


def complex_eigenvectors(
    matrix: Float[Array, "n n"],
    frequency: Scalar,
    iterations: int = 6,
    near: tuple[Complex[Array, " n"], Complex[Array, " n"]] | None = None,
) -> tuple[Complex[Array, ""], Complex[Array, " n"], Complex[Array, " n"]]:
    """The eigenvalue nearest iω with its right and left eigenvectors.

    Args:
        matrix: A, shape (n, n).
        frequency: ω.
        iterations: bordered solves.
        near: unit vectors near q and p, where some are known.

    Returns:
        λ, q with |q| = 1 and the phase rule, p with pᴴq = 1.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.normal_forms import complex_eigenvectors
        >>> turn = jnp.array([[0.0, -2.0], [2.0, 0.0]])
        >>> value, q, p = complex_eigenvectors(turn, jnp.asarray(1.9))
        >>> bool(abs(value - 2j) < 1e-12), bool(abs(jnp.vdot(p, q) - 1) < 1e-12)
        (True, True)
    """
    guess = (1j * frequency).astype(jnp.result_type(matrix.dtype, 1j))
    value, right, left = _iterate(matrix.astype(guess.dtype), guess, iterations, near)
    lead = _leading(right)
    right = right * (jnp.conj(lead) / jnp.abs(lead))
    return value, right, left / jnp.conj(jnp.vdot(left, right))


def start_vector(n: int) -> State:
    """A fixed unit vector without structure, so generic against any kernel."""
    k = jnp.arange(1.0, n + 1.0)
    vector = jnp.cos(0.7 * k * k + 1.3 * k)
    return vector / jnp.linalg.norm(vector)


def _iterate(
    matrix: Array, value: Array, iterations: int, near: tuple[Array, Array] | None
) -> tuple[Array, ...]:
    n = matrix.shape[0]
    right, left = near or (start_vector(n).astype(matrix.dtype),) * 2
    corner, unit = jnp.zeros((1, 1), matrix.dtype), jnp.eye(n + 1, dtype=matrix.dtype)[:, n:]

    def improve(_: Array, state: tuple[Array, ...]) -> tuple[Array, ...]:
        value, right, left = state
        shifted = matrix - value * jnp.eye(n, dtype=matrix.dtype)
        full = jnp.block([[shifted, left[:, None]], [jnp.conj(right)[None, :], corner]])
        forward, backward = solve_both(full, unit, unit)
        right, left = _unit(forward[:n, 0]), _unit(backward[:n, 0])
        return jnp.vdot(left, matrix @ right) / jnp.vdot(left, right), right, left

    # A loop rather than its unrolling, which would take several times as long to compile.
    value, right, left = jax.lax.fori_loop(0, iterations, improve, (value, right, left))
    return value, right, left


def _unit(vector: Array) -> Array:
    return vector / jnp.linalg.norm(vector)


def _leading(vector: Array) -> Array:
    # The first component whose size is within a millionth of the largest: stable under ties.
    size = jnp.abs(vector)
    return vector[jnp.argmax(size >= (1 - 1e-6) * jnp.max(size))]
