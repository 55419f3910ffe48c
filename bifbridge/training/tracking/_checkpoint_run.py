"""A training run as a sequence of checkpoints, wherever they come from."""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax.tree_util as jtu
import numpy as np
from jaxtyping import Float

from bifbridge._short_repr import short_repr
from bifbridge.training._path import TrainingPath
from bifbridge.training._run import Run


class CheckpointRun(eqx.Module):
    """Fields at increasing training steps, read one at a time.

    Attributes:
        steps: training step of each checkpoint, shape (K,).
        load: from the index of a checkpoint to its field.

    Example:
        See `as_run`.
    """

    steps: Float[np.ndarray, " K"]
    load: Callable[[int], Any]

    def __check_init__(self):
        if self.steps.ndim != 1 or self.steps.size == 0:
            raise ValueError(
                f"CheckpointRun: got steps of shape {self.steps.shape}, expected (K,), K ≥ 1."
            )
        if not np.all(np.diff(self.steps) > 0):
            raise ValueError("CheckpointRun: the steps of the checkpoints must increase.")

    def __len__(self) -> int:
        return self.steps.size

    def field(self, step: float) -> Any:
        """The field at a step, straight between the checkpoints.

        Args:
            step: within the run, perhaps fractional.

        Returns:
            The field.

        Raises:
            ValueError: if the step lies outside the run.
        """
        first, last = float(self.steps[0]), float(self.steps[-1])
        if not first <= step <= last:
            raise ValueError(f"CheckpointRun: got step {step:g}, expected {first:g} to {last:g}.")
        left = int(np.clip(np.searchsorted(self.steps, step, "right") - 1, 0, len(self) - 1))
        if step == self.steps[left]:
            return self.load(left)
        part = (step - self.steps[left]) / (self.steps[left + 1] - self.steps[left])

        def between(a: Any, b: Any) -> Any:
            return (1 - part) * a + part * b if eqx.is_inexact_array(a) else a

        return jtu.tree_map(between, self.load(left), self.load(left + 1))

    __repr__ = short_repr


def as_run(
    run: Any, *, steps: Any = None, load: Callable[[Any], Any] | None = None
) -> CheckpointRun:
    """A run from what a user has.

    Args:
        run: a `CheckpointRun`, a `TrainingPath`, a `Run` with its folder, or a sequence of
            checkpoints: fields, or with `load` anything that it turns into a field, such as paths
            of `.eqx` files.
        steps: training step of each checkpoint; None for 0, 1, 2, …. Of a `TrainingPath` these
            are the steps to look at.
        load: from a checkpoint to its field.

    Returns:
        The run.

    Raises:
        ValueError: if the numbers of steps and checkpoints differ, or there are none.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> from bifbridge.training.tracking import as_run
        >>> run = as_run(
        ...     [0.5, 1.5], steps=[0, 10], load=lambda gain: bb.CTRNN(jnp.eye(2), gain=gain)
        ... )
        >>> round(float(run.field(4.0).gain), 9)  # on the straight line between the two
        0.9
    """
    if isinstance(run, CheckpointRun):
        return run
    if isinstance(run, TrainingPath | Run):
        path = run.checkpoints() if isinstance(run, Run) else run
        chosen = np.arange(path.n_steps + 1.0) if steps is None else np.asarray(steps, float)
        return CheckpointRun(chosen, lambda k: path.field(chosen[k]))
    checkpoints: Sequence[Any] = list(run)
    chosen = np.arange(float(len(checkpoints))) if steps is None else np.asarray(steps, float)
    if chosen.shape != (len(checkpoints),):
        raise ValueError(
            f"as_run: got {chosen.size} steps for {len(checkpoints)} checkpoints, expected one "
            "per checkpoint."
        )
    return CheckpointRun(chosen, lambda k: checkpoints[k] if load is None else load(checkpoints[k]))
