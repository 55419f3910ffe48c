"""All that a run measured, as one netCDF file with a group per subject."""

import json
import os
from typing import Any

import numpy as np
import xarray as xr

from bifbridge._atomic import write_text
from bifbridge._netcdf import provenance, read_dataset, write_dataset
from bifbridge.training import TrainingPath

FORMAT = "bifbridge-run"
SCHEMA_VERSION = 1
KIND = "student-teacher"


def training_dataset(path: TrainingPath) -> xr.Dataset:
    """Loss and gradient norm before each step."""
    return xr.Dataset(
        {"loss": ("step", path.losses), "gradient_norm": ("step", path.gradient_norms)},
        coords={"step": np.arange(len(path.losses))},
    )


def write_run(
    path: str | os.PathLike[str], groups: dict[str, xr.Dataset | None], summary: dict[str, Any]
) -> None:
    """Write the groups of a run, atomically."""
    root = xr.Dataset({"summary": json.dumps(summary)})
    present = {f"/{name}": data for name, data in groups.items() if data is not None}
    tree = xr.DataTree.from_dict({"/": root, **present})
    tree.attrs = {
        **provenance(FORMAT, SCHEMA_VERSION),
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "config": json.dumps(summary["config"]),
        "versions": json.dumps(summary["versions"]),
    }
    write_dataset(path, tree)


def read_group(path: str | os.PathLike[str], name: str) -> xr.Dataset:
    """Read a group of a run."""
    return read_dataset(path, "run", lambda tree: tree[name].to_dataset(), tree=True)


def write_summary(path: str | os.PathLike[str], summary: dict[str, Any]) -> None:
    """Write the main numbers as JSON, atomically."""
    write_text(path, json.dumps(summary, indent=1, allow_nan=False) + "\n")
