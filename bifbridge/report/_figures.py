"""Figures of a run as files and as data inside a page."""

import base64
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from bifbridge._atomic import atomic_path
from bifbridge._errors import RunFolderError
from bifbridge.plotting import LIGHT, SINGLE_COLUMN, Theme, styled
from bifbridge.report._catalogue import RunFigure, available

#: Metadata that would make equal figures unequal files.
_UNDATED: dict[str, dict[str, Any]] = {
    "png": {},
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
}


@dataclass(frozen=True)
class Picture:
    """A figure as a data URI.

    Attributes:
        uri: `data:image/svg+xml;base64,…`.
        width: in CSS pixels.
        height: in CSS pixels.
    """

    uri: str
    width: int
    height: int


def write_figures(tree: xr.DataTree, folder: str | os.PathLike[str]) -> list[Path]:
    """Every figure that a run has data for, as PNG at 200 dpi and as PDF.

    Args:
        tree: run.nc as a DataTree.
        folder: created if needed; each file appears whole or not at all.

    Returns:
        The files.

    Raises:
        RunFolderError: if the folder cannot be written.
    """
    written = []
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for entry in available(tree):
            figure = entry.draw(tree, LIGHT, entry.width)
            for suffix in ("png", "pdf"):
                written.append(Path(folder) / f"{entry.name}.{suffix}")
                with atomic_path(written[-1]) as path, styled(LIGHT):
                    figure.savefig(path, dpi=200, metadata=_UNDATED[suffix])
                figure.set_layout_engine("none")  # laid out once, by the first of them
    except OSError as error:
        raise RunFolderError(f"{folder} cannot be written: {error.strerror}.") from error
    return written


def pictures(entry: RunFigure, tree: xr.DataTree, theme: Theme) -> tuple[Picture, Picture | None]:
    """A figure in one theme, for wide and for narrow screens.

    Args:
        entry: the figure.
        tree: the run.
        theme: the colours.

    Returns:
        The wide picture, and a narrow one where its layout differs.
    """
    wide = _picture(entry.draw(tree, theme, entry.width), theme, entry.name)
    if not entry.wide:
        return wide, None
    return wide, _picture(entry.draw(tree, theme, SINGLE_COLUMN), theme, entry.name)


def _picture(figure: Figure, theme: Theme, name: str) -> Picture:
    file = io.BytesIO()
    with styled(theme):
        figure.savefig(file, format="svg", metadata={**_UNDATED["svg"], "Title": name})
    width, height = figure.get_size_inches() * 96
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return Picture(f"data:image/svg+xml;base64,{data}", round(width), round(height))
