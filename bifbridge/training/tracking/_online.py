"""Bifurcations told while training goes on, at a bounded cost."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from bifbridge._custom_types import Input
from bifbridge.continuation import AbstractEngine, LearningEvent, track_equilibria
from bifbridge.continuation._results import BIFURCATIONS


class OnlineTracker:
    """Follows one equilibrium during training and looks when it may next bifurcate.

    After each look the leading eigenvalue's rate of change predicts the next crossing, and the
    next look comes half-way to it, but not before looks have taken less than `budget` of the time
    since the start. Between two looks the equilibrium is continued over the straight line from
    field to field: no crossing is missed, and its step is as exact as that line.

    Attributes:
        events: the bifurcations so far.
        spent: seconds spent on looks.
        looks: number of looks.
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
        longest: float = 200.0,
        engine: AbstractEngine | None = None,
    ):
        """Set up before training.

        Args:
            state: the equilibrium at the first call, shape (n,); a guess will do.
            names: leaves of θ in unfolding gradients; None for all.
            inputs: constant input.
            budget: largest share of the elapsed time that looks may take.
            longest: most steps between two looks that the budget allows.
            engine: of the continuation; `path_engine()` unless given.

        Raises:
            ValueError: if the budget is no share.
        """
        if not 0 < budget <= 1:
            raise ValueError(f"OnlineTracker: got budget={budget}, expected between 0 and 1.")
        self._state, self._names, self._inputs = np.asarray(state, float), names, inputs
        self._budget, self._longest, self._engine = budget, longest, engine
        self._field: Any = None
        self._step = self._next = 0.0
        self._began = time.monotonic()
        self._first_look = 0.0
        self.events: list[LearningEvent] = []
        self.spent, self.looks, self.alive = 0.0, 0, True

    def __call__(self, step: float, field: Any) -> list[LearningEvent]:
        """Offer the field at a step; call it as often as is convenient.

        Args:
            step: training step.
            field: the field there.

        Returns:
            Bifurcations found since the last look; mostly none.
        """
        if self._field is None:
            self._field, self._step, self._next = field, step, step
            return []
        if not self.alive or step < self._next or not self._affordable(step):
            return []
        return self.look(step, field)

    def look(self, step: float, field: Any) -> list[LearningEvent]:
        """Continue from the last look to this step, whatever the budget says.

        Args:
            step: training step, past the last look's.
            field: the field there.

        Returns:
            Bifurcations found on the way.
        """
        start = time.monotonic()
        path = track_equilibria(
            [self._field, field], self._state, steps=[self._step, step],
            names=self._names, inputs=self._inputs, engine=self._engine,
        )  # fmt: skip
        followed = path.equilibria[0]
        found = [event for event in path.events if event.kind in BIFURCATIONS]
        self.events += found
        self.alive = followed.fate == "alive"
        if self.alive:
            self._schedule(step, np.max(np.real(followed.eigenvalues), axis=1))
            self._field, self._step, self._state = field, step, followed.states[-1]
        took = time.monotonic() - start
        self.looks += 1
        if self.looks == 1:
            self._first_look = took  # compilation, paid once
        self.spent += took
        return found

    def _schedule(self, step: float, leading: np.ndarray) -> None:
        rate = (leading[-1] - leading[0]) / (step - self._step)
        away = -leading[-1] / rate if rate != 0 else np.inf
        half = away / 2 if away > 0 else self._longest
        self._next = step + float(np.clip(half, 1.0, self._longest))

    def _affordable(self, step: float) -> bool:
        elapsed = time.monotonic() - self._began
        if step - self._step >= self._longest:
            return True
        return self.spent - self._first_look <= self._budget * elapsed
