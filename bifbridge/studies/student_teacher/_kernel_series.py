"""The spectrum of the state-space NTK along training."""

from collections.abc import Iterable

import numpy as np
import xarray as xr

from bifbridge._progress import progress
from bifbridge.fields import CTRNN
from bifbridge.sntk import Spectrum, StateSpaceNTK, spectrum
from bifbridge.studies.student_teacher._setup import Experiment
from bifbridge.training import TrainingPath

#: Half-width, in training steps, of the stretch around a crossing that is sampled densely.
WINDOW = 60

#: Spectra by training step.
KnownSpectra = dict[float, Spectrum]

_RANKS = ("participation_ratio", "entropy_rank", "stable_rank")


def kernel_spectrum(experiment: Experiment, field: CTRNN) -> Spectrum:
    """The spectrum of the kernel of the states, with the configured number of modes."""
    sensitivity = experiment.sensitivity(field)
    return spectrum(
        StateSpaceNTK(sensitivity), k=min(experiment.config.kernel_modes, sensitivity.theta.size)
    )


def sampled_steps(n_steps: int, every: int, crossing: float | None, stride: int = 3) -> np.ndarray:
    """Steps at which the kernel is measured: coarse everywhere, dense around a crossing."""
    steps = {*range(0, n_steps, every), n_steps}
    if crossing is not None:
        middle = round(crossing)
        dense = range(middle - WINDOW, middle + WINDOW + 1, stride)
        steps |= {step for step in dense if 0 <= step <= n_steps} | {crossing}
    return np.asarray(sorted(steps), float)


def kernel_series(
    experiment: Experiment,
    path: TrainingPath,
    steps: Iterable[float],
    known: KnownSpectra,
) -> xr.Dataset:
    """Spectrum, moments and effective ranks at chosen steps."""
    steps, spectra = np.asarray(list(steps), float), []
    with progress("kernel", "checkpoints", len(steps)) as told:
        for step in steps:
            found = known.get(step)
            spectra.append(
                kernel_spectrum(experiment, path.field(step)) if found is None else found
            )
            told(len(spectra), rank=spectra[-1].participation_ratio)
    k = spectra[0].right.shape[1]
    table = {name: ("checkpoint", _column(spectra, name)) for name in _RANKS}
    table |= {
        name: ("checkpoint", np.asarray([float(getattr(s, name)) for s in spectra]))
        for name in ("trace", "trace_of_square")
    }
    eigenvalues = np.stack([np.asarray(s.eigenvalues[:k]) for s in spectra])
    return xr.Dataset(
        {"step": ("checkpoint", steps), "eigenvalues": (("checkpoint", "mode"), eigenvalues)}
        | table
    )


def _column(spectra: list[Spectrum], name: str) -> np.ndarray:
    """A rank at each step; NaN where only part of the spectrum is known."""
    values = [getattr(s, name) for s in spectra]
    return np.asarray([np.nan if value is None else value for value in values])
