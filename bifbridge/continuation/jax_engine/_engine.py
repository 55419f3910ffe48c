"""The embedded engine: pseudo-arclength continuation of equilibria."""

import functools
from collections.abc import Sequence
from typing import Literal

import numpy as np

from bifbridge._precision import require_x64
from bifbridge._progress import progress
from bifbridge._threads import suited_threads
from bifbridge.continuation._problem import AbstractBranchingEngine, ContinuationProblem
from bifbridge.continuation.curves import Branch, SpecialPoint, Status, joined
from bifbridge.continuation.jax_engine._assemble import join, no_branch
from bifbridge.continuation.jax_engine._curve import Curve
from bifbridge.continuation.jax_engine._details import describe
from bifbridge.continuation.jax_engine._equilibria_curve import (
    equilibrium_curve,
)
from bifbridge.continuation.jax_engine._path import Path, filled
from bifbridge.continuation.jax_engine._search import Describe, Way, special_points
from bifbridge.continuation.jax_engine._spectra import spectra
from bifbridge.continuation.jax_engine._start import find_start
from bifbridge.continuation.jax_engine._switch import arm_starts, lies_on
from bifbridge.continuation.jax_engine._trace import Front, StepControl, trace


class JaxEngine(AbstractBranchingEngine):
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
        neutral_saddles: whether to report neutral saddles (two real eigenvalues of sum zero),
            which are no bifurcations.
        buffer: points per compiled stretch.

    Example:
        See `continuation`.
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
    neutral_saddles: bool = False
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
        with suited_threads(problem.state.size):
            return self._run(problem)

    def _run(self, problem: ContinuationProblem) -> Branch:
        curve, (control, first) = self.curve(problem), self.control(problem)
        start, direction, events, status = find_start(problem, curve, control)
        if status != Status.RUNNING:
            return no_branch(problem, status)
        paths = [
            self._follow(curve, control, start, sign * direction, events, first)
            for sign in self.signs(problem)
        ]
        points = self._searched(problem, curve, control, paths)
        return join(problem, paths, points)

    def arms(
        self, problem: ContinuationProblem, point: SpecialPoint, known: Sequence[Branch] = ()
    ) -> tuple[Branch, ...]:
        """The two arms of the other branch through a branch point.

        Each begins one short step away from the point, on either side of it.

        Args:
            problem: the problem on whose branch the point lies.
            point: a simple branch point (transcritical, pitchfork, or undecided).
            known: branches that need not be followed again: an arm that starts on one of them,
                or on the other arm, is missing.

        Returns:
            None, one or two branches: an arm that leaves the span at once, or that Newton's
            method cannot reach, is missing.
        """
        require_x64("branch switching")
        with suited_threads(problem.state.size):
            return self._arms(problem, point, known)

    def _arms(
        self, problem: ContinuationProblem, point: SpecialPoint, known: Sequence[Branch]
    ) -> tuple[Branch, ...]:
        curve, (control, first) = self.curve(problem), self.control(problem)
        branches: list[Branch] = []
        for start, direction, events in arm_starts(curve, control, point, first):
            if any(lies_on(curve, control, branch, start) for branch in [*known, *branches]):
                continue
            path = self._follow(curve, control, start, direction, events, first)
            points = self._searched(problem, curve, control, [path])
            branches.append(join(problem, [path], points))
        return tuple(branches)

    def resume(self, problem: ContinuationProblem, branch: Branch) -> Branch:
        """Go on from the last point of a branch.

        Args:
            problem: the problem of the branch; its span may have been widened.
            branch: the branch, perhaps read from a file.

        Returns:
            The longer branch.
        """
        return joined(branch, self.further(problem, branch))

    def further(self, problem: ContinuationProblem, branch: Branch) -> Branch:
        """What follows the last point of a branch.

        Args:
            problem: the problem of the branch; its span may have been widened.
            branch: the branch.

        Returns:
            A branch that starts at its last point.

        Raises:
            ValueError: if the branch has no points or another number of states.
        """
        if len(branch) == 0 or branch.states.shape[1] != problem.state.size:
            raise ValueError(
                f"resume: got a branch of {len(branch)} points with {branch.states.shape[1]} "
                f"states for a problem with {problem.state.size}."
            )
        curve, (control, first) = self.curve(problem), self.control(problem)
        point = np.append(branch.states[-1], branch.parameters[-1])
        events = np.array([branch.tests[name][-1] for name, _ in problem.events])
        length = float(branch.steps[-1]) if branch.steps[-1] > 0 else first
        with suited_threads(problem.state.size):
            path = self._follow(curve, control, point, branch.tangents[-1], events, length)
            points = self._searched(problem, curve, control, [path])
        return join(problem, [path], points)

    def curve(self, problem: ContinuationProblem) -> Curve:
        """The curve of equilibria of a problem, in this engine's arclength norm.

        Args:
            problem: the problem.

        Returns:
            The curve.
        """
        scale = self.parameter_scale
        if scale is None:
            scale = 1.0 if self.step is not None else (problem.span[1] - problem.span[0]) / 2
        return equilibrium_curve(problem, scale)

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
            min_step=np.asarray(1e-6 * first if self.min_step is None else self.min_step),
            max_step=np.asarray(longest),
            tolerance=np.asarray(self.tolerance),
            max_iterations=np.asarray(self.max_iterations),
            max_angle=np.asarray(self.max_angle),
            lower=np.asarray(problem.span[0]),
            upper=np.asarray(problem.span[1]),
            max_norm=np.asarray(self.max_norm),
            natural=np.asarray(self.predictor == "natural"),
            secant=np.asarray(self.predictor == "secant"),
        )
        return control, min(first, longest)

    def special_points(self, ways: Sequence[Way], describe: Describe) -> list[list[SpecialPoint]]:
        """The special points on some paths, as this engine's options want them.

        Args:
            ways: the paths.
            describe: for their candidates.

        Returns:
            The special points of each path.
        """
        if not self.detect:
            return [[] for _ in ways]
        return special_points(
            ways, describe, gradient=self.gradient, neutral_saddles=self.neutral_saddles
        )

    def signs(self, problem: ContinuationProblem) -> tuple[float, ...]:
        """In which directions of the parameter the branch is to be followed.

        Args:
            problem: the problem.

        Returns:
            -1.0, 1.0 or both.
        """
        lower, upper = problem.span
        at = float(problem.parameter)
        if self.directions == "auto":
            edge = 1e-9 * (upper - lower)
            if at <= lower + edge:
                return (1.0,)
            return (-1.0,) if at >= upper - edge else (-1.0, 1.0)
        return {"both": (-1.0, 1.0), "up": (1.0,), "down": (-1.0,)}[self.directions]

    def _searched(
        self,
        problem: ContinuationProblem,
        curve: Curve,
        control: StepControl,
        paths: Sequence[Path],
    ) -> list[list[SpecialPoint]]:
        ways = [Way(problem, curve, control, path) for path in paths]
        return self.special_points(ways, functools.partial(describe, curve))

    def _follow(
        self,
        curve: Curve,
        control: StepControl,
        start: np.ndarray,
        direction: np.ndarray,
        events: np.ndarray,
        first: float,
    ) -> Path:
        # Compiled stretches, one after the other, until the branch ends.
        no, zero = np.asarray(False), np.asarray(0)
        front = Front(start, direction, direction, np.asarray(first), no, zero, zero)
        origin, stretches, total = front, [], 1
        with progress("equilibria", "points") as told:
            while int(front.status) == Status.RUNNING and total < self.max_points:
                front, stretch = trace(curve, control, front, origin, self.buffer)
                stretches.append(filled(stretch))
                total += int(stretch.count)
                told(total, p=float(np.asarray(front.point)[-1]))
        status = Status(int(front.status))
        if status == Status.RUNNING or total > self.max_points:
            status = Status.POINT_LIMIT
        path = Path.join(start, direction, events, stretches, status, self.max_points)
        return path._replace(eigenvalues=spectra(curve, path.points))
