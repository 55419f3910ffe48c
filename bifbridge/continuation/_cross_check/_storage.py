"""Cross checks as plain data, datasets and netCDF files."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._netcdf import provenance, write_dataset
from bifbridge.continuation._cross_check._check import CrossCheck
from bifbridge.continuation._cross_check._match import Match

if TYPE_CHECKING:
    import xarray as xr

_FORMAT = "bifbridge-cross-check"
_VERSION = 1

#: Names of the quantities in files.
FILE_NAMES = {
    "parameter": "parameter",
    "state": "state_norm",
    "eigenvalue": "eigenvalue",
    "ω": "omega",
    "b₂": "b2",
    "c₃": "c3",
    "Re c₁": "c1_real",
    "Im c₁": "c1_imag",
    "ℓ₁": "first_lyapunov",
}


def check_to_dict(check: CrossCheck) -> dict[str, Any]:
    """A cross check as plain data for JSON."""
    engines = [
        {
            "name": name,
            "n_points": len(branch),
            "status": branch.status.word,
            "complete": branch.balance.complete,
        }
        for name, branch in zip(check.engines, check.branches, strict=True)
    ]
    unmatched = [
        {
            "kind": entry.kind,
            "parameter": entry.parameter,
            "state": [float(x) for x in entry.state],
            "found_by": list(entry.found_by),
            "missed_by": entry.missed_by,
            "reason": entry.reason,
        }
        for entry in check.unmatched
    ]
    return {
        "engines": engines,
        "span": list(check.span),
        "tolerance": check.tolerance,
        "matches": [_match(match) for match in check.matches],
        "unmatched": unmatched,
        "largest_differences": {
            FILE_NAMES[name]: value for name, value in check.largest_differences.items()
        },
    }


def _match(match: Match) -> dict[str, Any]:
    quantities = {
        FILE_NAMES[quantity.name]: {
            "values": list(quantity.values),
            "difference": quantity.difference,
        }
        for quantity in match.quantities
    }
    return {"kind": match.kind, "kinds": list(match.kinds), "quantities": quantities}


def check_to_xarray(check: CrossCheck) -> "xr.Dataset":
    """A cross check as a dataset."""
    import xarray as xr

    shape = (len(check.matches), len(check.engines))
    size = check.branches[0].states.shape[1]
    kinds = np.array([[kind or "" for kind in match.kinds] for match in check.matches], dtype=str)
    states = np.full((*shape, size), np.nan)
    for i, match in enumerate(check.matches):
        for j, point in enumerate(match.points):
            if point is not None:
                states[i, j] = point.state
    data: dict[str, Any] = {
        "kind": (("match", "engine"), kinds.reshape(shape)),
        "state": (("match", "engine", "state_index"), states),
    }
    for name, file_name in FILE_NAMES.items():
        values, differences = _column(check, name)
        if np.any(np.isfinite(values)):
            data[file_name] = (("match", "engine"), values)
            data[f"{file_name}_difference"] = ("match", differences)
    entries = check.unmatched
    data["unmatched_parameter"] = ("unmatched", np.array([e.parameter for e in entries], float))
    for name in ("kind", "missed_by", "reason"):
        texts = np.array([getattr(entry, name) for entry in entries], dtype=str)
        data[f"unmatched_{name}"] = ("unmatched", texts)
    attributes = {
        **provenance(_FORMAT, _VERSION),
        "span": list(check.span),
        "tolerance": check.tolerance,
    }
    return xr.Dataset(data, {"engine": np.array(check.engines, dtype=str)}, attributes)


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


def save_check(path: str | os.PathLike[str], check: CrossCheck) -> None:
    """Write a cross check to a netCDF file, atomically."""
    write_dataset(path, check_to_xarray(check))
