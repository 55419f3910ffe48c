"""The first point of a branch and its tangent."""

from typing import Any

import equinox as eqx
import jax.tree_util as jtu
import numpy as np
import scipy.linalg as sl

from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine._arc import sample_at
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._trace import StepControl

#: Newton iterations that a start is given.
START_ITERATIONS = 40


def find_start(
    problem: ContinuationProblem, curve: Curve, control: StepControl
) -> tuple[np.ndarray, np.ndarray, Any, Status]:
    """Newton's method at the problem's parameter, from its state."""
    guess = np.append(problem.state, problem.parameter)
    unit = np.append(np.zeros(guess.size - 1), 1.0)
    patient = eqx.tree_at(lambda c: c.max_iterations, control, np.asarray(START_ITERATIONS))
    nowhere = np.full_like(guess, np.nan)
    found = sample_at(curve, guess, unit, np.asarray(guess[-1]), nowhere, patient)
    point, _, events, jacobian, code = jtu.tree_map(np.asarray, found)
    status = Status(int(code))
    if status == Status.NO_CONVERGENCE:
        status = Status.NO_EQUILIBRIUM
    if status != Status.RUNNING:
        return point, point, events, status
    direction = start_tangent(jacobian, np.asarray(curve.weights))
    defined = bool(np.all(np.isfinite(direction)))
    return point, direction, events, Status.RUNNING if defined else Status.SINGULAR


def start_tangent(jacobian: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The unit tangent at the start, towards growing parameter.

    On a branch point there are several: the one nearest the parameter's direction is taken. On
    a fold the parameter stands still, and the sign follows the rule of eigenvectors.

    Args:
        jacobian: [F_x F_p] at the start, shape (n, n + 1).
        weights: of the arclength norm.

    Returns:
        The tangent, shape (n + 1,); NaN where [F_x F_p] leaves more than a plane.
    """
    scale = np.sqrt(weights)
    regular = _regular_tangent(jacobian / scale)
    if regular is not None:
        return regular / scale
    _, sizes, rows = np.linalg.svd(jacobian / scale)
    small = np.append(sizes <= 1e-10 * max(sizes[0], 1e-300), True)
    if np.sum(small) > 2:
        return np.full(weights.size, np.nan)
    kernel = rows[small]
    ahead = kernel[:, -1] @ kernel
    best = ahead if np.linalg.norm(ahead) > 1e-8 else kernel[-1]
    return best / np.linalg.norm(best) / scale


def _regular_tangent(jacobian: np.ndarray) -> np.ndarray | None:
    # Off special points the kernel needs no singular values, which take long for many states.
    if not np.all(np.isfinite(jacobian)):
        return None
    lapack: Any = sl.lapack  # SciPy's stubs know none of its routines
    factors, exchanges, info = lapack.dgetrf(jacobian[:, :-1])
    condition = lapack.dgecon(factors, np.max(np.sum(np.abs(jacobian[:, :-1]), axis=0)))[0]
    if info != 0 or condition < 1e-8:
        return None
    states = lapack.dgetrs(factors, exchanges, -jacobian[:, -1])[0]
    tangent = np.append(states, 1.0)
    return tangent / np.linalg.norm(tangent)
