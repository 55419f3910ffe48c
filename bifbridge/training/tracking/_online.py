"""Bifurcations told while training goes on, at a bounded cost."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Input
from bifbridge.continuation import AbstractEngine, LearningEvent, track_equilibria
from bifbridge.continuation.curves import EQUILIBRIUM
from bifbridge.normal_forms._normal_form import as_velocity

_NEWTON_STEPS = 8


class _Place(NamedTuple):
    """The equilibrium of one field."""

    step: float
    field: Any
    state: np.ndarray
    unstable: int


class OnlineTracker:
    """Follows one equilibrium during training and locates its bifurcations.

    At each call Newton's method takes the equilibrium to the new field and its unstable
    eigenvalues are counted, which costs about a millisecond. Where their number has changed, or
    the equilibrium has gone, the short way from the last call is continued, which locates the
    event on the straight line from field to field. Both wait while they have taken more than
    `budget` of the time since the start; what waits is kept, and `finish` looks into all of it.

    A pair of crossings there and back between two calls goes unseen.

    Attributes:
        events: the bifurcations so far.
        spent: seconds of all calls.
        compiling: seconds of the first Newton iteration and the first continuation, which compile
            and do not count for the budget.
        looks: number of continuations.
        alive: whether the equilibrium is still there.

    Example:
        See [Use checkpoints of your own](../howto/own-checkpoints.md).
    """

    def __init__(
        self,
        state: Any,
        *,
        names: Sequence[str] | None = None,
        inputs: Input | None = None,
        budget: float = 0.1,
        engine: AbstractEngine | None = None,
    ):
        """Set up before training.

        Args:
            state: the equilibrium at the first call, shape (n,); a guess will do.
            names: leaves of θ in unfolding gradients; None for all.
            inputs: constant input.
            budget: largest share of the elapsed time that the calls may take.
            engine: of the continuation; `path_engine()` unless given.

        Raises:
            ValueError: if the budget is no share.
        """
        if not 0 < budget <= 1:
            raise ValueError(f"OnlineTracker: got budget={budget}, expected between 0 and 1.")
        self._state, self._names, self._inputs = np.asarray(state, float), names, inputs
        self._budget, self._engine = budget, engine
        self._last: _Place | None = None
        self._waiting: list[tuple[_Place, Any, float]] = []
        self._began = time.monotonic()
        self._longest_look = 0.0
        self.events: list[LearningEvent] = []
        self.spent, self.compiling, self.looks, self.alive = 0.0, 0.0, 0, True

    def __call__(self, step: float, field: Any) -> list[LearningEvent]:
        """Offer the field at a step; call it every few steps.

        Args:
            step: training step, past that of the last call.
            field: the field there.

        Returns:
            Bifurcations located in this call; mostly none.
        """
        began = time.monotonic()
        if self.alive and self._affordable(0.0):
            self._peek(step, field)
        found: list[LearningEvent] = []
        while self._waiting and self._affordable(self._longest_look):
            found += self._look(*self._waiting.pop(0))
        self.spent += time.monotonic() - began
        return found

    def finish(self) -> list[LearningEvent]:
        """Look into all that had to wait, whatever the budget says.

        Returns:
            Bifurcations found.
        """
        began = time.monotonic()
        found: list[LearningEvent] = []
        while self._waiting:
            found += self._look(*self._waiting.pop(0))
        self.spent += time.monotonic() - began
        return found

    def _peek(self, step: float, field: Any) -> None:
        """Where the equilibrium is now; an interval in which something happened waits."""
        began, before = time.monotonic(), self._last
        guess = self._state if before is None else before.state
        found, eigenvalues, speed = _correct(as_velocity(field, self._inputs), jnp.asarray(guess))
        state, unstable = np.asarray(found), _unstable(eigenvalues)
        room = 1 + np.linalg.norm(guess)
        here = bool(speed < 1e-8 * room)
        if before is None:
            self.alive = here
        else:
            here &= bool(np.linalg.norm(state - guess) < 0.3 * room)
            if not here or unstable != before.unstable:
                self._waiting.append((before, field, step))
        if self.compiling == 0.0:
            self.compiling = time.monotonic() - began
        self._last = _Place(step, field, state, unstable) if here else None
        self.alive = here

    def _look(self, before: _Place, field: Any, step: float) -> list[LearningEvent]:
        began = time.monotonic()
        path = track_equilibria(
            [before.field, field], before.state, steps=[before.step, step],
            names=self._names, inputs=self._inputs, engine=self._engine,
        )  # fmt: skip
        found = [event for event in path.events if event.kind in EQUILIBRIUM.bifurcations]
        followed = path.equilibria[0]
        if followed.fate == "alive" and not self.alive:
            # Newton's method went astray, the continuation did not: go on from there.
            unstable = _unstable(followed.eigenvalues[-1])
            self._last = _Place(step, field, followed.states[-1], unstable)
            self.alive = True
        self.events += found
        self.looks += 1
        took = time.monotonic() - began
        if self.looks == 1:
            self.compiling += took
        else:
            self._longest_look = max(self._longest_look, took)
        return found

    def _affordable(self, cost: float) -> bool:
        elapsed = time.monotonic() - self._began
        return self.spent - self.compiling + cost <= self._budget * elapsed


def _unstable(eigenvalues: Any) -> int:
    return int(np.sum(np.real(eigenvalues) > 0))


@quick_jit
def _correct(velocity: Any, guess: Array) -> tuple[Array, Array, Array]:
    """Equilibrium, eigenvalues and remaining speed by a fixed number of Newton steps."""

    def newton(_: Any, z: Array) -> Array:
        return z - jnp.linalg.solve(jax.jacfwd(velocity)(z), velocity(z))

    state = jax.lax.fori_loop(0, _NEWTON_STEPS, newton, guess)
    values = jnp.linalg.eigvals(jax.jacfwd(velocity)(state))
    return state, values, jnp.linalg.norm(velocity(state))
