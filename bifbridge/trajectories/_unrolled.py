"""Explicit Runge-Kutta steps without an inner loop.

Diffrax runs the stages of a step in a loop that serves every kind of tableau. On steps that are
known beforehand the plain sum of stages gives the same states, and compiles to code that is
faster to differentiate: `benchmarks/gradient.py` measures by how much.
"""

from typing import Any, ClassVar

import diffrax as dfx
import equinox as eqx
import numpy as np

from bifbridge._short_repr import short_repr


class UnrolledRungeKutta(dfx.AbstractSolver):
    """The explicit Runge-Kutta method of a Butcher tableau, its stages written out.

    It has no error estimate: it is for step times that are known beforehand.

    Attributes:
        nodes: cᵢ, the times of the stages.
        stages: the rows aᵢ of the tableau, the first one empty.
        weights: bᵢ.
        convergence_order: order of the method.

    Example:
        See `unrolled`.
    """

    nodes: tuple[float, ...] = eqx.field(static=True)
    stages: tuple[tuple[float, ...], ...] = eqx.field(static=True)
    weights: tuple[float, ...] = eqx.field(static=True)
    convergence_order: int = eqx.field(static=True)

    term_structure: ClassVar = dfx.AbstractTerm
    interpolation_cls: ClassVar = dfx.LocalLinearInterpolation

    def order(self, terms: Any) -> int:
        """Order of convergence.

        Returns:
            The order of the method.
        """
        return self.convergence_order

    def init(self, terms: Any, t0: Any, t1: Any, y0: Any, args: Any) -> None:
        """One-step methods carry no state."""

    def func(self, terms: Any, t0: Any, y0: Any, args: Any) -> Any:
        """The vector field.

        Returns:
            dy/dt at t0.
        """
        return terms.vf(t0, y0, args)

    def step(
        self, terms: Any, t0: Any, t1: Any, y0: Any, args: Any, solver_state: None, made_jump: Any
    ) -> tuple[Any, None, dict[str, Any], None, dfx.RESULTS]:
        """One step, as Diffrax defines it.

        Returns:
            State at t1, no error, what interpolation needs, no solver state, success.
        """
        h = t1 - t0
        slopes: dict[int, Any] = {}
        for i in self._stages_in_use():
            y = y0 + h * _combine(self.stages[i], slopes)
            slopes[i] = terms.vf(t0 + self.nodes[i] * h, y, args)
        y1 = y0 + h * _combine(self.weights, slopes)
        return y1, None, {"y0": y0, "y1": y1}, None, dfx.RESULTS.successful

    def _stages_in_use(self) -> list[int]:
        """Stages that the solution needs: those only for the error estimate cost nothing."""
        needed = {i for i, weight in enumerate(self.weights) if weight != 0}
        for i in range(len(self.weights) - 1, 0, -1):
            if i in needed:
                needed |= {j for j, entry in enumerate(self.stages[i]) if entry != 0}
        return sorted(needed)

    __repr__ = short_repr


def unrolled(solver: dfx.AbstractSolver) -> dfx.AbstractSolver:
    """The same method with unrolled stages where it is an explicit Runge-Kutta method.

    Args:
        solver: any Diffrax solver.

    Returns:
        An `UnrolledRungeKutta`, or `solver` itself if it is of another kind.

    Example:
        >>> import diffrax
        >>> from bifbridge.trajectories import unrolled
        >>> unrolled(diffrax.Tsit5()).convergence_order
        5
    """
    tableau = getattr(solver, "tableau", None)
    if not (isinstance(solver, dfx.AbstractERK) and isinstance(tableau, dfx.ButcherTableau)):
        return solver
    return UnrolledRungeKutta(
        nodes=(0.0, *_floats(tableau.c)),
        stages=((), *(_floats(row) for row in tableau.a_lower)),
        weights=_floats(tableau.b_sol),
        convergence_order=solver.order(None) or 1,  # pyright: ignore[reportArgumentType]
    )


def _combine(row: tuple[float, ...], slopes: dict[int, Any]) -> Any:
    return sum(row[i] * slope for i, slope in slopes.items() if i < len(row) and row[i] != 0)


def _floats(numbers: np.ndarray) -> tuple[float, ...]:
    return tuple(float(x) for x in numbers)
