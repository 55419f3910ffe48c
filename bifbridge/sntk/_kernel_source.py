"""What a kernel is made of: a sensitivity, or a field and its trials."""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Array, Float

from bifbridge.sntk._materialised import AnySensitivity, MaterialisedSensitivity
from bifbridge.trajectories import Sensitivity, Trials, linearise


def resolved(
    source: Any,
    given: Any,
    readout: Float[Array, "m n"] | None,
    parameters: Sequence[str] | None,
    matvec_dtype: str | None,
) -> tuple[AnySensitivity, Float[Array, "m n"] | None]:
    """The sensitivity and the read-out that the arguments of a kernel mean."""
    if isinstance(given, Trials):
        source, given = _linearised(source, given, parameters, matvec_dtype), readout
    elif not isinstance(source, Sensitivity | MaterialisedSensitivity):
        raise TypeError(
            f"StateSpaceNTK: got a {type(source).__name__} and a {type(given).__name__}, "
            "expected a field and its trials, StateSpaceNTK(field, Trials(initial_states, "
            "grid)), or a sensitivity from linearise."
        )
    elif parameters is not None or matvec_dtype is not None:
        raise TypeError(
            "StateSpaceNTK: a sensitivity has its parameters and precision already; give "
            "names= and matvec_dtype= to linearise."
        )
    readout = given if readout is None else readout
    n = source.trajectories.shape[-1]
    if readout is not None and (readout.ndim != 2 or readout.shape[1] != n):
        raise ValueError(
            f"StateSpaceNTK: got a readout of shape {readout.shape}, expected (m, {n}): one "
            "row per observed quantity. For a single one write readout[None, :]."
        )
    return source, readout


def _linearised(
    field: Any, trials: Trials, parameters: Sequence[str] | None, matvec_dtype: str | None
) -> Sensitivity:
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
