"""The prediction at the first crossing, held against what is measured there."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import xarray as xr
from jaxtyping import Array, Float

from bifbridge.continuation import LearningEvent
from bifbridge.fields import CTRNN, flatten_parameters, parameter_slices
from bifbridge.landscape import (
    Agreement,
    PredictedKernel,
    compare,
    loss_on_line,
    predict_kernel,
    predict_loss,
)
from bifbridge.normal_forms import NormalForm, ScalarNormalForm
from bifbridge.sntk import Spectrum, StateSpaceNTK, spectrum, state_split
from bifbridge.studies.student_teacher._setup import Experiment
from bifbridge.training import TrainingPath

#: Distances μ over which the loss is predicted along ∇θμ.
MU_RANGE = 0.1
MU_POINTS = 41


@dataclasses.dataclass(frozen=True)
class Crossing:
    """What theory says at a bifurcation and what is measured there.

    Attributes:
        agreement: the numbers.
        data: profiles, spectra and directions.
        landscape: predicted and measured loss along ∇θμ.
    """

    agreement: Agreement
    data: xr.Dataset
    landscape: xr.Dataset


def analyse_crossing(
    experiment: Experiment, path: TrainingPath, event: LearningEvent
) -> Crossing | None:
    """Predict the kernel and the loss from the normal form alone, and measure both."""
    form = event.normal_form
    if form is None or form.unfolding_gradient is None:
        return None
    field = path.field(event.step)
    measured = StateSpaceNTK(experiment.sensitivity(field)).materialise()
    ranks = spectrum(measured, k=min(experiment.config.kernel_modes, measured.n_parameters))
    predicted = predict_kernel(
        form, experiment.task.initial_states, measured.times, measured.sensitivity.weights
    )
    agreement = compare(predicted, measured, result=ranks)
    data = _crossing_dataset(experiment, form, predicted, measured, ranks)
    return Crossing(agreement, data, _landscape(experiment, field, form, measured))


def _crossing_dataset(
    experiment: Experiment,
    form: NormalForm,
    predicted: PredictedKernel,
    measured: StateSpaceNTK,
    ranks: Spectrum,
) -> xr.Dataset:
    gradient = form.unfolding_gradient
    assert gradient is not None
    size = jnp.linalg.norm(gradient)
    k = ranks.right.shape[1]
    split = state_split(measured, predicted.projector)
    data = {
        "measured_eigenvalues": ("mode", np.asarray(ranks.eigenvalues[:k])),
        "predicted_eigenvalue": float(predicted.eigenvalues[0]),
        "share_by_state": ("part", [float(split.cc), float(split.cr + split.rc), float(split.rr)]),
    }
    if isinstance(form, ScalarNormalForm):
        moved = measured.push(gradient / size) @ form.left
        data["amplitude"] = ("trial", np.asarray(predicted.amplitudes[:, 0, 0]))
        data["predicted_profile"] = (
            ("trial", "time"),
            np.asarray(size * predicted.coordinate_factors[0, :, :, 0]),
        )
        data["measured_profile"] = (("trial", "time"), np.asarray(moved))
    if list(parameter_slices(experiment.student, experiment.names)) == ["weights"]:
        data |= _directions(experiment, gradient / size, ranks.top_right_singular_vector)
    coordinates = {"time": np.asarray(measured.times), "part": ["cc", "cr+rc", "rr"]}
    return xr.Dataset(data, coords=coordinates)


def _directions(
    experiment: Experiment, predicted: Float[Array, " p"], measured: Float[Array, " p"]
) -> dict[str, tuple[tuple[str, str], np.ndarray]]:
    """Both unit directions as weight matrices, the measured one with the predicted one's sign."""
    n = experiment.config.units
    measured = measured * jnp.sign(jnp.dot(measured, predicted))
    return {
        "predicted_direction": (("row", "column"), np.asarray(predicted).reshape(n, n)),
        "measured_direction": (("row", "column"), np.asarray(measured).reshape(n, n)),
    }


def _landscape(
    experiment: Experiment, field: CTRNN, form: NormalForm, measured: StateSpaceNTK
) -> xr.Dataset:
    """L(μ) on the line θ* + μ∇θμ/|∇θμ|²: from the reduced equation, and from full solves."""
    task = experiment.task
    states = measured.sensitivity.trajectories
    weights = task.grid.weights / jnp.sum(task.grid.weights)
    mu = jnp.linspace(-MU_RANGE, MU_RANGE, MU_POINTS)
    predicted = predict_loss(
        form,
        task.initial_states,
        measured.times,
        weights,
        mu,
        readout=task.readout,
        errors=states @ task.readout.T - task.targets,
    )
    theta, _ = flatten_parameters(field, experiment.names)
    assert form.unfolding_gradient is not None
    truth = loss_on_line(experiment.loss, theta, form.unfolding_gradient, mu)
    curves = {"predicted": ("mu", np.asarray(predicted)), "measured": ("mu", np.asarray(truth))}
    error = float(jnp.linalg.norm(predicted - truth) / jnp.linalg.norm(truth))
    variation = float(
        jnp.linalg.norm(predicted - truth) / jnp.linalg.norm(truth - truth[MU_POINTS // 2])
    )
    scalars = {"relative_error": error, "relative_error_of_variation": variation}
    return xr.Dataset(curves | scalars, coords={"mu": np.asarray(mu)})
