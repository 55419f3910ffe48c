"""Figures of a run as files and as data inside a page."""

import base64
import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from bifbridge._atomic import atomic_path
from bifbridge._errors import RunFolderError
from bifbridge.plotting import DARK, LIGHT, SINGLE_COLUMN, styled
from bifbridge.report._catalogue import RunFigure, available

#: Metadata that would make equal figures unequal files.
_UNDATED: dict[str, dict[str, Any]] = {
    "png": {},
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
}


@dataclass(frozen=True)
class Picture:
    """A figure as data URIs, on light and on dark ground.

    Attributes:
        light: `data:image/svg+xml;base64,…`.
        dark: the same in the colours of the dark theme.
        width: in CSS pixels.
        height: in CSS pixels.
    """

    light: str
    dark: str
    width: int
    height: int


def draw_figures(tree: xr.DataTree) -> dict[str, Figure]:
    """Every figure that a run has data for, on light ground at its own width."""
    return {entry.name: entry.draw(tree, LIGHT, entry.width) for entry in available(tree)}


def write_figures(
    tree: xr.DataTree,
    folder: str | os.PathLike[str],
    *,
    drawn: Mapping[str, Figure] | None = None,
) -> list[Path]:
    """Every figure that a run has data for, as PNG at 200 dpi and as PDF.

    Args:
        tree: run.nc as a DataTree.
        folder: created if needed; each file appears whole or not at all.
        drawn: what `draw_figures` gave, if that is done.

    Returns:
        The files.

    Raises:
        RunFolderError: if the folder cannot be written.
    """
    written = []
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name, figure in (draw_figures(tree) if drawn is None else drawn).items():
            for suffix in ("png", "pdf"):
                written.append(Path(folder) / f"{name}.{suffix}")
                with atomic_path(written[-1]) as path:
                    _save(figure, path, suffix, dpi=200)
    except OSError as error:
        raise RunFolderError(f"{folder} cannot be written: {error.strerror}.") from error
    return written


def pictures(entry: RunFigure, tree: xr.DataTree, figure: Figure) -> tuple[Picture, Picture | None]:
    """A figure for wide and for narrow screens."""
    narrow = _picture(entry.draw(tree, LIGHT, SINGLE_COLUMN)) if entry.wide else None
    return _picture(figure), narrow


def recoloured(svg: str) -> str:
    """An SVG drawn with the light theme as the dark theme draws it."""
    light, dark = (
        [theme.ground, theme.ink, theme.muted, theme.grid, *theme.cycle] for theme in (LIGHT, DARK)
    )
    exchange = {a.lower(): b.lower() for a, b in zip(light, dark, strict=True)}
    return re.sub(r"#[0-9a-f]{6}", lambda m: exchange.get(m.group(), m.group()), svg)


def svg_text(figure: Figure) -> str:
    """A figure as SVG."""
    file = io.BytesIO()
    _save(figure, file, "svg")
    return file.getvalue().decode("utf-8")


def _picture(figure: Figure) -> Picture:
    svg = svg_text(figure)
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    return Picture(_uri(svg), _uri(recoloured(svg)), width, height)


def _uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _save(figure: Figure, target: Path | io.BytesIO, suffix: str, dpi: float = 72) -> None:
    """Save a figure, laid out by whichever format comes first."""
    with styled(LIGHT):
        figure.savefig(target, format=suffix, dpi=dpi, metadata=_UNDATED[suffix])
    figure.set_layout_engine("none")
