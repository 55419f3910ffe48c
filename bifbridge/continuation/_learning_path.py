"""Bifurcations along learning: equilibria continued from checkpoint to checkpoint."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Literal

import equinox as eqx
import numpy as np
from jaxtyping import Complex, Float

from bifbridge._custom_types import Input
from bifbridge._progress import progress
from bifbridge._short_repr import short_repr, shortened
from bifbridge.continuation._families import LineFamily
from bifbridge.continuation._problem import AbstractEngine, ContinuationProblem, continuation
from bifbridge.continuation.curves import Branch, SpecialPoint, Status
from bifbridge.normal_forms import NormalForm

Fate = Literal["alive", "lost in a fold", "not followed"]


class LearningEvent(eqx.Module):
    """A bifurcation of one equilibrium during training.

    Attributes:
        step: training step, with its fraction.
        equilibrium: index of the equilibrium.
        segment: index of the checkpoint before it.
        fraction: how far between that checkpoint and the next, in [0, 1].
        point: the special point, its parameter being the fraction.

    Example:
        See [Continuation](../continuation.md): `track_equilibria`.
    """

    step: float
    equilibrium: int
    segment: int
    fraction: float
    point: SpecialPoint

    @property
    def kind(self) -> str:
        """The kind of bifurcation."""
        return self.point.kind

    @property
    def state(self) -> Float[np.ndarray, " n"]:
        """The bifurcating equilibrium, shape (n,)."""
        return self.point.state

    @property
    def normal_form(self) -> NormalForm | None:
        """Its normal form."""
        return self.point.normal_form

    def __repr__(self) -> str:
        what = repr(self.normal_form) if self.normal_form is not None else self.kind
        return f"step {self.step:.8g}, equilibrium {self.equilibrium}: {what}"


class TrackedEquilibrium(eqx.Module):
    """One equilibrium at every checkpoint that it reached.

    Attributes:
        states: shape (K, n); NaN from the checkpoint on that it did not reach.
        eigenvalues: by falling real part, shape (K, n); NaN likewise.
        fate: "alive" at the last checkpoint, "lost in a fold" (its branch turned back before
            the next checkpoint), or "not followed" (the continuation failed).
        status: of the last continuation.
        last: index of the last checkpoint that it reached.

    Example:
        See [Continuation](../continuation.md): `track_equilibria`.
    """

    states: Float[np.ndarray, "K n"]
    eigenvalues: Complex[np.ndarray, "K n"]
    fate: Fate = eqx.field(static=True)
    status: Status = eqx.field(static=True)
    last: int

    __repr__ = short_repr


class LearningPath(eqx.Module):
    """Equilibria and their bifurcations along a training run.

    Attributes:
        steps: training step of each checkpoint, shape (K,).
        equilibria: one per start state.
        events: in the order of training.

    Example:
        See [Continuation](../continuation.md): `track_equilibria`.
    """

    steps: Float[np.ndarray, " K"]
    equilibria: tuple[TrackedEquilibrium, ...]
    events: tuple[LearningEvent, ...]

    def __repr__(self) -> str:
        fates = [equilibrium.fate for equilibrium in self.equilibria]
        counts = ", ".join(f"{fates.count(fate)} {fate}" for fate in dict.fromkeys(fates))
        head = f"{len(self.equilibria)} equilibria over {self.steps.size} checkpoints ({counts})"
        return shortened([head, *(f"  {event!r}" for event in self.events)], "see events")


def path_engine(gradient: bool = True) -> AbstractEngine:
    """An engine with steps fit for the short way between two checkpoints.

    Args:
        gradient: whether normal forms carry ∇θμ.

    Returns:
        The engine.
    """
    from bifbridge.continuation.jax_engine import JaxEngine  # the default, not a dependency

    return JaxEngine(step=0.25, max_step=0.4, buffer=16, directions="up", gradient=gradient)


def continue_between(
    start: Any,
    end: Any,
    state: Any,
    *,
    names: Sequence[str] | None = None,
    inputs: Input | None = None,
    engine: AbstractEngine | None = None,
) -> Branch:
    """Continue an equilibrium over the straight path between two fields.

    Args:
        start: the field at p = 0.
        end: the field at p = 1, of the same structure.
        state: an equilibrium of `start`, shape (n,).
        names: leaves that make up θ in unfolding gradients; None for all.
        inputs: constant input u.
        engine: `path_engine()` unless given.

    Returns:
        The branch; it reached `end` if its status is `SPAN_END` and its last parameter is 1.

    Example:
        See [Continuation](../continuation.md).
    """
    family = LineFamily(start, end, inputs)
    problem = ContinuationProblem(family, state, span=(0.0, 1.0), names=names)
    return continuation(problem, path_engine() if engine is None else engine)


def track_equilibria(
    fields: Iterable[Any],
    states: Any,
    *,
    steps: Any = None,
    names: Sequence[str] | None = None,
    inputs: Input | None = None,
    engine: AbstractEngine | None = None,
) -> LearningPath:
    """Follow equilibria through a training run and find where each bifurcates.

    Between two checkpoints the field moves on the straight line, along which each equilibrium is
    continued by pseudo-arclength: a crossing is found wherever it lies between the checkpoints,
    and located to machine precision.

    Args:
        fields: the checkpoints, in order, of one structure; an iterator is consumed once.
        states: equilibria of the first one, shape (n,) or (k, n).
        steps: training step of each checkpoint; None for 0, 1, 2, ….
        names: leaves that make up θ in unfolding gradients; None for all.
        inputs: constant input u.
        engine: `path_engine()` unless given.

    Returns:
        The equilibria at every checkpoint, and the events in the order of training.

    Raises:
        ValueError: if the numbers of steps and of checkpoints differ.

    Example:
        See [Continuation](../continuation.md).
    """
    engine = path_engine() if engine is None else engine
    fields = list(fields)
    times = np.arange(len(fields), dtype=float) if steps is None else np.asarray(steps, float)
    if times.shape != (len(fields),):
        raise ValueError(
            f"track_equilibria: got {times.size} steps for {len(fields)} checkpoints, "
            "expected one per checkpoint."
        )
    events, equilibria = [], []
    for index, state in enumerate(np.atleast_2d(np.asarray(states, float))):
        branches = _follow(fields, state, names, inputs, engine)
        equilibria.append(_tracked(branches, len(fields), state.size))
        events += _events(branches, times, index)
    events.sort(key=lambda event: event.step)
    return LearningPath(times, tuple(equilibria), tuple(events))


def _follow(
    fields: list[Any],
    state: np.ndarray,
    names: Sequence[str] | None,
    inputs: Input | None,
    engine: AbstractEngine,
) -> list[Branch]:
    branches = []
    with progress("equilibrium", "checkpoints", len(fields) - 1) as told:
        for start, end in pairwise(fields):
            branch = continue_between(start, end, state, names=names, inputs=inputs, engine=engine)
            branches.append(branch)
            told(len(branches))
            if not _arrived(branch):
                break
            state = branch.states[-1]
    return branches


def _arrived(branch: Branch) -> bool:
    return branch.status == Status.SPAN_END and bool(branch.parameters[-1] == 1.0)


def _tracked(branches: list[Branch], count: int, n: int) -> TrackedEquilibrium:
    states = np.full((count, n), np.nan)
    eigenvalues = np.full((count, n), np.nan, complex)
    last = 0
    for k, branch in enumerate(branches):
        if len(branch) == 0:
            break
        states[k], eigenvalues[k], last = branch.states[0], branch.eigenvalues[0], k
        if _arrived(branch):
            last = k + 1
            states[last], eigenvalues[last] = branch.states[-1], branch.eigenvalues[-1]
    status = branches[-1].status if branches else Status.SPAN_END
    fate: Fate = "alive"
    if branches and not _arrived(branches[-1]):
        fate = "lost in a fold" if status == Status.SPAN_END else "not followed"
    return TrackedEquilibrium(states, eigenvalues, fate, status, last)


def _events(branches: list[Branch], times: np.ndarray, index: int) -> list[LearningEvent]:
    found = []
    for k, branch in enumerate(branches):
        # A branch that turned back in a fold retraces its past: what follows is not new.
        points = branch.special_points
        if branch.status == Status.SPAN_END and not _arrived(branch):
            first = next((i for i, q in enumerate(points) if q.kind == "fold"), len(points) - 1)
            points = points[: first + 1]
        for point in points:
            step = times[k] + point.parameter * (times[k + 1] - times[k])
            found.append(LearningEvent(float(step), index, k, point.parameter, point))
    return found
