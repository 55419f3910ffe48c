"""Branches of today under the names of the table of results; goes with `_storage`."""

from typing import Any

from bifbridge.continuation._storage import branch_from_xarray
from bifbridge.continuation._storage import branch_to_dataframe as to_dataframe
from bifbridge.continuation._storage import branch_to_xarray as to_xarray
from bifbridge.continuation.jax_engine.cycles._storage import cycles_from_xarray

__all__ = ["from_xarray", "to_dataframe", "to_xarray"]


def from_xarray(dataset: Any) -> Any:
    """A branch of equilibria or of cycles."""
    of_cycles = dataset.attrs["format"] == "bifbridge-cycles"
    return (cycles_from_xarray if of_cycles else branch_from_xarray)(dataset)
