"""The bifurcations of a run as numbers, with the falls of the loss beside them."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import xarray as xr
from jaxtyping import Float

from bifbridge.continuation import LearningEvent
from bifbridge.normal_forms import HopfNormalForm, NormalForm, ScalarNormalForm
from bifbridge.studies.student_teacher._loss_falls import loss_fall, previous_crossings
from bifbridge.studies.student_teacher._tracking import Tracked


def event_dataset(tracked: Tracked, losses: Float[np.ndarray, " K"]) -> xr.Dataset:
    """Every bifurcation with its coefficients and the fall of the loss that goes with it."""
    rows = [describe_event(event) for event in tracked.events]
    previous = previous_crossings(tracked.event_steps)
    for row, before in zip(rows, previous, strict=True):
        fall = loss_fall(losses, row["step"], before)
        row |= {"loss_drop_step": fall.onset, "loss_factor": fall.factor}
        row["loss_drop_percentile"] = fall.percentile
    columns = {name: ("event", np.asarray([row[name] for row in rows])) for name in EVENT_COLUMNS}
    n = tracked.states.shape[1]
    states = np.asarray([event.state for event in tracked.events]).reshape(-1, n)
    return xr.Dataset(columns | {"state": (("event", "unit"), states)})


def describe_event(event: LearningEvent) -> dict[str, Any]:
    """The numbers of one bifurcation."""
    form, point = event.normal_form, event.point
    return {
        "step": event.step,
        "kind": event.kind,
        "criticality": (form.criticality if form is not None else None) or "",
        "unstable_change": point.jump,
        "converged": bool(point.converged),
        "multiplicity": point.multiplicity,
        **_coefficients(form),
    }


def _coefficients(form: NormalForm | None) -> dict[str, float]:
    numbers: dict[str, float] = dict.fromkeys(
        ("eigenvalue", "frequency", "quadratic", "cubic", "cubic_imaginary", "mu_gradient_norm"),
        float("nan"),
    )
    if form is None:
        return numbers
    numbers["eigenvalue"] = float(jnp.real(form.eigenvalue))
    if form.unfolding_gradient is not None:
        numbers["mu_gradient_norm"] = float(jnp.linalg.norm(form.unfolding_gradient))
    if isinstance(form, ScalarNormalForm):
        numbers |= {"quadratic": float(form.quadratic), "cubic": float(form.cubic)}
    if isinstance(form, HopfNormalForm):
        c1 = complex(form.cubic)
        numbers |= {
            "frequency": float(form.frequency),
            "cubic": c1.real,
            "cubic_imaginary": c1.imag,
        }
    return numbers


EVENT_COLUMNS = (
    "step",
    "kind",
    "criticality",
    "unstable_change",
    "converged",
    "multiplicity",
    "eigenvalue",
    "frequency",
    "quadratic",
    "cubic",
    "cubic_imaginary",
    "mu_gradient_norm",
    "loss_drop_step",
    "loss_factor",
    "loss_drop_percentile",
)
