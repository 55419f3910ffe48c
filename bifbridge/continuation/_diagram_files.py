"""Diagrams as trees of datasets with a group for each branch, and as tables."""

from typing import TYPE_CHECKING

from bifbridge._netcdf import check_format, provenance
from bifbridge.continuation._diagram import Diagram, DiagramBranch
from bifbridge.continuation.curves import _files as branch_files

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FORMAT, VERSION = "bifbridge-diagram", 2


def to_xarray(diagram: Diagram) -> "xr.DataTree":
    """A diagram as a tree: the datasets of its branches, called branch_0, branch_1, and so on."""
    import xarray as xr

    about = provenance(FORMAT, VERSION)
    datasets = {"/": xr.Dataset(attrs={**about, "branches": len(diagram)})}
    for k, entry in enumerate(diagram.branches):
        origin = {
            "level": entry.level,
            "parent": -1 if entry.parent is None else entry.parent,
            "parent_point": -1 if entry.point is None else entry.point,
        }
        datasets[f"/branch_{k}"] = branch_files.to_xarray(entry.branch).assign_attrs(origin)
    return xr.DataTree.from_dict(datasets)


def from_xarray(tree: "xr.DataTree") -> Diagram:
    """The inverse of `to_xarray`."""
    check_format(tree.attrs, FORMAT, VERSION)
    entries = []
    for k in range(int(tree.attrs["branches"])):
        dataset = tree[f"branch_{k}"].to_dataset()
        parent, point = (int(dataset.attrs[name]) for name in ("parent", "parent_point"))
        entries.append(
            DiagramBranch(
                branch_files.from_xarray(dataset),
                int(dataset.attrs["level"]),
                None if parent < 0 else parent,
                None if point < 0 else point,
            )
        )
    return Diagram(tuple(entries))


def to_dataframe(diagram: Diagram) -> "pd.DataFrame":
    """The tables of all branches below each other, with the columns branch and level before."""
    import pandas as pd

    tables = []
    for k, entry in enumerate(diagram.branches):
        table = entry.branch.to_dataframe()
        table.insert(0, "branch", k)
        table.insert(1, "level", entry.level)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
