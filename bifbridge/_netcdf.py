"""netCDF files of this package: one way to write, mark, read and refuse them.

A file is written beside its place and renamed, so that it is whole or absent. Its attributes say
what it is (`format`, `format_version`) and where it comes from (`bifbridge_version`,
`versions`: JSON of every package that made the numbers). Complex numbers are HDF5 compounds of
`r` and `i`, as h5netcdf and h5py write them.
"""

import functools
import importlib.metadata
import json
import os
import platform
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from bifbridge._atomic import atomic_path
from bifbridge._errors import FileFormatError
from bifbridge._version import __version__

if TYPE_CHECKING:
    import xarray as xr

Read = TypeVar("Read")
_PACKAGES = (
    "jax", "jaxlib", "equinox", "diffrax", "optax", "lineax", "matfree", "numpy", "scipy", "xarray",
)  # fmt: skip


def versions() -> dict[str, str]:
    """What made a number: this package, those it computes with, and Python."""
    found = {name: _version_of(name) for name in _PACKAGES}
    return {"bifbridge": __version__, "python": platform.python_version(), **found}


@functools.cache
def _version_of(package: str) -> str:
    # Asked for with every file of a study, and read from disk each time.
    return importlib.metadata.version(package)


def provenance(name: str, version: int) -> dict[str, Any]:
    """Attributes that every file has."""
    return {
        "format": name,
        "format_version": version,
        "bifbridge_version": __version__,
        "versions": json.dumps(versions()),
    }


def check_format(attributes: Mapping[Any, Any], name: str, newest: int) -> None:
    """Refuse what is not of a format."""
    found = (attributes.get("format"), int(attributes.get("format_version", 0)))
    if found[0] != name or found[1] > newest:
        raise FileFormatError(
            f"Got a dataset of format and version {found}; this release reads "
            f"{(name, newest)} and older."
        )


def write_dataset(path: str | os.PathLike[str], dataset: "xr.Dataset | xr.DataTree") -> None:
    """Write a dataset to a netCDF file, atomically."""
    with atomic_path(path) as temporary:
        dataset.to_netcdf(temporary, engine="h5netcdf")


def read_dataset(
    path: str | os.PathLike[str],
    what: str,
    convert: Callable[[Any], Read],
    *,
    tree: bool = False,
) -> Read:
    """Read a file that `write_dataset` wrote."""
    import xarray as xr

    opened = xr.open_datatree if tree else xr.open_dataset
    try:
        with opened(path, engine="h5netcdf") as dataset:
            return convert(dataset.load())
    except FileFormatError as error:
        raise FileFormatError(f"{path}: not a readable {what}. {error}") from error
    except (OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError) as error:
        raise FileFormatError(f"{path}: not a readable {what} ({error}).") from error


def format_of(path: str | os.PathLike[str]) -> str:
    """What a netCDF file says it holds."""
    import h5py

    try:
        with h5py.File(path) as file:
            # A run's file of earlier releases has a kind and no format.
            found: Any = file.attrs.get("format", file.attrs.get("kind", ""))
    except OSError as error:
        raise FileFormatError(f"{path}: not a readable netCDF file ({error}).") from error
    return found.decode() if isinstance(found, bytes) else str(found)
