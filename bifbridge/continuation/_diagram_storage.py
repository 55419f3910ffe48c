"""Diagrams as trees of datasets, data frames and netCDF files with a group for each branch."""

import os
from typing import TYPE_CHECKING

from bifbridge._netcdf import provenance, read_dataset, write_dataset
from bifbridge.continuation._dataset import VERSION, check_header
from bifbridge.continuation._diagram import Diagram, DiagramBranch
from bifbridge.continuation._storage import branch_from_xarray, branch_to_xarray

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT = "bifbridge-diagram"


def diagram_to_xarray(diagram: Diagram) -> "xr.DataTree":
    """A diagram as a tree: the datasets of its branches, called branch_0, branch_1, and so on."""
    import xarray as xr

    about = provenance(_FORMAT, VERSION)
    datasets = {"/": xr.Dataset(attrs={**about, "branches": len(diagram)})}
    for k, entry in enumerate(diagram.branches):
        origin = {
            "level": entry.level,
            "parent": -1 if entry.parent is None else entry.parent,
            "parent_point": -1 if entry.point is None else entry.point,
        }
        datasets[f"/branch_{k}"] = branch_to_xarray(entry.branch).assign_attrs(origin)
    return xr.DataTree.from_dict(datasets)


def diagram_from_xarray(tree: "xr.DataTree") -> Diagram:
    """The diagram that `diagram_to_xarray` made into a tree."""
    check_header(tree.attrs, _FORMAT)
    entries = []
    for k in range(int(tree.attrs["branches"])):
        dataset = tree[f"branch_{k}"].to_dataset()
        parent, point = (int(dataset.attrs[name]) for name in ("parent", "parent_point"))
        entries.append(
            DiagramBranch(
                branch_from_xarray(dataset),
                int(dataset.attrs["level"]),
                None if parent < 0 else parent,
                None if point < 0 else point,
            )
        )
    return Diagram(tuple(entries))


def save_diagram(path: str | os.PathLike[str], diagram: Diagram) -> None:
    """Write a diagram to a netCDF file, atomically.

    Args:
        path: the file.
        diagram: the diagram.

    Example:
        See [Continuation](../continuation.md).
    """
    write_dataset(path, diagram_to_xarray(diagram))


def load_diagram(path: str | os.PathLike[str]) -> Diagram:
    """Read a diagram that `save_diagram` wrote.

    Args:
        path: the file.

    Returns:
        The diagram; a file that is missing, damaged or of another kind is refused with a
        `FileFormatError`.

    Example:
        See [Continuation](../continuation.md).
    """
    return read_dataset(path, "bifurcation diagram", diagram_from_xarray, tree=True)


def diagram_to_dataframe(diagram: Diagram) -> "pd.DataFrame":
    """A diagram as one table; needs pandas."""
    import pandas as pd

    tables = []
    for k, entry in enumerate(diagram.branches):
        table = entry.branch.to_dataframe()
        table.insert(0, "branch", k)
        table.insert(1, "level", entry.level)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
