"""Continuation without matrices, for states too large for dense factorisations."""

import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np

from bifbridge._precision import require_x64
from bifbridge._progress import Told, progress
from bifbridge.continuation._problem import AbstractEngine, ContinuationProblem
from bifbridge.continuation.curves import Branch, SpecialPoint, Status
from bifbridge.continuation.jax_engine._assemble import join, no_branch
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._equilibria_curve import equilibrium_curve
from bifbridge.continuation.jax_engine._krylov import (
    krylov_correct,
    krylov_cubic,
    leading_eigenvalues,
)
from bifbridge.continuation.jax_engine._path import Path
from bifbridge.normal_forms import ScalarNormalForm
from bifbridge.normal_forms._scalar import ScalarCoefficients, classify


class KrylovEngine(AbstractEngine):
    """Pseudo-arclength continuation by Newton–Krylov, in memory O(n) beside the field's own.

    It knows only the leading eigenvalues, and searches each change of their count by secant
    steps on the crossing real part. Real crossings carry their normal form; a Hopf point is
    located, with its frequency among its eigenvalues, but carries none.

    Attributes:
        step: length of the first step, in the norm of `JaxEngine` with σ = 1.
        max_step: longest step; None for 2.5 times the first.
        eigenvalues: how many leading eigenvalues are computed; doubled wherever all of them are
            unstable.
        tolerance: of Newton's method.
        max_iterations: limit on Newton iterations.
        max_points: limit on the number of points.
        stop_at: end after this many special points; None to go on.
        preconditioner: x ↦ approximate solution of F_x u = x, or None. The default of none suits
            networks with a leak, whose Jacobian is −1 plus something moderate.

    Example:
        See `cross_check`.
    """

    step: float = 0.05
    max_step: float | None = None
    eigenvalues: int = 6
    tolerance: float = 1e-9
    max_iterations: int = 8
    max_points: int = 500
    stop_at: int | None = None
    preconditioner: Callable[[Any], Any] | None = None

    def run(self, problem: ContinuationProblem) -> Branch:
        """Follow the branch from the problem's start towards growing parameter.

        Args:
            problem: what to follow; from the upper end of the span it goes down.

        Returns:
            The branch; its eigenvalues are the leading ones only.
        """
        require_x64("continuation")
        with progress("equilibria", "points") as told:
            return self._follow(problem, told)

    def _follow(self, problem: ContinuationProblem, told: Told) -> Branch:
        curve = equilibrium_curve(problem, 1.0)
        lower, upper = problem.span
        unit = np.zeros(problem.state.size + 1)
        unit[-1] = -1.0 if float(problem.parameter) >= upper else 1.0
        guess = np.append(np.asarray(problem.state), float(problem.parameter))
        start, status = self._correct(curve, guess, np.abs(unit), unit)
        if status != Status.RUNNING:
            lost = status == Status.NO_CONVERGENCE
            return no_branch(problem, Status.NO_EQUILIBRIUM if lost else status)
        points, tangents, iterations = [start.point], [start.tangent], [0]
        values = [self._eigenvalues(curve, start.point)]
        found: list[SpecialPoint] = []
        length, longest = self.step, self.max_step or 2.5 * self.step
        end = Status.POINT_LIMIT
        weights = np.asarray(curve.weights)
        while len(points) < self.max_points:
            move = length * tangents[-1]
            bound = upper if move[-1] > 0 else lower
            landing = (points[-1] + move)[-1] * np.sign(move[-1]) >= bound * np.sign(move[-1])
            if landing:
                move = move * (bound - points[-1][-1]) / move[-1]
            row = np.abs(unit) if landing else weights * tangents[-1]
            new, status = self._correct(curve, points[-1] + move, row, tangents[-1])
            straight = float(np.sum(weights * new.tangent * tangents[-1])) > math.cos(0.4)
            if status != Status.RUNNING or not straight:
                length /= 2
                if length < 1e-6 * self.step:
                    end = status if status != Status.RUNNING else Status.NO_CONVERGENCE
                    break
                continue
            points.append(new.point)
            tangents.append(new.tangent)
            iterations.append(int(new.iterations))
            values.append(self._eigenvalues(curve, new.point))
            told(len(points), p=float(new.point[-1]))
            found += self._crossings(problem, curve, points, tangents, values)
            if landing:
                end = Status.SPAN_END
                break
            if self.stop_at is not None and len(found) >= self.stop_at:
                break
            length = min(length * 2.0 ** ((4 - int(new.iterations)) / 2), longest)
        return self._branch(problem, points, tangents, iterations, values, found, end)

    def _correct(
        self, curve: Curve, guess: np.ndarray, row: np.ndarray, along: np.ndarray
    ) -> tuple[Any, Status]:
        found = krylov_correct(
            curve,
            jnp.asarray(guess),
            jnp.asarray(row),
            jnp.asarray(along),
            self.preconditioner,
            self.tolerance,
            self.max_iterations,
        )
        found = jtu.tree_map(np.asarray, found)
        return found, Status(int(found.status))

    def _eigenvalues(self, curve: Curve, point: np.ndarray) -> np.ndarray:
        count = min(self.eigenvalues, point.size - 1)
        while True:
            values, _ = leading_eigenvalues(curve.residual, point, count)
            if np.any(np.real(values) <= 0) or count >= point.size - 1:
                return values
            count = min(2 * count, point.size - 1)

    def _crossings(
        self,
        problem: ContinuationProblem,
        curve: Curve,
        points: list[np.ndarray],
        tangents: list[np.ndarray],
        values: list[np.ndarray],
    ) -> list[SpecialPoint]:
        low, high = (int(np.sum(np.real(v) > 0)) for v in values[-2:])
        found, index = [], min(low, high)
        while index < max(low, high):
            sign = 1 if high > low else -1
            point = self._cross(problem, curve, points, tangents, values, index, sign)
            found.append(point)
            index += abs(point.jump)
        weights = np.asarray(curve.weights) * tangents[-2]
        found.sort(key=lambda q: float(weights @ np.append(q.state, q.parameter)))
        return found

    def _cross(
        self,
        problem: ContinuationProblem,
        curve: Curve,
        points: list[np.ndarray],
        tangents: list[np.ndarray],
        values: list[np.ndarray],
        index: int,
        sign: int,
    ) -> SpecialPoint:
        """Secant steps within a bracket on one ordered real part."""
        start, chord = points[-2], points[-1] - points[-2]
        row = np.asarray(curve.weights) * chord
        a, b = 0.0, 1.0
        fa, fb = (float(np.real(v[index])) for v in values[-2:])
        point, value, tangent = points[-2], complex(values[-2][index]), tangents[-2]
        for trial in range(60):
            share = fa / (fa - fb) if trial % 4 != 3 else 0.5
            s = a + min(max(share, 1e-6), 1 - 1e-6) * (b - a)
            sample, _ = self._correct(curve, start + s * chord, row, tangents[-2])
            point, tangent = sample.point, sample.tangent
            value = complex(self._precise(curve, point, index + 2)[0][index])
            if abs(value.real) <= 1e-13 * (1 + abs(value)) or b - a < 1e-12:
                break
            if (value.real > 0) == (fb > 0):
                b, fb, fa = s, value.real, fa * (0.5 if trial % 4 == 2 else 1.0)
            else:
                a, fa, fb = s, value.real, fb * (0.5 if trial % 4 == 2 else 1.0)
        turning = abs(value.imag) > 1e-8
        form = None if turning else self._normal_form(curve, point, index + 2)
        eigenvalues = self._eigenvalues(curve, point)
        return SpecialPoint(
            kind="hopf" if turning else form.kind if form else "branch_point",
            parameter=float(point[-1]),
            state=point[:-1],
            eigenvalues=eigenvalues,
            normal_form=form,
            converged=abs(value.real) <= 1e-10 * (1 + abs(value)),
            index=len(points) - 2,
            jump=sign * (2 if turning else 1),
            bracket=tuple(sorted(float((start + t * chord)[-1]) for t in (a, b))),  # pyright: ignore[reportArgumentType]
            tangent=tangent,
        )

    def _precise(
        self, curve: Curve, point: np.ndarray, count: int, left: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        count = min(count, point.size - 1)
        return leading_eigenvalues(curve.residual, point, count, left=left, tolerance=1e-13)

    def _normal_form(self, curve: Curve, point: np.ndarray, count: int) -> ScalarNormalForm:
        residual = curve.residual
        vectors = []
        for left in (False, True):
            values, basis = self._precise(curve, point, count, left)
            nearest = int(np.argmin(np.abs(values)))
            vector = basis[:, nearest]
            vectors.append(np.real(vector / vector[np.argmax(np.abs(vector))]))
            eigenvalue = float(np.real(values[nearest]))
        right, left_vector = vectors
        right = right / np.linalg.norm(right)
        size = np.abs(right)
        right *= np.sign(right[np.argmax(size >= (1 - 1e-6) * np.max(size))])
        left_vector = left_vector / (left_vector @ right)
        b2, c3, second, b2_size, c3_size, forcing = jtu.tree_map(
            np.asarray,
            krylov_cubic(
                residual, jnp.asarray(point), jnp.asarray(right), jnp.asarray(left_vector),
                self.preconditioner,
            ),
        )  # fmt: skip
        coefficients = ScalarCoefficients(
            eigenvalue=jnp.asarray(eigenvalue),
            right=jnp.asarray(right),
            left=jnp.asarray(left_vector),
            quadratic=jnp.asarray(b2),
            cubic=jnp.asarray(c3),
            second_order=jnp.asarray(second),
            quadratic_size=jnp.asarray(b2_size),
            cubic_size=jnp.asarray(c3_size),
            rate=jnp.asarray(1.0),
        )
        scale = float(np.linalg.norm(left_vector) * np.linalg.norm(forcing))
        ratio = abs(float(left_vector @ forcing)) / scale if scale > 0 else 0.0
        kind, margin = classify(coefficients, ratio)
        return ScalarNormalForm(
            kind=kind,
            state=jnp.asarray(point[:-1]),
            eigenvalue=coefficients.eigenvalue,
            right=coefficients.right,
            left=coefficients.left,
            quadratic=coefficients.quadratic,
            cubic=coefficients.cubic,
            second_order=coefficients.second_order,
            unfolding_gradient=None,
            margin=jnp.asarray(margin),
        )

    def _branch(
        self,
        problem: ContinuationProblem,
        points: list[np.ndarray],
        tangents: list[np.ndarray],
        iterations: list[int],
        values: list[np.ndarray],
        found: list[SpecialPoint],
        end: Status,
    ) -> Branch:
        width = max(v.size for v in values)
        # Beyond the computed ones every eigenvalue is stable; how much so is not known.
        padded = np.full((len(values), width), -np.inf + 0j)
        for k, v in enumerate(values):
            padded[k, : v.size] = v
        stacked = np.stack(points)
        steps = np.append(0.0, np.linalg.norm(np.diff(stacked, axis=0), axis=1))
        path = Path(
            stacked, np.stack(tangents), stacked, steps, np.array(iterations), padded,
            np.zeros((len(points), 0)), end,
        )  # fmt: skip
        return join(problem, [path], [found])
