"""Branches of cycles as xarray datasets, data frames and netCDF files."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._netcdf import read_dataset, write_dataset
from bifbridge.continuation._dataset import (
    balance_from_text,
    balance_text,
    check_header,
    common,
    header,
    mark_special,
    present,
    stacked,
    statuses,
)
from bifbridge.continuation._raw_values import raw_from_dataset, raw_variables
from bifbridge.continuation.jax_engine.cycles._branch import CycleBranch, CycleSpecialPoint
from bifbridge.continuation.jax_engine.cycles._cycle import Cycle
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint
from bifbridge.continuation.jax_engine.cycles._normal_form_types import CycleNormalForm

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT = "bifbridge-cycles"
_POINT = ("kind", "converged", "index", "jump", "multiplicity")
_FORM = ("coefficient", "period", "angle", "margin")
_CYCLE = {
    "parameter": (),
    "period": (),
    "trivial": (),
    "multipliers": ("multiplier",),
    "times": ("mesh",),
    "nodes": ("interval", "node", "state"),
}
_POINTS = {
    "periods": ("period", ()),
    "maxima": ("maxima", ("state",)),
    "minima": ("minima", ("state",)),
    "multipliers": ("multipliers", ("multiplier",)),
    "trivial": ("trivial", ()),
    "steps": ("steps", ()),
    "iterations": ("iterations", ()),
    "times": ("times", ("mesh",)),
    "nodes": ("nodes", ("interval", "node", "state")),
}


def cycles_to_xarray(branch: CycleBranch) -> "xr.Dataset":
    """A branch of cycles as a dataset over point, special point, state, multiplier and mesh.

    Args:
        branch: the branch.

    Returns:
        The dataset; `cycles_from_xarray` is its inverse.
    """
    import xarray as xr

    data: dict[str, Any] = {
        "parameter": ("point", branch.parameters),
        **point_variables(branch),
        "unstable": ("point", branch.unstable),
        "stable": ("point", branch.stable),
        "resolved": ("point", branch.resolved),
    }
    if branch.special_points:
        data |= _special_arrays(branch)
    more = {"balance": balance_text(branch.balance)}
    return xr.Dataset(data, attrs=header(_FORMAT, branch.status, branch.ends, **more))


def cycles_from_xarray(dataset: "xr.Dataset") -> CycleBranch:
    """The branch that `cycles_to_xarray` made into a dataset.

    Args:
        dataset: the dataset.

    Returns:
        The branch; another dataset is refused with a `FileFormatError`.
    """
    check_header(dataset.attrs, _FORMAT)
    count = dataset.sizes.get("special", 0)
    return CycleBranch(
        parameters=dataset["parameter"].values,
        **point_arrays(dataset),
        special_points=tuple(_special_point(dataset, k) for k in range(count)),
        balance=balance_from_text(dataset.attrs["balance"]),
        **statuses(dataset.attrs),
    )


def save_cycles(path: str | os.PathLike[str], branch: CycleBranch) -> None:
    """Write a branch of cycles to a netCDF file, atomically.

    Args:
        path: the file.
        branch: the branch.

    Example:
        See `continue_cycles`.
    """
    write_dataset(path, cycles_to_xarray(branch))


def load_cycles(path: str | os.PathLike[str]) -> CycleBranch:
    """Read a branch of cycles that `save_cycles` wrote.

    Args:
        path: the file.

    Returns:
        The branch; a file that is missing, damaged or of another kind is refused with a
        `FileFormatError`.

    Example:
        See `continue_cycles`.
    """
    return read_dataset(path, "branch of cycles", cycles_from_xarray)


def cycles_to_dataframe(branch: CycleBranch) -> "pd.DataFrame":
    """A branch of cycles as a table, one row per point; needs pandas."""
    import pandas as pd

    return pd.DataFrame({"parameter": branch.parameters, **cycle_columns(branch)})


def cycle_columns(result: Any) -> dict[str, Any]:
    """Columns that tables of branches and of curves of cycles share."""
    columns: dict[str, Any] = {"period": result.periods}
    for name, extremes in (("max", result.maxima), ("min", result.minima)):
        columns |= {f"{name}{k}": extremes[:, k] for k in range(extremes.shape[1])}
    columns["leading"] = np.max(np.abs(result.multipliers), axis=1, initial=0.0)
    columns["step"], columns["iterations"] = result.steps, result.iterations
    columns["special"] = mark_special(len(result), result.special_points)
    return columns


def point_variables(result: Any) -> dict[str, Any]:
    """What branches and curves of cycles keep of each point, as variables."""
    return {
        name: (("point", *dimensions), getattr(result, attribute))
        for attribute, (name, dimensions) in _POINTS.items()
    }


def point_arrays(dataset: "xr.Dataset") -> dict[str, np.ndarray]:
    """The inverse of `point_variables`."""
    return {attribute: dataset[name].values for attribute, (name, _) in _POINTS.items()}


def cycle_variables(cycles: Sequence[Cycle]) -> dict[str, Any]:
    """The cycles at special points, as variables."""
    return {
        f"special_{name}": (
            ("special", *dimensions),
            np.stack([np.asarray(getattr(cycle, name)) for cycle in cycles]),
        )
        for name, dimensions in _CYCLE.items()
    }


def cycle_from_variables(dataset: "xr.Dataset", k: int) -> Cycle:
    """The inverse of `cycle_variables` for one special point."""
    values: dict[str, Any] = {name: dataset[f"special_{name}"].values[k] for name in _CYCLE}
    numbers = {name: float(values[name]) for name, shape in _CYCLE.items() if not shape}
    return Cycle(**{**values, **numbers})


def _special_arrays(branch: CycleBranch) -> dict[str, Any]:
    points = branch.special_points
    degree = branch.nodes.shape[2] - 1
    forms = [point.normal_form for point in points]
    tangents = [point.tangent for point in points]
    data: dict[str, Any] = {
        **common(points, _POINT),
        **raw_variables(points),
        **cycle_variables([point.cycle for point in points]),
        "special_bracket": (("special", "side"), np.array([point.bracket for point in points])),
        "special_tangent_states": (
            ("special", "interval", "inner", "state"),
            stacked([t and t.states for t in tangents], branch.nodes[0][:, :degree]),
        ),
        "special_tangent_scalars": (
            ("special", "scalar"),
            stacked([t and t.scalars for t in tangents], np.zeros(2)),
        ),
        "form_kind": ("special", np.array([form.kind if form else "" for form in forms])),
    }
    for name in _FORM:
        values = [complex(getattr(form, name, np.nan)) for form in forms]
        data[f"form_{name}"] = ("special", np.array(values))
    modes = [None if form is None else np.asarray(form.mode, complex) for form in forms]
    turning = [form is not None and np.iscomplexobj(form.mode) for form in forms]
    like = branch.nodes[0].astype(complex)
    data["form_mode"] = (("special", "interval", "node", "state"), stacked(modes, like))
    data["form_turning"] = ("special", np.array(turning))
    return data


def _special_point(dataset: "xr.Dataset", k: int) -> CycleSpecialPoint:
    def value(name: str) -> Any:
        return dataset[f"special_{name}"].values[k]

    states = present(value("tangent_states"))
    low, high = value("bracket")
    return CycleSpecialPoint(
        kind=str(value("kind")),
        cycle=cycle_from_variables(dataset, k),
        normal_form=_normal_form(dataset, k),
        converged=bool(value("converged")),
        index=int(value("index")),
        jump=int(value("jump")),
        multiplicity=int(value("multiplicity")),
        bracket=(float(low), float(high)),
        tangent=None if states is None else CyclePoint(states, value("tangent_scalars")),
        raw=raw_from_dataset(dataset, k),
    )


def _normal_form(dataset: "xr.Dataset", k: int) -> CycleNormalForm | None:
    def number(name: str) -> Any:
        return dataset[f"form_{name}"].values[k]

    kind: Any = str(number("kind"))
    if not kind:
        return None
    mode = number("mode")
    return CycleNormalForm(
        kind=kind,
        coefficient=complex(number("coefficient")),
        period=float(number("period").real),
        angle=float(number("angle").real),
        mode=mode if number("turning") else mode.real,
        margin=float(number("margin").real),
    )
