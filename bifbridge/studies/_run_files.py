"""Runs from their folders, whichever command wrote them, and from single files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

from bifbridge._errors import ConfigError, FileFormatError, RunFolderError
from bifbridge._netcdf import provenance
from bifbridge.studies._stored_run import open_stored_run
from bifbridge.studies.student_teacher._config import read_config
from bifbridge.studies.student_teacher._store import (
    FORMAT,
    KIND,
    SCHEMA_VERSION,
    training_dataset,
)
from bifbridge.training import Run

if TYPE_CHECKING:
    import pandas as pd

#: The programs whose runs are known.
TRAIN = "train"
_PROGRAMS = (KIND, TRAIN)


def read_folder(folder: Path) -> Run:
    """A run from its folder, as far as it has come."""
    summary = folder / "summary.json"
    if (folder / "run.nc").exists():
        return read_measured(folder)
    path = open_stored_run(folder)[0]
    own = folder / "config.json"
    program = TRAIN if own.exists() else KIND
    settings = _object(own) if own.exists() else _settings(folder / "config.toml")
    tree = xr.DataTree.from_dict({"/training": training_dataset(path)})
    done = _object(summary) if program == TRAIN and summary.exists() else {}
    return Run(tree, done, settings, program, folder)


def read_measured(folder: Path) -> Run:
    """A run whose measurements are finished: its run.nc and summary.json."""
    data, summary = folder / "run.nc", folder / "summary.json"
    for path in (data, summary):
        if not path.is_file():
            raise RunFolderError(
                f"{folder} has no {path.name}, so there is nothing to report. Give the folder of "
                "a finished run, or run it again with the same --out to finish it."
            )
    try:
        with xr.open_datatree(data, engine="h5netcdf") as opened:
            tree = opened.load()
    except Exception as error:  # the backends raise what they like on damaged files
        raise FileFormatError(f"{data} cannot be read as netCDF: {error}") from error
    _refuse_foreign(f"{data}", tree, (KIND,))
    return Run(_measured(tree), _object(summary), folder=folder)


def to_xarray(run: Run) -> xr.DataTree:
    """A run as the tree of its run.nc, with its summary as text."""
    root = xr.Dataset({"summary": json.dumps(dict(run.summary))})
    groups = {f"/{name}": node.to_dataset() for name, node in run.tree.children.items()}
    tree = xr.DataTree.from_dict({"/": root, **groups})
    tree.attrs = run.tree.attrs | {
        **provenance(FORMAT, SCHEMA_VERSION),
        "schema_version": SCHEMA_VERSION,
        "kind": run.program,
        "config": json.dumps(dict(run.config)),
    }
    if "versions" in run.tree.attrs:  # of what made the numbers, not of what copied them
        tree.attrs["versions"] = run.tree.attrs["versions"]
    return tree


def from_xarray(tree: xr.DataTree) -> Run:
    """The inverse of `to_xarray`; a run.nc of earlier releases has no summary."""
    _refuse_foreign("This", tree, _PROGRAMS)
    root = tree.to_dataset()
    summary = json.loads(str(root["summary"].values)) if "summary" in root else {}
    settings = json.loads(tree.attrs.get("config", "{}"))
    return Run(_measured(tree), summary, settings, str(tree.attrs["kind"]))


def to_dataframe(run: Run) -> "pd.DataFrame":
    """One row per training step: step, loss, gradient_norm; the kernel's measures where taken."""
    import pandas as pd

    training = run.tree.children["training"].to_dataset()
    names = [str(name) for name in training.data_vars if training[name].dims == ("step",)]
    table = pd.DataFrame({"step": run.steps} | {name: training[name].values for name in names})
    kernel = run.group("kernel")
    if kernel is None:
        return table
    columns = {
        str(name): kernel.dataset[name].values
        for name in ("participation_ratio", "trace")
        if name in kernel.dataset
    }
    measured = pd.DataFrame({"step": kernel.dataset["step"].values.astype(float)} | columns)
    return table.merge(measured, on="step", how="outer")


def _measured(tree: xr.DataTree) -> xr.DataTree:
    """The tree without what other fields of a run hold."""
    attributes = dict(tree.attrs)
    clean = xr.DataTree.from_dict({
        f"/{name}": node.to_dataset() for name, node in tree.children.items()
    })
    clean.attrs = attributes
    return clean


def _refuse_foreign(what: str, tree: xr.DataTree, programs: tuple[str, ...]) -> None:
    version, kind = tree.attrs.get("schema_version"), tree.attrs.get("kind")
    if kind not in programs or version is None or "training" not in tree.children:
        raise FileFormatError(
            f"{what} is no {' or '.join(programs)} run: got kind = {kind!r}, schema_version = "
            f"{version!r} and groups {', '.join(tree.children) or 'none'}; expected kind = "
            f"{' or '.join(map(repr, programs))} and a group 'training'."
        )
    if int(version) > SCHEMA_VERSION:
        raise FileFormatError(
            f"{what} has schema_version = {version}, and this release reads up to "
            f"{SCHEMA_VERSION}. Update bifbridge."
        )


def _settings(path: Path) -> Mapping[str, Any]:
    try:
        return read_config(path).as_dict()
    except ConfigError as error:
        raise RunFolderError(f"{path} is damaged or of another release. {error}") from error


def _object(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FileFormatError(f"{path} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise FileFormatError(f"{path} holds {type(found).__name__}, expected an object.")
    return found
