"""Curves of cycle bifurcations as xarray datasets, data frames and netCDF files."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._netcdf import read_dataset, write_dataset
from bifbridge.continuation._dataset import check_header, common, header, statuses
from bifbridge.continuation.jax_engine.cycle_curves._results import (
    CycleBifurcationCurve,
    CycleCodimTwoPoint,
)
from bifbridge.continuation.jax_engine.cycles._storage import (
    cycle_columns,
    cycle_from_variables,
    cycle_variables,
    point_arrays,
    point_variables,
)
from bifbridge.continuation.jax_engine.two_parameter._storage import kept_tests, tests_kept

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT = "bifbridge-cycle-curve"
_POINT = ("kind", "converged", "index")


def cycle_curve_to_xarray(curve: CycleBifurcationCurve) -> "xr.Dataset":
    """A curve as a dataset over point, special point, parameter, state, multiplier and mesh.

    Args:
        curve: the curve.

    Returns:
        The dataset; `cycle_curve_from_xarray` is its inverse.
    """
    import xarray as xr

    data: dict[str, Any] = {
        "parameters": (("point", "parameter"), curve.parameters),
        **point_variables(curve),
        "neutral": ("point", curve.neutral),
        **kept_tests(curve.tests),
    }
    points = curve.special_points
    if points:
        parameters = np.stack([point.parameters for point in points])
        data |= common(points, _POINT)
        data |= cycle_variables([point.cycle for point in points])
        data["special_parameters"] = (("special", "parameter"), parameters)
    more = {"kind": curve.kind, "unresolved": curve.unresolved}
    attributes = header(_FORMAT, curve.status, curve.ends, **more)
    return xr.Dataset(data, coords={"parameter": ["p", "q"]}, attrs=attributes)


def cycle_curve_from_xarray(dataset: "xr.Dataset") -> CycleBifurcationCurve:
    """The curve that `cycle_curve_to_xarray` made into a dataset.

    Args:
        dataset: the dataset.

    Returns:
        The curve; another dataset is refused with a `FileFormatError`.
    """
    check_header(dataset.attrs, _FORMAT)
    return CycleBifurcationCurve(
        kind=dataset.attrs["kind"],
        parameters=dataset["parameters"].values,
        **point_arrays(dataset),
        tests=tests_kept(dataset),
        special_points=tuple(
            _special_point(dataset, k) for k in range(dataset.sizes.get("special", 0))
        ),
        unresolved=int(dataset.attrs["unresolved"]),
        **statuses(dataset.attrs),
    )


def save_cycle_curve(path: str | os.PathLike[str], curve: CycleBifurcationCurve) -> None:
    """Write a curve of cycle bifurcations to a netCDF file, atomically.

    Args:
        path: the file.
        curve: the curve.

    Example:
        See `cycle_bifurcation_curve`.
    """
    write_dataset(path, cycle_curve_to_xarray(curve))


def load_cycle_curve(path: str | os.PathLike[str]) -> CycleBifurcationCurve:
    """Read a curve that `save_cycle_curve` wrote.

    Args:
        path: the file.

    Returns:
        The curve; a file that is missing, damaged or of another kind is refused with a
        `FileFormatError`.

    Example:
        See `cycle_bifurcation_curve`.
    """
    return read_dataset(path, "curve of cycle bifurcations", cycle_curve_from_xarray)


def cycle_curve_to_dataframe(curve: CycleBifurcationCurve) -> "pd.DataFrame":
    """A curve of cycle bifurcations as a table, one row per point; needs pandas."""
    import pandas as pd

    columns = {"p": curve.parameters[:, 0], "q": curve.parameters[:, 1], **cycle_columns(curve)}
    return pd.DataFrame({**columns, **curve.tests, "neutral": curve.neutral})


def _special_point(dataset: "xr.Dataset", k: int) -> CycleCodimTwoPoint:
    def value(name: str) -> Any:
        return dataset[f"special_{name}"].values[k]

    return CycleCodimTwoPoint(
        kind=str(value("kind")),
        parameters=value("parameters"),
        cycle=cycle_from_variables(dataset, k),
        converged=bool(value("converged")),
        index=int(value("index")),
    )
