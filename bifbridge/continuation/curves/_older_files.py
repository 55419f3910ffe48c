"""Datasets of earlier releases, brought to the present schema.

Version 1 had a format of its own for each of four kinds of curves.
"""

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

_FORMATS = {
    "bifbridge-branch": "equilibrium",
    "bifbridge-cycles": "cycle",
    "bifbridge-curve": "",
    "bifbridge-cycle-curve": "",
}
_NAMES = {
    "period": "periods",
    "multipliers": "eigenvalues",
    "special_multipliers": "special_eigenvalues",
}


def present_schema(dataset: "xr.Dataset") -> "xr.Dataset":
    """The same in the present schema, if it is one of version 1; else unchanged."""
    found = dataset.attrs.get("format")
    if found not in _FORMATS or int(dataset.attrs.get("format_version", 0)) != 1:
        return dataset
    kind = _FORMATS[found] or str(dataset.attrs["kind"])
    data = dataset.rename({old: new for old, new in _NAMES.items() if old in dataset})
    data = data.rename({
        name: f"test_{str(name).removeprefix('event_')}"
        for name in data.data_vars
        if str(name).startswith("event_")
    })
    if "parameters" in data:
        data = _one_variable_per_parameter(data)
    for nodes, state in (("nodes", "states"), ("special_nodes", "special_state")):
        if nodes in data:
            values = data[nodes].values[:, 0, 0]
            data[state] = ((data[nodes].dims[0], "state"), values)
    about = {"format": "bifbridge-branch", "format_version": 2, "kind": kind}
    if "balance" not in data.attrs:
        about["balance"] = _balance(data)
    return data.assign_attrs(about)


def _one_variable_per_parameter(data: "xr.Dataset") -> "xr.Dataset":
    # Version 1 had one array (point, parameter), with p and q as labels.
    pairs = {"": data["parameters"]}
    if "special_parameters" in data:
        pairs["special_"] = data["special_parameters"]
    columns = {
        f"{prefix}{name}": (pair.dims[0], pair.values[:, k])
        for prefix, pair in pairs.items()
        for k, name in enumerate(("parameter", "second_parameter"))
    }
    return data.drop_vars([pair.name for pair in pairs.values()] + ["parameter"]).assign(columns)


def _balance(data: "xr.Dataset") -> str:
    # Curves in two parameters kept only how many changes were not explained.
    unresolved = int(data.attrs["unresolved"])
    located = int(np.sum(data["special_converged"].values)) if "special_kind" in data else 0
    return json.dumps([0, 0, located, unresolved, unresolved == 0])
