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
        unsaved: why it has no file, and what to save instead; empty where it has one.
        quick: "module:function" that says whether the picture is had at once, for notebooks;
            empty where it always is.
    """

    what: str
    files: str
    formats: tuple[str, ...] = ()
    picture: str = ""
    summary: str = ""
    tree: bool = False
    unsaved: str = ""
    quick: str = ""

    def part(self, result: Any, name: str) -> Any:
        """Convert a result by a function of the row's module."""
        function = getattr(importlib.import_module(self.files), name, None)
        if function is None:
            raise NotImplementedError(f"A {self.what} has no {name}().")
        return function(result)

    def read(self, dataset: Any) -> Any:
        """The result that `to_xarray` made into a dataset."""
        return resolve(f"{self.files}:from_xarray")(dataset)

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


def row_of_format(name: str) -> ResultRow | None:
    """The row whose files are of a format."""
    return next((row for row in RESULTS.values() if name in row.formats), None)


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
    "CrossCheck": ResultRow(
        what="cross check",
        files="bifbridge.continuation._cross_check._files",
        formats=("bifbridge-cross-check",),
        picture="bifbridge.plotting:plot_cross_check",
        summary="bifbridge.continuation._cross_check._text:summary",
        tree=True,
    ),
    "Equilibria": ResultRow(
        what="set of equilibria",
        files="bifbridge.continuation._equilibria_files",
        formats=("bifbridge-equilibria",),
        picture="bifbridge.plotting:plot_equilibria",
        summary="bifbridge.continuation._equilibria_files:summary",
    ),
    "Spectrum": ResultRow(
        what="spectrum",
        files="bifbridge.sntk._spectrum_files",
        formats=("bifbridge-spectrum",),
        picture="bifbridge.plotting:plot_spectrum",
        summary="bifbridge.sntk._spectrum_files:summary",
    ),
    "StateSpaceNTK": ResultRow(
        what="kernel",
        files="bifbridge.sntk._kernel_files",
        picture="bifbridge.plotting:plot_temporal_kernel",
        summary="bifbridge.sntk._kernel_files:summary",
        unsaved=(
            "A StateSpaceNTK is an operator with your model inside and has no file; save what is "
            "made of it, such as bb.spectrum(ntk).save(path), or ntk.to_xarray() for the trials."
        ),
        quick="bifbridge.sntk._kernel_files:is_quick",
    ),
    "PredictedKernel": ResultRow(
        what="predicted kernel",
        files="bifbridge.landscape._predicted_files",
        formats=("bifbridge-predicted-kernel",),
        picture="bifbridge.plotting:plot_predicted_kernel",
        summary="bifbridge.landscape._predicted_files:summary",
        tree=True,
    ),
    "Agreement": ResultRow(
        what="agreement",
        files="bifbridge.landscape._agreement_files",
        formats=("bifbridge-agreement",),
        picture="bifbridge.plotting:plot_agreement",
        summary="bifbridge.landscape._agreement_files:summary",
    ),
    "BifurcationTrack": ResultRow(
        what="bifurcation track",
        files="bifbridge.training.tracking._track_files",
        formats=("bifbridge-track",),
        picture="bifbridge.plotting:plot_tracked_equilibria",
        summary="bifbridge.training.tracking._track_files:summary",
        tree=True,
    ),
    "Run": ResultRow(
        what="run",
        files="bifbridge.studies._run_files",
        formats=("bifbridge-run", "student-teacher"),
        picture="bifbridge.plotting:plot_run",
        summary="bifbridge.training._run:summary",
        tree=True,
    ),
}  # fmt: skip
