"""A curve of solutions, whatever they are: what every continuation returns."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Complex, Float, Int

from bifbridge._result import AbstractResult
from bifbridge._result_table import resolve
from bifbridge.continuation.curves._balance import Balance
from bifbridge.continuation.curves._cycle import Cycle, Orbits
from bifbridge.continuation.curves._homoclinic import HomoclinicApproach, approach
from bifbridge.continuation.curves._solution import SolutionKind
from bifbridge.continuation.curves._solutions import EQUILIBRIUM
from bifbridge.continuation.curves._special_point import SpecialPoint
from bifbridge.continuation.curves._status import Status
from bifbridge.continuation.curves._text import branch_text


class Branch(AbstractResult):
    """A curve of equilibria, of cycles, or of their bifurcations, with K points.

    Attributes:
        parameters: p, shape (K,); (p, q) along a curve of bifurcations, shape (K, 2).
        states: z, or where a cycle begins, shape (K, n).
        tangents: unit tangents (state and parameters) in the arclength norm, shape (K, m); of
            shape (K, 0) for cycles, whose mesh moves.
        eigenvalues: by falling real part; of cycles the multipliers but the trivial one, by
            falling modulus. Shape (K, k).
        steps: length of the step to each point, shape (K,).
        iterations: Newton iterations for each point, shape (K,).
        special_points: in the order of the curve.
        balance: whether they explain all changes of stability.
        status: how the curve ended; the worse of both ends where it was followed both ways.
        ends: how its first and its last end came about.
        tests: functions along the curve by name, each of shape (K,): the user's events on a
            branch, the test functions of its kind on a curve of bifurcations ("quadratic" and
            "product" of folds; "frequency_squared", negative on neutral saddles, and
            "first_lyapunov" of Hopf points; "quadratic", "cubic" and "imperfection" of branch
            points; of cycles "cosine" and "coefficient" where they apply).
        solution: what is solved.
        orbits: the cycles, where the solutions are cycles, else None.

    Example:
        See `continuation`, `continue_cycles`, `bifurcation_curve`, `cycle_bifurcation_curve`.
    """

    parameters: Float[np.ndarray, " K"] | Float[np.ndarray, "K 2"]
    states: Float[np.ndarray, "K n"]
    tangents: Float[np.ndarray, "K m"]
    eigenvalues: Complex[np.ndarray, "K k"]
    steps: Float[np.ndarray, " K"]
    iterations: Int[np.ndarray, " K"]
    special_points: tuple[SpecialPoint, ...]
    balance: Balance
    status: Status = eqx.field(static=True)
    ends: tuple[Status, Status] = eqx.field(static=True)
    tests: dict[str, Any] = eqx.field(default_factory=dict)
    solution: SolutionKind = eqx.field(static=True, default=EQUILIBRIUM)
    orbits: Orbits | None = None

    @property
    def kind(self) -> str:
        """What is solved, such as "equilibrium", "cycle" or "hopf"."""
        return self.solution.name

    @property
    def unstable(self) -> Int[np.ndarray, " K"]:
        """Number of unstable eigenvalues at each point, the critical ones apart, shape (K,)."""
        return self.solution.unstable(self.eigenvalues, self.tests)

    @property
    def stable(self) -> Bool[np.ndarray, " K"]:
        """Whether each point is stable (but for its critical directions), shape (K,)."""
        return self.unstable == 0

    @property
    def resolved(self) -> Bool[np.ndarray, " K"]:
        """Where the eigenvalues can be believed: of cycles, where the mesh resolves them."""
        return np.ones(len(self), bool) if self.orbits is None else self.orbits.resolved

    @property
    def neutral(self) -> Bool[np.ndarray, " K"]:
        """Where the curve consists of neutral saddles, which are no bifurcations, shape (K,)."""
        return self.solution.neutral(self.tests, len(self))

    @property
    def bifurcations(self) -> tuple[SpecialPoint, ...]:
        """The special points at which stability or the number of solutions changes."""
        kinds = self.solution.bifurcations
        return tuple(point for point in self.special_points if point.kind in kinds)

    @property
    def unresolved(self) -> int:
        """Changes of stability that no special point explains."""
        return self.balance.unresolved

    @property
    def events(self) -> dict[str, Any]:
        """Values of the user's events at each point, by name, each of shape (K,)."""
        own = self.solution.tests
        return {name: values for name, values in self.tests.items() if name not in own}

    @property
    def frequencies(self) -> Float[np.ndarray, " K"]:
        """ω along a Hopf curve; NaN on neutral saddles and on other curves, shape (K,)."""
        return self._derived("frequency")

    @property
    def angles(self) -> Float[np.ndarray, " K"]:
        """θ along a Neimark–Sacker curve; NaN on neutral saddles and on other curves."""
        return self._derived("angle")

    @property
    def multipliers(self) -> Complex[np.ndarray, "K k"]:
        """The eigenvalues, by the name that those of cycles and maps have."""
        return self.eigenvalues

    @property
    def periods(self) -> Float[np.ndarray, " K"]:
        """T of each cycle, shape (K,)."""
        return self._of_cycles("periods").periods

    @property
    def maxima(self) -> Float[np.ndarray, "K n"]:
        """Largest value of each state over each cycle, shape (K, n)."""
        return self._of_cycles("maxima").maxima

    @property
    def minima(self) -> Float[np.ndarray, "K n"]:
        """Smallest value of each state over each cycle, shape (K, n)."""
        return self._of_cycles("minima").minima

    @property
    def amplitudes(self) -> Float[np.ndarray, "K n"]:
        """Half the distance between largest and smallest value of each state, shape (K, n)."""
        return (self.maxima - self.minima) / 2

    @property
    def trivial(self) -> Float[np.ndarray, " K"]:
        """The trivial multiplier as computed: its distance from 1 measures the mesh."""
        return self._of_cycles("trivial").trivial

    @property
    def times(self) -> Float[np.ndarray, "K I1"]:
        """Meshes in units of the period, shape (K, I + 1)."""
        return self._of_cycles("times").times

    @property
    def nodes(self) -> Float[np.ndarray, "K I m1 n"]:
        """Piecewise polynomials of the cycles, shape (K, I, m + 1, n)."""
        return self._of_cycles("nodes").nodes

    @property
    def homoclinic(self) -> HomoclinicApproach | None:
        """The homoclinic orbit that the last end of a branch of cycles heads for, or None."""
        if self.orbits is None or self.solution.parameters > 1:
            return None
        return approach(self.parameters, self.orbits.periods)

    def cycle(self, index: int) -> Cycle:
        """One cycle of the curve.

        Args:
            index: which; negative numbers count from the end.

        Returns:
            The cycle; its parameter is the first one.
        """
        orbits = self._of_cycles("cycle")
        return Cycle(
            float(self.parameters[index].flat[0]),
            float(orbits.periods[index]),
            orbits.times[index],
            orbits.nodes[index],
            self.eigenvalues[index],
            float(orbits.trivial[index]),
        )

    def resume(
        self,
        problem: Any,
        span: Sequence[Any] | None = None,
        engine: Any = None,
    ) -> "Branch":
        """Go on from the last point.

        Args:
            problem: the `ContinuationProblem` of a branch of equilibria, or the family of fields.
            span: the parameter's interval, or the intervals of both; it may have been widened.
                None for the problem's own.
            engine: options; the default engine of the kind unless given.

        Returns:
            The longer curve: the old points, then the new ones.

        Example:
            >>> import bifbridge as bb
            >>> problem = bb.ContinuationProblem(lambda z, p: p - z, [0.0], span=(0, 1))
            >>> branch = bb.continuation(problem)
            >>> float(branch.resume(problem.family, (0, 2)).parameters[-1])
            2.0
        """
        rest = resolve(self.solution.resume)(self, problem, span, engine)
        return resolve("bifbridge.continuation.curves:joined")(self, rest)

    def __len__(self) -> int:
        return self.parameters.shape[0]

    def __repr__(self) -> str:
        return branch_text(self)

    def _derived(self, name: str) -> np.ndarray:
        function = self.solution.derived.get(name)
        return np.full(len(self), np.nan) if function is None else function(self.tests, len(self))

    def _of_cycles(self, name: str) -> Orbits:
        if self.orbits is None:
            raise AttributeError(f"A curve of {self.solution.plural} has no {name}.")
        return self.orbits
