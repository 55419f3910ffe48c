"""What a report is made of: a finished run, and its measurements between checkpoints."""

import os
from pathlib import Path

import xarray as xr

from bifbridge.plotting._groups import Group, values
from bifbridge.studies._run_files import read_measured
from bifbridge.training import Run


def read_run(folder: str | os.PathLike[str]) -> Run:
    """Read the folder of a finished run.

    Args:
        folder: holds run.nc and summary.json.

    Returns:
        The run, in memory.

    Raises:
        RunFolderError: if a file is missing.
        FileFormatError: if a file is truncated, foreign or of a newer release.
    """  # noqa: DOC502 (the reader raises)
    return read_measured(Path(folder))


def at_step(group: Group, name: str, step: float) -> float:
    """A variable of a group at a fractional step, between its checkpoints."""
    known = xr.DataArray(values(group, name), coords={"step": values(group, "step")}, dims="step")
    return float(known.sortby("step").interp(step=step))
