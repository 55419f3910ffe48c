"""Branches as xarray datasets, data frames and netCDF files."""

import json
import os
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from bifbridge._atomic import atomic_path
from bifbridge._errors import FileFormatError
from bifbridge._version import __version__
from bifbridge.continuation._results import Balance, Branch, SpecialPoint
from bifbridge.continuation._status import Status
from bifbridge.normal_forms import HopfNormalForm, NormalForm, ScalarNormalForm

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT = "bifbridge-branch"
_VERSION = 1
_SCALAR = ("eigenvalue", "quadratic", "cubic", "margin")
_VECTORS = ("right", "left")


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
    balance = branch.balance
    attributes = {
        "format": _FORMAT,
        "format_version": _VERSION,
        "bifbridge_version": __version__,
        "status": branch.status.name,
        "ends": json.dumps([status.name for status in branch.ends]),
        "balance": json.dumps([
            balance.unstable_start,
            balance.unstable_end,
            balance.located,
            balance.unresolved,
            bool(balance.explained),
        ]),
    }
    return xr.Dataset(data, attrs=attributes)


def branch_from_xarray(dataset: "xr.Dataset") -> Branch:
    """The branch that `branch_to_xarray` made into a dataset.

    Args:
        dataset: the dataset.

    Returns:
        The branch.

    Raises:
        FileFormatError: if the dataset is not one of a branch, or of a newer version.
    """
    found = (dataset.attrs.get("format"), int(dataset.attrs.get("format_version", 0)))
    if found[0] != _FORMAT or found[1] > _VERSION:
        raise FileFormatError(
            f"Got a dataset of format and version {found}; this release reads "
            f"{(_FORMAT, _VERSION)} and older."
        )
    events = {
        str(name).removeprefix("event_"): dataset[name].values
        for name in dataset.data_vars
        if str(name).startswith("event_")
    }
    count = dataset.sizes.get("special", 0)
    start, end, located, unresolved, explained = json.loads(dataset.attrs["balance"])
    ends = json.loads(dataset.attrs["ends"])
    return Branch(
        parameters=dataset["parameter"].values,
        states=dataset["states"].values,
        tangents=dataset["tangents"].values,
        eigenvalues=dataset["eigenvalues"].values,
        steps=dataset["steps"].values,
        iterations=dataset["iterations"].values,
        special_points=tuple(_special_point(dataset, k) for k in range(count)),
        balance=Balance(start, end, located, unresolved, explained),
        status=Status[dataset.attrs["status"]],
        ends=(Status[ends[0]], Status[ends[1]]),
        events=events,
    )


def save_branch(path: str | os.PathLike[str], branch: Branch) -> None:
    """Write a branch to a netCDF file, atomically.

    Args:
        path: the file.
        branch: the branch.
    """
    with atomic_path(path) as temporary:
        branch_to_xarray(branch).to_netcdf(temporary, engine="h5netcdf")


def load_branch(path: str | os.PathLike[str]) -> Branch:
    """Read a branch that `save_branch` wrote.

    Args:
        path: the file.

    Returns:
        The branch.

    Raises:
        FileFormatError: if the file is missing, damaged or not that of a branch.
    """
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="h5netcdf") as dataset:
            return branch_from_xarray(dataset.load())
    except (OSError, ValueError, KeyError) as error:
        raise FileFormatError(f"{path}: not a readable branch ({error}).") from error


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
    special = np.full(len(branch), "", dtype=object)
    for point in branch.special_points:
        special[point.index] = ", ".join(filter(None, [special[point.index], point.kind]))
    columns["special"] = special
    return pd.DataFrame(columns)


def _special_arrays(branch: Branch) -> dict[str, Any]:
    """Special points as arrays over "special"; what a point lacks is NaN."""
    points = branch.special_points
    if not points:
        return {}
    n = branch.states.shape[1]
    nothing = np.full(n + 1, np.nan)
    forms = [point.normal_form for point in points]
    data: dict[str, Any] = {
        "special_kind": ("special", np.array([point.kind for point in points])),
        "special_parameter": ("special", np.array([point.parameter for point in points])),
        "special_state": (("special", "state"), np.stack([point.state for point in points])),
        "special_eigenvalues": (
            ("special", "mode"),
            np.stack([point.eigenvalues for point in points]),
        ),
        "special_converged": ("special", np.array([point.converged for point in points])),
        "special_index": ("special", np.array([point.index for point in points])),
        "special_jump": ("special", np.array([point.jump for point in points])),
        "special_multiplicity": ("special", np.array([point.multiplicity for point in points])),
        "special_bracket": (("special", "side"), np.array([point.bracket for point in points])),
        "special_tangent": (
            ("special", "extended"),
            np.stack([nothing if point.tangent is None else point.tangent for point in points]),
        ),
        "form_kind": ("special", np.array([form.kind if form else "" for form in forms])),
    }
    for name in (*_SCALAR, "frequency"):
        values = [complex(getattr(form, name, np.nan)) for form in forms]
        data[f"form_{name}"] = ("special", np.array(values))
    for name in (*_VECTORS, "second_order"):
        rows = [_vector(form, name, n) for form in forms]
        data[f"form_{name}"] = (("special", "state"), np.stack(rows))
    for name in ("unfolding_gradient", "frequency_gradient"):
        gradients = [getattr(form, name, None) for form in forms]
        size = max((len(g) for g in gradients if g is not None), default=0)
        if size:
            rows = [np.full(size, np.nan) if g is None else np.asarray(g) for g in gradients]
            data[f"form_{name}"] = (("special", "theta"), np.stack(rows))
    return data


def _vector(form: NormalForm | None, name: str, n: int) -> np.ndarray:
    value = getattr(form, name, None)
    return np.full(n, np.nan, complex) if value is None else np.asarray(value, complex)


def _special_point(dataset: "xr.Dataset", k: int) -> SpecialPoint:
    def value(name: str) -> Any:
        return dataset[f"special_{name}"].values[k]

    tangent = value("tangent")
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
        tangent=None if np.all(np.isnan(tangent)) else tangent,
    )


def _normal_form(dataset: "xr.Dataset", k: int) -> NormalForm | None:
    def number(name: str) -> Any:
        return dataset[f"form_{name}"].values[k]

    def gradient(name: str) -> Any:
        if f"form_{name}" not in dataset or np.all(np.isnan(number(name))):
            return None
        return jnp.asarray(number(name))

    kind = str(number("kind"))
    if not kind:
        return None
    state = jnp.asarray(dataset["special_state"].values[k])
    margin = jnp.asarray(number("margin").real)
    if kind == "hopf":
        return HopfNormalForm(
            state=state,
            frequency=jnp.asarray(number("frequency").real),
            eigenvalue=jnp.asarray(number("eigenvalue")),
            right=jnp.asarray(number("right")),
            left=jnp.asarray(number("left")),
            cubic=jnp.asarray(number("cubic")),
            unfolding_gradient=gradient("unfolding_gradient"),
            frequency_gradient=gradient("frequency_gradient"),
            margin=margin,
        )
    return ScalarNormalForm(
        kind=kind,  # pyright: ignore[reportArgumentType]
        state=state,
        eigenvalue=jnp.asarray(number("eigenvalue").real),
        right=jnp.asarray(number("right").real),
        left=jnp.asarray(number("left").real),
        quadratic=jnp.asarray(number("quadratic").real),
        cubic=jnp.asarray(number("cubic").real),
        second_order=jnp.asarray(number("second_order").real),
        unfolding_gradient=gradient("unfolding_gradient"),
        margin=margin,
    )
