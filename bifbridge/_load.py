"""`bb.load`: every result from its file."""

import os
from pathlib import Path
from typing import Any

from bifbridge._errors import FileFormatError
from bifbridge._result_table import RESULTS, resolve, row_of_format

#: What reads the folder of a run.
_READ_FOLDER = "bifbridge.studies._run_files:read_folder"


def load(path: str | os.PathLike[str]) -> Any:
    """Read what `result.save(path)` wrote: a branch, a diagram, a track, a spectrum, a run.

    Args:
        path: the file, or the folder of a run.

    Returns:
        The result, of the type that was saved. Files of earlier releases are read as well.

    Raises:
        FileFormatError: if the file is missing, damaged, of a newer version, or none of this
            package.

    Example:
        >>> import tempfile
        >>> import bifbridge as bb
        >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = bb.continuation(problem).save(f"{folder}/branch.nc")
        ...     loaded = bb.load(path)
        >>> loaded.special_points
        (supercritical pitchfork: ȧ = μa − 1 a³ at p = 0,)
    """
    from bifbridge._netcdf import format_of, read_dataset

    place = Path(path)
    if not place.exists():
        raise FileFormatError(
            f"{path} does not exist; expected a file of result.save(path), or the folder of a run."
        )
    if place.is_dir():
        return resolve(_READ_FOLDER)(place)
    found = format_of(place)
    row = row_of_format(found)
    if row is None:
        known = ", ".join(name for row in RESULTS.values() for name in row.formats)
        raise FileFormatError(
            f"{path} holds {found or 'nothing of this package'}; expected one of {known}."
        )
    return read_dataset(path, row.what, row.read, tree=row.tree)


def from_xarray(dataset: Any) -> Any:
    """The result that some `result.to_xarray()` made, whatever it was."""
    found = str(dataset.attrs.get("format", ""))
    row = row_of_format(found)
    if row is None:
        raise FileFormatError(f"Got a dataset of {found or 'no format'}, expected a result's.")
    return row.read(dataset)
