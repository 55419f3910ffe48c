"""Branches as xarray datasets, data frames and netCDF files."""

import os
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from bifbridge._netcdf import read_dataset, write_dataset
from bifbridge.continuation._dataset import (
    balance_from_text,
    balance_text,
    check_header,
    common,
    form_from_variables,
    forms_to_variables,
    header,
    mark_special,
    present,
    stacked,
    statuses,
)
from bifbridge.continuation._raw_values import raw_from_dataset, raw_variables
from bifbridge.continuation._results import Branch, SpecialPoint
from bifbridge.normal_forms import HopfNormalForm, NormalForm, ScalarNormalForm

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT = "bifbridge-branch"
_POINT = ("kind", "parameter", "converged", "index", "jump", "multiplicity")
_VECTORS = {name: ("state",) for name in ("right", "left", "second_order")}
_GRADIENTS = {name: ("theta",) for name in ("unfolding_gradient", "frequency_gradient")}


def branch_to_xarray(branch: Branch) -> "xr.Dataset":
    """A branch as a dataset over point, special point, state and parameter of the field.

    Args:
        branch: the branch.

    Returns:
        The dataset; `branch_from_xarray` is its inverse.
    """
    import xarray as xr

    data: dict[str, Any] = {
        "parameter": ("point", branch.parameters),
        "states": (("point", "state"), branch.states),
        "tangents": (("point", "extended"), branch.tangents),
        "eigenvalues": (("point", "mode"), branch.eigenvalues),
        "unstable": ("point", branch.unstable),
        "steps": ("point", branch.steps),
        "iterations": ("point", branch.iterations),
    }
    for name, values in branch.events.items():
        data[f"event_{name}"] = ("point", np.asarray(values))
    data |= _special_arrays(branch)
    more = {"balance": balance_text(branch.balance)}
    return xr.Dataset(data, attrs=header(_FORMAT, branch.status, branch.ends, **more))


def branch_from_xarray(dataset: "xr.Dataset") -> Branch:
    """The branch that `branch_to_xarray` made into a dataset.

    Args:
        dataset: the dataset.

    Returns:
        The branch; a dataset that is not one of a branch, or of a newer version, is refused with
        a `FileFormatError`.
    """
    check_header(dataset.attrs, _FORMAT)
    events = {
        str(name).removeprefix("event_"): dataset[name].values
        for name in dataset.data_vars
        if str(name).startswith("event_")
    }
    count = dataset.sizes.get("special", 0)
    return Branch(
        parameters=dataset["parameter"].values,
        states=dataset["states"].values,
        tangents=dataset["tangents"].values,
        eigenvalues=dataset["eigenvalues"].values,
        steps=dataset["steps"].values,
        iterations=dataset["iterations"].values,
        special_points=tuple(_special_point(dataset, k) for k in range(count)),
        balance=balance_from_text(dataset.attrs["balance"]),
        **statuses(dataset.attrs),
        events=events,
    )


def save_branch(path: str | os.PathLike[str], branch: Branch) -> None:
    """Write a branch to a netCDF file, atomically.

    Args:
        path: the file.
        branch: the branch.

    Example:
        See [Continuation](../continuation.md).
    """
    write_dataset(path, branch_to_xarray(branch))


def load_branch(path: str | os.PathLike[str]) -> Branch:
    """Read a branch that `save_branch` wrote.

    Args:
        path: the file.

    Returns:
        The branch; a file that is missing, damaged or not that of a branch is refused with a
        `FileFormatError`.

    Example:
        See [Continuation](../continuation.md).
    """
    return read_dataset(path, "branch", branch_from_xarray)


def branch_to_dataframe(branch: Branch) -> "pd.DataFrame":
    """A branch as a table, one row per point; needs pandas.

    Args:
        branch: the branch.

    Returns:
        Columns parameter, z0, z1, …, unstable, stable, leading (largest real part), step,
        iterations, one per user event, and special: the kind of a special point in the step
        that starts here, or an empty text.
    """
    import pandas as pd

    columns: dict[str, Any] = {"parameter": branch.parameters}
    columns |= {f"z{k}": branch.states[:, k] for k in range(branch.states.shape[1])}
    columns["unstable"] = branch.unstable
    columns["stable"] = branch.stable
    columns["leading"] = np.max(np.real(branch.eigenvalues), axis=1, initial=-np.inf)
    columns["step"] = branch.steps
    columns["iterations"] = branch.iterations
    columns |= dict(branch.events)
    columns["special"] = mark_special(len(branch), branch.special_points)
    return pd.DataFrame(columns)


def _special_arrays(branch: Branch) -> dict[str, Any]:
    """Special points as arrays over "special"; what a point lacks is NaN."""
    points = branch.special_points
    if not points:
        return {}
    nothing = np.zeros(branch.states.shape[1] + 1)
    forms = [point.normal_form for point in points]
    dimensions = _VECTORS | _GRADIENTS
    data: dict[str, Any] = {
        **common(points, _POINT),
        **raw_variables(points),
        "special_state": (("special", "state"), np.stack([point.state for point in points])),
        "special_eigenvalues": (
            ("special", "mode"),
            np.stack([point.eigenvalues for point in points]),
        ),
        "special_bracket": (("special", "side"), np.array([point.bracket for point in points])),
        "special_tangent": (
            ("special", "extended"),
            stacked([point.tangent for point in points], nothing),
        ),
    }
    return data | forms_to_variables(forms, [ScalarNormalForm, HopfNormalForm], dimensions)


def _special_point(dataset: "xr.Dataset", k: int) -> SpecialPoint:
    def value(name: str) -> Any:
        return dataset[f"special_{name}"].values[k]

    low, high = value("bracket")
    return SpecialPoint(
        kind=str(value("kind")),
        parameter=float(value("parameter")),
        state=value("state"),
        eigenvalues=value("eigenvalues"),
        normal_form=_normal_form(dataset, k),
        converged=bool(value("converged")),
        index=int(value("index")),
        jump=int(value("jump")),
        multiplicity=int(value("multiplicity")),
        bracket=(float(low), float(high)),
        tangent=present(value("tangent")),
        raw=raw_from_dataset(dataset, k),
    )


def _normal_form(dataset: "xr.Dataset", k: int) -> NormalForm | None:
    state = jnp.asarray(dataset["special_state"].values[k])
    scalar = dict.fromkeys(("fold", "transcritical", "pitchfork", "branch_point"), ScalarNormalForm)
    return form_from_variables(dataset, k, {**scalar, "hopf": HopfNormalForm}, state=state)
