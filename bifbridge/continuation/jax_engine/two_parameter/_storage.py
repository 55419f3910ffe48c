"""Curves of bifurcations as xarray datasets, data frames and netCDF files."""

import os
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from bifbridge._netcdf import read_dataset, write_dataset
from bifbridge.continuation._dataset import (
    check_header,
    common,
    form_from_variables,
    forms_to_variables,
    header,
    mark_special,
    statuses,
)
from bifbridge.continuation._raw_values import raw_from_dataset, raw_variables
from bifbridge.continuation.jax_engine.two_parameter._results import (
    BifurcationCurve,
    CodimTwoPoint,
)
from bifbridge.normal_forms import (
    BautinNormalForm,
    BogdanovTakensNormalForm,
    CuspNormalForm,
    HopfHopfNormalForm,
    ZeroHopfNormalForm,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT = "bifbridge-curve"
_POINT = ("kind", "converged", "index")
_CLASSES: dict[str, type] = {
    "cusp": CuspNormalForm,
    "bogdanov_takens": BogdanovTakensNormalForm,
    "bautin": BautinNormalForm,
    "zero_hopf": ZeroHopfNormalForm,
    "hopf_hopf": HopfHopfNormalForm,
}
_STATES = ("right", "left", "generalised", "left_generalised", "right_turning", "left_turning")
_DIMENSIONS: dict[str, tuple[str, ...]] = {
    **{name: ("state",) for name in _STATES},
    "frequencies": ("pair",),
    "rights": ("pair", "state"),
    "lefts": ("pair", "state"),
}


def curve_to_xarray(curve: BifurcationCurve) -> "xr.Dataset":
    """A curve as a dataset over point, special point, parameter, state and eigenvalue.

    Args:
        curve: the curve.

    Returns:
        The dataset; `curve_from_xarray` is its inverse.
    """
    import xarray as xr

    data: dict[str, Any] = {
        "parameters": (("point", "parameter"), curve.parameters),
        "states": (("point", "state"), curve.states),
        "tangents": (("point", "extended"), curve.tangents),
        "eigenvalues": (("point", "mode"), curve.eigenvalues),
        "steps": ("point", curve.steps),
        "iterations": ("point", curve.iterations),
        "neutral": ("point", curve.neutral),
        "frequency": ("point", curve.frequencies),
        **kept_tests(curve.tests),
    }
    if curve.special_points:
        data |= _special_arrays(curve.special_points)
    more = {"kind": curve.kind, "unresolved": curve.unresolved}
    attributes = header(_FORMAT, curve.status, curve.ends, **more)
    return xr.Dataset(data, coords={"parameter": ["p", "q"]}, attrs=attributes)


def curve_from_xarray(dataset: "xr.Dataset") -> BifurcationCurve:
    """The curve that `curve_to_xarray` made into a dataset.

    Args:
        dataset: the dataset.

    Returns:
        The curve; another dataset is refused with a `FileFormatError`.
    """
    check_header(dataset.attrs, _FORMAT)
    names = ("parameters", "states", "tangents", "eigenvalues", "steps", "iterations")
    return BifurcationCurve(
        kind=dataset.attrs["kind"],
        **{name: dataset[name].values for name in names},
        tests=tests_kept(dataset),
        special_points=tuple(
            _special_point(dataset, k) for k in range(dataset.sizes.get("special", 0))
        ),
        unresolved=int(dataset.attrs["unresolved"]),
        **statuses(dataset.attrs),
    )


def save_curve(path: str | os.PathLike[str], curve: BifurcationCurve) -> None:
    """Write a curve to a netCDF file, atomically.

    Args:
        path: the file.
        curve: the curve.

    Example:
        See `bifurcation_curve`.
    """
    write_dataset(path, curve_to_xarray(curve))


def load_curve(path: str | os.PathLike[str]) -> BifurcationCurve:
    """Read a curve that `save_curve` wrote.

    Args:
        path: the file.

    Returns:
        The curve; a file that is missing, damaged or of another kind is refused with a
        `FileFormatError`.

    Example:
        See `bifurcation_curve`.
    """
    return read_dataset(path, "curve of bifurcations", curve_from_xarray)


def curve_to_dataframe(curve: BifurcationCurve) -> "pd.DataFrame":
    """A curve as a table, one row per point; needs pandas."""
    import pandas as pd

    columns: dict[str, Any] = {"p": curve.parameters[:, 0], "q": curve.parameters[:, 1]}
    columns |= {f"z{k}": curve.states[:, k] for k in range(curve.states.shape[1])}
    columns |= dict(curve.tests)
    columns["neutral"] = curve.neutral
    columns["step"], columns["iterations"] = curve.steps, curve.iterations
    columns["special"] = mark_special(len(curve), curve.special_points)
    return pd.DataFrame(columns)


def kept_tests(tests: dict[str, Any]) -> dict[str, Any]:
    """Test functions along a curve as variables."""
    return {f"test_{name}": ("point", np.asarray(values)) for name, values in tests.items()}


def tests_kept(dataset: "xr.Dataset") -> dict[str, Any]:
    """The inverse of `kept_tests`."""
    return {
        str(name).removeprefix("test_"): dataset[name].values
        for name in dataset.data_vars
        if str(name).startswith("test_")
    }


def _special_arrays(points: tuple[CodimTwoPoint, ...]) -> dict[str, Any]:
    counts = [len(point.frequencies) for point in points]
    padded = np.full((len(points), 2), np.nan)
    for row, point in zip(padded, points, strict=True):
        row[: len(point.frequencies)] = point.frequencies
    forms = [point.normal_form for point in points]
    return {
        **common(points, _POINT),
        **raw_variables(points),
        "special_parameters": (("special", "parameter"), np.stack([p.parameters for p in points])),
        "special_state": (("special", "state"), np.stack([p.state for p in points])),
        "special_eigenvalues": (("special", "mode"), np.stack([p.eigenvalues for p in points])),
        "special_frequencies": (("special", "pair"), padded),
        "special_pairs": ("special", np.array(counts)),
        **forms_to_variables(forms, list(_CLASSES.values()), _DIMENSIONS),
    }


def _special_point(dataset: "xr.Dataset", k: int) -> CodimTwoPoint:
    def value(name: str) -> Any:
        return dataset[f"special_{name}"].values[k]

    state = value("state")
    return CodimTwoPoint(
        kind=str(value("kind")),
        parameters=value("parameters"),
        state=state,
        eigenvalues=value("eigenvalues"),
        normal_form=form_from_variables(dataset, k, _CLASSES, state=jnp.asarray(state)),
        frequencies=value("frequencies")[: int(value("pairs"))],
        converged=bool(value("converged")),
        index=int(value("index")),
        raw=raw_from_dataset(dataset, k),
    )
