"""Curves as xarray datasets and data frames.

A dataset runs over `point`, and over `special` for its special points, whose variables begin with
`special_` and those of their normal forms with `form_`. What a special point lacks is NaN.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._netcdf import check_format, provenance
from bifbridge.continuation.curves._balance import Balance
from bifbridge.continuation.curves._branch import Branch
from bifbridge.continuation.curves._cycle import ORBIT_DIMENSIONS, Orbits
from bifbridge.continuation.curves._older_files import present_schema
from bifbridge.continuation.curves._solutions import SOLUTIONS
from bifbridge.continuation.curves._special_files import special_from_dataset, special_variables
from bifbridge.continuation.curves._special_point import SpecialPoint
from bifbridge.continuation.curves._status import Status

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FORMAT, VERSION = "bifbridge-branch", 2
#: Names of the parameters in files; in tables those of two parameters are p and q.
PARAMETERS = ("parameter", "second_parameter")


def to_xarray(branch: Branch) -> "xr.Dataset":
    """A curve as a dataset over point, special point, state and eigenvalue."""
    import xarray as xr

    solution = branch.solution
    data: dict[str, Any] = {
        name: ("point", values) for name, values in zip(PARAMETERS, _columns(branch), strict=False)
    }
    data |= {
        "states": (("point", "state"), branch.states),
        "eigenvalues": (("point", "mode"), branch.eigenvalues),
        "unstable": ("point", branch.unstable),
        "stable": ("point", branch.stable),
        "resolved": ("point", branch.resolved),
        "neutral": ("point", branch.neutral),
        "steps": ("point", branch.steps),
        "iterations": ("point", branch.iterations),
    }
    if branch.orbits is None:
        data["tangents"] = (("point", "extended"), branch.tangents)
    else:
        data |= {
            name: (("point", *dimensions), getattr(branch.orbits, name))
            for name, dimensions in ORBIT_DIMENSIONS.items()
        }
    for name, values in branch.tests.items():
        data[f"test_{name}"] = ("point", np.asarray(values))
    for name, derive in solution.derived.items():
        data[name] = ("point", derive(branch.tests, len(branch)))
    data |= special_variables(branch)
    return xr.Dataset(data, attrs=_attributes(branch))


def from_xarray(dataset: "xr.Dataset") -> Branch:
    """The inverse of `to_xarray`; datasets of earlier releases are read, too."""
    dataset = present_schema(dataset)
    check_format(dataset.attrs, FORMAT, VERSION)
    solution = SOLUTIONS[str(dataset.attrs["kind"])]
    names = PARAMETERS[: solution.parameters]
    parameters = np.stack([dataset[name].values for name in names], axis=1)
    orbits = None
    if solution.orbits:
        orbits = Orbits(**{name: dataset[name].values for name in ORBIT_DIMENSIONS})
    count = len(parameters)
    first, last = json.loads(dataset.attrs["ends"])
    return Branch(
        parameters=parameters[:, 0] if len(names) == 1 else parameters,
        states=dataset["states"].values,
        tangents=np.zeros((count, 0)) if solution.orbits else dataset["tangents"].values,
        eigenvalues=dataset["eigenvalues"].values,
        steps=dataset["steps"].values,
        iterations=dataset["iterations"].values,
        special_points=special_from_dataset(dataset, solution),
        balance=Balance(*json.loads(dataset.attrs["balance"])),
        status=Status[dataset.attrs["status"]],
        ends=(Status[first], Status[last]),
        tests={
            str(name).removeprefix("test_"): dataset[name].values
            for name in dataset.data_vars
            if str(name).startswith("test_")
        },
        solution=solution,
        orbits=orbits,
    )


def to_dataframe(branch: Branch) -> "pd.DataFrame":
    """A curve as a table, one row per point; needs pandas."""
    # The columns are described in docs/files.md.
    import pandas as pd

    two = branch.solution.parameters > 1
    columns: dict[str, Any] = dict(
        zip(("p", "q") if two else ("parameter",), _columns(branch), strict=True)
    )
    if branch.orbits is None:
        columns |= _numbered("z", branch.states)
    else:
        columns["period"] = branch.orbits.periods
        columns |= _numbered("max", branch.orbits.maxima) | _numbered("min", branch.orbits.minima)
    columns |= dict(branch.tests)
    columns["unstable"], columns["stable"] = branch.unstable, branch.stable
    if two:
        columns["neutral"] = branch.neutral
    columns["leading"] = branch.solution.rule.leading(branch.eigenvalues)
    columns["step"], columns["iterations"] = branch.steps, branch.iterations
    columns["special"] = _marked(len(branch), branch.special_points)
    return pd.DataFrame(columns)


def _attributes(branch: Branch) -> dict[str, Any]:
    balance = branch.balance
    return {
        **provenance(FORMAT, VERSION),
        "kind": branch.solution.name,
        "status": branch.status.name,
        "ends": json.dumps([end.name for end in branch.ends]),
        "balance": json.dumps([*(int(number) for number in balance[:4]), bool(balance.explained)]),
    }


def _columns(branch: Branch) -> np.ndarray:
    # One row per parameter.
    return np.atleast_2d(branch.parameters.T)


def _numbered(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    return {f"{name}{k}": column for k, column in enumerate(values.T)}


def _marked(count: int, points: Sequence[SpecialPoint]) -> np.ndarray:
    special = [""] * count
    for point in points:
        special[point.index] = ", ".join(filter(None, [special[point.index], point.kind]))
    return np.array(special, dtype=object)
