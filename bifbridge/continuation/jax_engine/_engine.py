"""The embedded engine: pseudo-arclength continuation of equilibria."""

from typing import Literal

import equinox as eqx
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np

from bifbridge._precision import require_x64
from bifbridge.continuation._problem import AbstractEngine, ContinuationProblem
from bifbridge.continuation._results import Branch
from bifbridge.continuation._status import Status
from bifbridge.continuation.jax_engine._assemble import Path, assemble
from bifbridge.continuation.jax_engine._curve import Curve, arclength_weights, correct
from bifbridge.continuation.jax_engine._equilibria_curve import (
    EquilibriumObserver,
    EquilibriumResidual,
)
from bifbridge.continuation.jax_engine._trace import Front, StepControl, Stretch, observe, trace


class JaxEngine(AbstractEngine):
    """Pseudo-arclength continuation in JAX, with exact derivatives.

    A step is measured by ‖(δz, δp)‖² = |δz|²/n + (δp/σ)². With `step` left out, σ is half the
    span and the first step 0.02; with a step given, σ = 1 and steps along a trivial branch are
    changes of the parameter.

    Attributes:
        step: length of the first step, or None.
        max_step: longest step; None for 2.5 times the first.
        min_step: shortest step before the branch is given up; None for 1e-6 times the first.
        parameter_scale: σ; None as above.
        max_points: limit on the number of points in each direction.
        tolerance: of Newton's method, see `correct`.
        max_iterations: limit on Newton iterations per step.
        max_angle: largest turn of the tangent within one step, in radians.
        max_norm: the branch ends where a component of the state exceeds this.
        directions: "both" ways along the branch, only "up" or "down" from the start's parameter,
            or "auto": both from within the span, inwards from one of its ends.
        predictor: "tangent", "secant", or "natural" (steps at fixed parameter, which end at
            folds).
        detect: whether to locate special points.
        gradient: whether normal forms carry the unfolding gradient ∇θμ.
        buffer: points per compiled stretch.
    """

    step: float | None = None
    max_step: float | None = None
    min_step: float | None = None
    parameter_scale: float | None = None
    max_points: int = 2000
    tolerance: float = 1e-9
    max_iterations: int = 10
    max_angle: float = 0.4
    max_norm: float = 1e6
    directions: Literal["auto", "both", "up", "down"] = "auto"
    predictor: Literal["tangent", "secant", "natural"] = "tangent"
    detect: bool = True
    gradient: bool = False
    buffer: int = 64

    def __check_init__(self):
        for name in ("step", "max_step", "min_step", "parameter_scale"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"JaxEngine: got {name}={value}, expected a positive number.")
        if self.directions not in {"auto", "both", "up", "down"}:
            raise ValueError(f"JaxEngine: got directions={self.directions!r}.")
        if self.predictor not in {"tangent", "secant", "natural"}:
            raise ValueError(f"JaxEngine: got predictor={self.predictor!r}.")

    def run(self, problem: ContinuationProblem) -> Branch:
        """Follow the branch through the problem's start.

        Args:
            problem: what to follow.

        Returns:
            The branch with its special points; with no points and the status `NO_EQUILIBRIUM`
            (or why Newton's method failed) where the start leads to no equilibrium.
        """
        require_x64("continuation")
        curve = equilibrium_curve(problem, self._scale(problem))
        control, first = self.control(problem)
        guess = jnp.append(problem.state, problem.parameter)
        start, observed, jacobian, status = _start(curve, guess, control)
        if int(status) != Status.RUNNING:
            failed = (
                Status.NO_EQUILIBRIUM if status == Status.NO_CONVERGENCE else Status(int(status))
            )
            return assemble(self, problem, curve, control, [], failed)
        start = np.asarray(start)
        direction = start_tangent(np.asarray(jacobian), np.asarray(curve.weights))
        if not np.all(np.isfinite(direction)):
            return assemble(self, problem, curve, control, [], Status.SINGULAR)
        observed = jtu.tree_map(np.asarray, observed)
        paths = [
            self._follow(curve, control, start, sign * direction, observed, first)
            for sign in self._signs(problem)
        ]
        return assemble(self, problem, curve, control, paths, Status.RUNNING)

    def control(self, problem: ContinuationProblem) -> tuple[StepControl, float]:
        """The step control for a problem.

        Args:
            problem: what is to be followed.

        Returns:
            The control and the length of the first step.
        """
        first = 0.02 if self.step is None else self.step
        longest = 2.5 * first if self.max_step is None else self.max_step
        control = StepControl(
            min_step=jnp.asarray(1e-6 * first if self.min_step is None else self.min_step),
            max_step=jnp.asarray(longest),
            tolerance=jnp.asarray(self.tolerance),
            max_iterations=jnp.asarray(self.max_iterations),
            max_angle=jnp.asarray(self.max_angle),
            lower=jnp.asarray(problem.span[0]),
            upper=jnp.asarray(problem.span[1]),
            max_norm=jnp.asarray(self.max_norm),
            natural=jnp.asarray(self.predictor == "natural"),
            secant=jnp.asarray(self.predictor == "secant"),
        )
        return control, min(first, longest)

    def _scale(self, problem: ContinuationProblem) -> float:
        if self.parameter_scale is not None:
            return self.parameter_scale
        return 1.0 if self.step is not None else (problem.span[1] - problem.span[0]) / 2

    def _signs(self, problem: ContinuationProblem) -> tuple[float, ...]:
        lower, upper = problem.span
        at = float(problem.parameter)
        if self.directions == "auto":
            edge = 1e-9 * (upper - lower)
            if at <= lower + edge:
                return (1.0,)
            return (-1.0,) if at >= upper - edge else (-1.0, 1.0)
        return {"both": (-1.0, 1.0), "up": (1.0,), "down": (-1.0,)}[self.directions]

    def _follow(
        self,
        curve: Curve,
        control: StepControl,
        start: np.ndarray,
        direction: np.ndarray,
        observed: object,
        first: float,
    ) -> Path:
        # Compiled stretches, one after the other, until the branch ends.
        point, along = jnp.asarray(start), jnp.asarray(direction)
        front = Front(
            point, along, along, jnp.asarray(first), jnp.array(False), jnp.array(0), jnp.array(0)
        )
        origin, stretches, total = front, [], 1
        while int(front.status) == Status.RUNNING and total < self.max_points:
            front, stretch = trace(curve, control, front, origin, self.buffer)
            stretches.append(_filled(stretch))
            total += int(stretch.count)
        status = Status(int(front.status))
        if status == Status.RUNNING:
            status = Status.POINT_LIMIT
        return Path.join(start, direction, observed, stretches, status, self.max_points)


def equilibrium_curve(problem: ContinuationProblem, parameter_scale: float) -> Curve:
    """The curve of equilibria of a problem.

    Args:
        problem: the problem.
        parameter_scale: σ of the arclength norm.

    Returns:
        The curve.
    """
    return Curve(
        EquilibriumResidual(problem.family),
        EquilibriumObserver(problem.events),
        arclength_weights(problem.state.size, parameter_scale),
    )


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
    _, sizes, rows = np.linalg.svd(jacobian / scale)
    small = np.append(sizes <= 1e-10 * max(sizes[0], 1e-300), True)
    if np.sum(small) > 2:
        return np.full(weights.size, np.nan)
    kernel = rows[small]
    ahead = kernel[:, -1] @ kernel
    best = ahead if np.linalg.norm(ahead) > 1e-8 else kernel[-1]
    return best / np.linalg.norm(best) / scale


@eqx.filter_jit
def _start(curve: Curve, guess: jnp.ndarray, control: StepControl):
    row = jnp.zeros_like(guess).at[-1].set(1.0)
    found = correct(curve, guess, row, guess[-1], control.tolerance, 40)
    observed = observe(curve, found.point, found.jacobian)
    return found.point, observed, found.jacobian, found.status


def _filled(stretch: Stretch) -> Stretch:
    count = int(stretch.count)
    cut = jtu.tree_map(lambda buffer: np.asarray(buffer)[:count], tuple(stretch)[:-1])
    return Stretch(*cut, count=stretch.count)
