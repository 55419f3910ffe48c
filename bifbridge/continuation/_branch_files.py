"""Branches of today under the names of the table of results; goes with `_storage`."""

from bifbridge.continuation._storage import branch_from_xarray as from_xarray
from bifbridge.continuation._storage import branch_to_dataframe as to_dataframe
from bifbridge.continuation._storage import branch_to_xarray as to_xarray

__all__ = ["from_xarray", "to_dataframe", "to_xarray"]
