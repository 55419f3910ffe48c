"""From a field and its trials to the sensitivity that a kernel is made of."""

from collections.abc import Sequence
from typing import Any

from bifbridge.trajectories import Sensitivity, Trials, linearise


def linearised(
    field: Any, trials: Trials, parameters: Sequence[str] | None, matvec_dtype: str | None
) -> Sensitivity:
    """S of the solve that the trials describe."""
    return linearise(
        field,
        trials.initial_states,
        trials.grid,
        names=parameters,
        inputs=trials.inputs,
        solver=trials.solver,
        mask=trials.mask,
        matvec_dtype=matvec_dtype,
    )
