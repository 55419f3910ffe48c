"""The one table that says how each result is held: its files, its picture, its summary.

A row names modules and functions as text, and they are imported when they are asked for: a
result does not import the code that writes it, so that no circle of imports can arise.
"""

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ResultRow:
    """How one type of result is held.

    Attributes:
        what: the result in words, for messages, such as "branch".
        files: module with `to_xarray(result)`, `from_xarray(dataset)` and
            `to_dataframe(result)`; those that a result does not have are missing there.
        formats: of its files, the present one first; older ones are read, too.
        picture: "module:function" that draws it as f(result, *, ax, **options); empty for none.
        summary: "module:function" that makes rows (name, value) of a small table for notebooks;
            empty for the text of `repr`.
        tree: whether its file holds a tree of datasets.
    """

    what: str
    files: str
    formats: tuple[str, ...] = ()
    picture: str = ""
    summary: str = ""
    tree: bool = False

    def part(self, result: Any, name: str) -> Any:
        """Convert a result by a function of the row's module."""
        function = getattr(importlib.import_module(self.files), name, None)
        if function is None:
            raise NotImplementedError(f"A {self.what} has no {name}().")
        return function(result)

    def draw(self, result: Any, ax: Any, options: dict[str, Any]) -> Any:
        """Draw a result."""
        if not self.picture:
            raise NotImplementedError(f"A {self.what} has no picture.")
        return resolve(self.picture)(result, ax=ax, **options)


def resolve(place: str) -> Any:
    """The object that "module:name" names."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def row_of(result: Any) -> ResultRow:
    """The row of a result, by its class."""
    return RESULTS[type(result).__name__]


#: By class. A new type of result is a row here, and nothing in `save`, `load` or a notebook.
RESULTS: dict[str, ResultRow] = {
    "Branch": ResultRow(
        what="branch",
        files="bifbridge.continuation.curves._files",
        formats=(
            "bifbridge-branch", "bifbridge-cycles", "bifbridge-curve", "bifbridge-cycle-curve",
        ),
        picture="bifbridge.plotting:plot_branch",
        summary="bifbridge.continuation.curves._text:branch_summary",
    ),
    "Diagram": ResultRow(
        what="bifurcation diagram",
        files="bifbridge.continuation._diagram_files",
        formats=("bifbridge-diagram",),
        picture="bifbridge.plotting:plot_bifurcation_diagram",
        summary="bifbridge.continuation._diagram:summary",
        tree=True,
    ),
    "SpecialPoint": ResultRow(
        what="special point",
        files="bifbridge.continuation.curves._special_table",
        picture="bifbridge.plotting:plot_special_point",
        summary="bifbridge.continuation.curves._text:special_point_summary",
    ),
}  # fmt: skip
