"""Cross checks as trees of datasets and as tables.

The root runs over match and engine; the branches stand in groups `branch_0`, `branch_1`, …, and
`point` says which of their special points belongs to a match. Files of version 1 lack both.
"""

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._load import from_xarray as result_from_xarray
from bifbridge._netcdf import check_format, provenance
from bifbridge.continuation._cross_check._check import CrossCheck
from bifbridge.continuation._cross_check._compare import Quantity, compared
from bifbridge.continuation._cross_check._match import Match, Unmatched
from bifbridge.continuation._cross_check._plain import FILE_NAMES

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT, _VERSION = "bifbridge-cross-check", 2
_NOT_THERE = -1


def to_xarray(check: CrossCheck) -> "xr.DataTree":
    """A cross check as a tree."""
    import xarray as xr

    attributes = {
        **provenance(_FORMAT, _VERSION),
        "span": list(check.span),
        "tolerance": check.tolerance,
    }
    data = _matches(check) | _unmatched(check)
    root = xr.Dataset(data, {"engine": np.array(check.engines, dtype=str)}, attributes)
    branches = {f"branch_{k}": branch.to_xarray() for k, branch in enumerate(check.branches)}
    return xr.DataTree.from_dict({"/": root, **branches})


def from_xarray(tree: "xr.DataTree") -> CrossCheck:
    """The inverse of `to_xarray`; of a file of version 1 the branches remain unknown."""
    check_format(tree.attrs, _FORMAT, _VERSION)
    root = tree.to_dataset()
    engines = tuple(str(name) for name in root["engine"].values)
    lower, upper = (float(x) for x in root.attrs["span"])
    branches = tuple(
        result_from_xarray(tree.children[f"branch_{k}"].to_dataset(inherit=False))
        for k in range(len(engines))
        if f"branch_{k}" in tree.children
    )
    count = root.sizes.get("match", 0)
    matches = (
        [_match(root, k, branches, upper - lower) for k in range(count)]
        if branches
        else [_match_of_version_1(root, k) for k in range(count)]
    )
    return CrossCheck(
        engines, branches, tuple(matches), _lacks(root), (lower, upper),
        float(root.attrs["tolerance"]),
    )  # fmt: skip


def to_dataframe(check: CrossCheck) -> "pd.DataFrame":
    """One row per match and quantity: kind, quantity, one column per engine, difference."""
    import pandas as pd

    rows = [
        {
            "match": k,
            "kind": match.kind,
            "quantity": quantity.name,
            **dict(zip(check.engines, quantity.values, strict=True)),
            "difference": quantity.difference,
        }
        for k, match in enumerate(check.matches)
        for quantity in match.quantities
    ]
    return pd.DataFrame(rows)


def _matches(check: CrossCheck) -> dict[str, Any]:
    shape = (len(check.matches), len(check.engines))
    kinds = np.array([[kind or "" for kind in match.kinds] for match in check.matches], dtype=str)
    size = check.branches[0].states.shape[1] if check.branches else 0
    states, places = np.full((*shape, size), np.nan), np.full(shape, _NOT_THERE)
    for i, match in enumerate(check.matches):
        for j, point in enumerate(match.points):
            if point is not None and check.branches:
                states[i, j] = point.state
                places[i, j] = _place(check.branches[j], point)
    data: dict[str, Any] = {
        "kind": (("match", "engine"), kinds.reshape(shape)),
        "state": (("match", "engine", "state_index"), states),
        "point": (("match", "engine"), places),
    }
    for name, file_name in FILE_NAMES.items():
        values, differences = _column(check, name)
        if np.any(np.isfinite(values)):
            data[file_name] = (("match", "engine"), values)
            data[f"{file_name}_difference"] = ("match", differences)
    return data


def _place(branch: Any, point: Any) -> int:
    return next(k for k, one in enumerate(branch.special_points) if one is point)


def _unmatched(check: CrossCheck) -> dict[str, Any]:
    entries = check.unmatched
    data: dict[str, Any] = {
        f"unmatched_{name}": ("unmatched", np.array([getattr(e, name) for e in entries], dtype=str))
        for name in ("kind", "missed_by", "reason")
    }
    found_by = np.array([json.dumps(entry.found_by) for entry in entries], dtype=str)
    data["unmatched_found_by"] = ("unmatched", found_by)
    data["unmatched_parameter"] = ("unmatched", np.array([e.parameter for e in entries], float))
    if entries:
        states = np.stack([np.asarray(entry.state) for entry in entries])
        data["unmatched_state"] = (("unmatched", "state_index"), states)
    return data


def _column(check: CrossCheck, name: str) -> tuple[np.ndarray, np.ndarray]:
    """One quantity over all matches, and its differences."""
    values = np.full((len(check.matches), len(check.engines)), np.nan)
    differences = np.full(len(check.matches), np.nan)
    for i, match in enumerate(check.matches):
        for quantity in match.quantities:
            if quantity.name == name:
                values[i] = [np.nan if value is None else value for value in quantity.values]
                if quantity.difference is not None:
                    differences[i] = quantity.difference
    return values, differences


def _match(root: "xr.Dataset", k: int, branches: tuple[Any, ...], width: float) -> Match:
    places = root["point"].values[k]
    points = tuple(
        None if place == _NOT_THERE else branch.special_points[place]
        for branch, place in zip(branches, places, strict=True)
    )
    return Match(points, compared(points, width))


def _match_of_version_1(root: "xr.Dataset", k: int) -> Match:
    from bifbridge.continuation import SpecialPoint

    points = tuple(
        SpecialPoint(str(kind), float(parameter), state, np.zeros(0, complex)) if kind else None
        for kind, parameter, state in zip(
            root["kind"].values[k], root["parameter"].values[k], root["state"].values[k],
            strict=True,
        )
    )  # fmt: skip
    quantities = [
        Quantity(
            name,
            tuple(_number(value) for value in root[file_name].values[k]),
            _number(root[f"{file_name}_difference"].values[k]),
            float("nan"),
        )
        for name, file_name in FILE_NAMES.items()
        if file_name in root and np.any(np.isfinite(root[file_name].values[k]))
    ]
    return Match(points, tuple(quantities))


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _lacks(root: "xr.Dataset") -> tuple[Unmatched, ...]:
    count, unknown = root.sizes.get("unmatched", 0), np.full(root.sizes["state_index"], np.nan)
    has_all = "unmatched_found_by" in root
    return tuple(
        Unmatched(
            kind=str(root["unmatched_kind"].values[k]),
            parameter=float(root["unmatched_parameter"].values[k]),
            state=root["unmatched_state"].values[k] if has_all else unknown,
            found_by=tuple(json.loads(str(root["unmatched_found_by"].values[k])))
            if has_all
            else (),
            missed_by=str(root["unmatched_missed_by"].values[k]),
            reason=str(root["unmatched_reason"].values[k]),
        )
        for k in range(count)
    )
