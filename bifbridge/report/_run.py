"""What a report is made of: run.nc and summary.json, checked when they are read."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from bifbridge._errors import FileFormatError, RunFolderError
from bifbridge.plotting._groups import Group, values
from bifbridge.studies.student_teacher import KIND, SCHEMA_VERSION


@dataclass(frozen=True)
class Run:
    """A run as its files tell it.

    Attributes:
        tree: the groups of run.nc.
        summary: the content of summary.json.
    """

    tree: xr.DataTree
    summary: Mapping[str, Any]

    def group(self, name: str) -> xr.DataTree | None:
        """A group of run.nc.

        Args:
            name: such as "kernel".

        Returns:
            The group, or None where the run has none or it is empty.
        """
        group = self.tree.children.get(name)
        return group if group is not None and group.dataset.variables else None

    def part(self, name: str) -> Mapping[str, Any]:
        """A part of the summary.

        Args:
            name: such as "prediction".

        Returns:
            The part; empty where it is absent or null.
        """
        found = self.summary.get(name)
        return found if isinstance(found, Mapping) else {}

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings of the run."""
        return self.part("config") or json.loads(self.tree.attrs.get("config", "{}"))

    @property
    def crossing(self) -> Mapping[str, Any] | None:
        """The first bifurcation, or None."""
        return self.part("first_bifurcation") or None

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """All bifurcations met, in order of training."""
        return list(self.summary.get("events") or ([self.crossing] if self.crossing else []))


def read_run(folder: str | os.PathLike[str]) -> Run:
    """Read a run folder.

    Args:
        folder: holds run.nc and summary.json.

    Returns:
        The run, in memory.

    Raises:
        RunFolderError: if a file is missing.
        FileFormatError: if a file is truncated, foreign or of a newer release.
    """
    data, summary = Path(folder) / "run.nc", Path(folder) / "summary.json"
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
    _refuse_foreign(data, tree)
    return Run(tree, _read_summary(summary))


def at_step(group: Group, name: str, step: float) -> float:
    """A variable of a group at a fractional step, between its checkpoints."""
    known = xr.DataArray(values(group, name), coords={"step": values(group, "step")}, dims="step")
    return float(known.sortby("step").interp(step=step))


def _refuse_foreign(path: Path, tree: xr.DataTree) -> None:
    version, kind = tree.attrs.get("schema_version"), tree.attrs.get("kind")
    if kind != KIND or version is None or "training" not in tree.children:
        raise FileFormatError(
            f"{path} is no student-teacher run: got kind = {kind!r}, schema_version = {version!r} "
            f"and groups {', '.join(tree.children) or 'none'}; expected kind = {KIND!r} "
            "and a group 'training'."
        )
    if int(version) > SCHEMA_VERSION:
        raise FileFormatError(
            f"{path} has schema_version = {version}, and this release reads up to "
            f"{SCHEMA_VERSION}. Update bifbridge."
        )


def _read_summary(path: Path) -> Mapping[str, Any]:
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FileFormatError(f"{path} is no JSON: {error}") from error
    if not isinstance(summary, dict):
        raise FileFormatError(f"{path} holds {type(summary).__name__}, expected an object.")
    return summary
