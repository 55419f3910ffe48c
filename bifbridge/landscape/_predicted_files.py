"""Predicted kernels as trees of datasets, and their eigenvalues as tables."""

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from bifbridge._plain_files import plain_from_xarray, plain_to_xarray
from bifbridge.landscape._predicted_kernel import PredictedKernel
from bifbridge.sntk import SpectralProjector

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT, _VERSION = "bifbridge-predicted-kernel", 1
_FORM = "normal_form"


def to_xarray(predicted: PredictedKernel) -> "xr.DataTree":
    """The factors and directions; the normal form, where there is one, as a group."""
    import xarray as xr

    from bifbridge.continuation._carried_points import form_to_xarray

    weights = ("trial", "time")[-predicted.weights.ndim :]
    dimensions = {
        "times": ("time",),
        "weights": weights,
        "amplitudes": ("trial", "time", "coordinate"),
        "coordinate_factors": ("channel", "trial", "time", "coordinate"),
        "state_factors": ("channel", "trial", "time", "state"),
        "directions": ("channel", "parameter"),
    }
    dataset = plain_to_xarray(
        predicted, dimensions, _FORMAT, _VERSION, without=(_FORM, "projector")
    ).assign(
        right=(("state", "coordinate"), np.asarray(predicted.projector.right)),
        left=(("state", "coordinate"), np.asarray(predicted.projector.left)),
        eigenvalues=("channel", np.asarray(predicted.eigenvalues)),
    )
    groups: dict[str, Any] = {"/": dataset}
    if predicted.normal_form is not None:
        groups[_FORM] = form_to_xarray(predicted.normal_form)
    return xr.DataTree.from_dict(groups)


def from_xarray(tree: "xr.DataTree") -> PredictedKernel:
    """The inverse of `to_xarray`."""
    from bifbridge.continuation._carried_points import form_from_xarray

    root, group = tree.to_dataset(), tree.children.get(_FORM)
    right, left = (jnp.asarray(root[name].values) for name in ("right", "left"))
    form = None if group is None else form_from_xarray(group.to_dataset(inherit=False))
    return plain_from_xarray(
        PredictedKernel, root, _FORMAT, _VERSION,
        normal_form=form, projector=SpectralProjector(right, left),
    )  # fmt: skip


def to_dataframe(predicted: PredictedKernel) -> "pd.DataFrame":
    """One row per eigenvalue, of the kernel of the states and of that of the coordinates."""
    import pandas as pd

    columns = {
        "eigenvalue": np.asarray(predicted.eigenvalues),
        "critical_eigenvalue": np.asarray(predicted.critical_eigenvalues),
    }
    return pd.DataFrame({"channel": np.arange(1, predicted.rank + 1), **columns})


def summary(predicted: PredictedKernel) -> list[tuple[str, str]]:
    """The rows of the table in a notebook."""
    trials, times, states = predicted.state_factors.shape[1:]
    form = predicted.normal_form
    return [
        ("bifurcation", "of a map" if form is None else repr(form)),
        ("μ", f"{float(predicted.mu):.6g}"),
        ("rank", str(predicted.rank)),
        ("eigenvalues", ", ".join(f"{float(x):.6g}" for x in predicted.eigenvalues)),
        ("taken on", f"{trials} trials × {times} times × {states} states"),
    ]
