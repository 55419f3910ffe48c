"""What is asked of an engine."""

import abc
from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from bifbridge._custom_types import Scalar, Span, State, StateLike
from bifbridge._expect import expect
from bifbridge._progress import progress
from bifbridge._result_table import resolve
from bifbridge._short_repr import short_repr
from bifbridge.continuation._families import (
    AbstractFamily,
    as_family,
)
from bifbridge.continuation._family_checks import check_names, check_state
from bifbridge.continuation._span import checked_span
from bifbridge.continuation.curves import Branch, SpecialPoint


class ContinuationProblem(eqx.Module):
    """A family of fields, where to start, and how far to go.

    Attributes:
        family: the family of fields.
        state: a guess of an equilibrium at `parameter`, shape (n,).
        parameter: where to start, within the span.
        span: the parameter's interval.
        names: leaves of the field that make up θ in unfolding gradients; None for all.
        events: further scalar functions (z, p) ↦ number whose zeros are wanted, by name.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> family = bb.LeafFamily(bb.CTRNN(jnp.eye(2)), "gain")
        >>> problem = bb.ContinuationProblem(
        ...     family,
        ...     jnp.zeros(2),
        ...     span=(0, 2),
        ...     names=["weights"],
        ...     events={"half": lambda z, p: p - 0.5},
        ... )
        >>> (
        ...     float(problem.parameter),
        ...     problem.span,
        ... )  # it starts at the lower end unless told otherwise
        (0.0, (0.0, 2.0))
    """

    family: AbstractFamily
    state: State
    parameter: Scalar
    span: tuple[float, float]
    names: tuple[str, ...] | None = eqx.field(static=True)
    events: tuple[tuple[str, Callable[[Any, Any], Any]], ...]

    def __init__(
        self,
        family: Any,
        state: StateLike,
        *,
        span: Span,
        parameter: float | int | None = None,
        names: Sequence[str] | None = None,
        events: dict[str, Callable[[Any, Any], Any]] | None = None,
    ):
        """Check and convert the arguments.

        Args:
            family: an `AbstractFamily`, or a plain function f(z, p).
            state: guess of an equilibrium, shape (n,).
            span: the parameter's interval, lower end first.
            parameter: where to start; None for the span's lower end.
            names: leaves of the field that make up θ in unfolding gradients; None for all.
            events: further scalar functions (z, p) ↦ number whose zeros are wanted.

        Raises:
            ValueError: if the state is not a vector of finite numbers that fits the field, the
                span is empty, the start lies outside it, or the field has no leaf of a name.
        """
        self.family = as_family(family)
        self.state = jnp.asarray(state, float)
        lower, upper = checked_span("ContinuationProblem", span)
        start = lower if parameter is None else float(parameter)
        if self.state.ndim != 1 or self.state.size == 0:
            raise ValueError(
                f"ContinuationProblem: got a state of shape {self.state.shape}, expected (n,)."
            )
        if not np.all(np.isfinite(np.asarray(self.state))):
            raise ValueError(
                "ContinuationProblem: the start state holds values that are not finite."
            )
        if not lower <= start <= upper:
            raise ValueError(
                f"ContinuationProblem: the start p = {start} lies outside span=({lower}, {upper}); "
                "give parameter= within it or widen the span."
            )
        self.parameter = jnp.asarray(start, float)
        self.span = (lower, upper)
        self.names = None if names is None else tuple(names)
        check_state("ContinuationProblem", self.family, self.state, _corrected)
        check_names("ContinuationProblem", self.family, self.names)
        self.events = tuple((events or {}).items())

    __repr__ = short_repr


#: What is expected where a problem belongs.
PROBLEM = "a problem: bb.ContinuationProblem(family, state, span=(lower, upper))"


def _corrected(size: int) -> str:
    return f"bb.ContinuationProblem(family, numpy.zeros({size}), span=(lower, upper))"


def check_engine(caller: str, engine: Any, kind: type) -> None:
    """Raise a `TypeError` unless the engine is None or an object of a kind."""
    able = "" if kind is AbstractEngine else " that follows the arms at branch points"
    if engine is not None:
        expect(caller, "engine", engine, kind, f"an engine{able}, such as bb.JaxEngine()")


class AbstractEngine(eqx.Module):
    """Something that follows branches: the embedded engine, or another program."""

    @abc.abstractmethod
    def run(self, problem: ContinuationProblem) -> Branch:
        """Follow the branch through the problem's start.

        Args:
            problem: what to follow.

        Returns:
            The branch with its special points.
        """

    __repr__ = short_repr


class AbstractBranchingEngine(AbstractEngine):
    """An engine that can also leave a branch at its branch points."""

    @abc.abstractmethod
    def arms(
        self, problem: ContinuationProblem, point: SpecialPoint, known: Sequence[Branch] = ()
    ) -> tuple[Branch, ...]:
        """The arms of the other branch through a branch point.

        Args:
            problem: the problem on whose branch the point lies.
            point: a simple branch point.
            known: branches that need not be followed again.

        Returns:
            None, one or two branches.
        """


def continuation(problem: ContinuationProblem, engine: AbstractEngine | None = None) -> Branch:
    """Follow a branch of equilibria and find every bifurcation on it.

    Args:
        problem: the family, the start and the span.
        engine: `JaxEngine()` unless given.

    Returns:
        The branch, whatever its status: `branch.status` says how it ended.

    Example:
        >>> import bifbridge as bb
        >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
        >>> branch = bb.continuation(problem, bb.JaxEngine(max_points=500))
        >>> branch.special_points
        (supercritical pitchfork: ȧ = μa − 1 a³ at p = 0,)
        >>> branch.status == bb.Status.SPAN_END, branch.balance
        (True, unstable 0 → 1, 1 crossings located)
    """
    expect("continuation", "problem", problem, ContinuationProblem, PROBLEM)
    check_engine("continuation", engine, AbstractEngine)
    # The default is named by text: engines import this module.
    default: Any = resolve("bifbridge.continuation.jax_engine:JaxEngine")
    with progress("continuation"):
        return (default() if engine is None else engine).run(problem)
