"""Files that a continuation leaves behind: netCDF, tables, a figure, a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from bifbridge.continuation import AbstractFamily, Branch, Diagram

OUT = typer.Option(help="Write a netCDF file that `bifbridge report` and `bb.load` read.")
CSV = typer.Option(help="Write the branches to FILE.csv and special points to FILE.special.csv.")
FIGURE = typer.Option(help="Draw the bifurcation diagram; the ending says how: .pdf, .png, .svg.")
HTML = typer.Option(help="Write an interactive page: one file, no network needed.")


@dataclass(frozen=True)
class Outputs:
    """Where results go; None leaves a file out.

    Attributes:
        out: netCDF; branches of cycles go beside it.
        csv: table of the branches; that of the special points goes beside it.
        figure: picture.
        html: page.
    """

    out: Path | None = None
    csv: Path | None = None
    figure: Path | None = None
    html: Path | None = None

    def check(self) -> None:
        """Refuse what cannot be written before anything is computed."""
        for path in (self.out, self.csv, self.figure, self.html):
            if path is not None and not path.parent.is_dir():
                raise typer.BadParameter(f"{path}: the folder {path.parent} does not exist.")
        if self.figure is not None and self.figure.suffix not in {".pdf", ".png", ".svg"}:
            raise typer.BadParameter(f"Got --figure {self.figure}; expected .pdf, .png or .svg.")

    def write(
        self,
        result: "Branch | Diagram",
        cycles: "Sequence[Branch]",
        family: "AbstractFamily",
        parameter: str,
    ) -> list[Path]:
        """Write every file that is wanted."""
        written: list[Path] = []
        if self.out is not None:
            written += _save(self.out, result, cycles)
        if self.csv is not None:
            written += _tables(self.csv, result)
        if self.figure is not None:
            written.append(_draw(self.figure, result, cycles, parameter))
        if self.html is not None:
            from bifbridge.report import write_diagram

            options: Any = {"cycles": cycles, "family": family, "parameter": parameter}
            written.append(write_diagram(self.html, result, **options))
        return written


def _save(path: Path, result: "Branch | Diagram", cycles: "Sequence[Branch]") -> list[Path]:
    result.save(path)
    beside = [path.with_suffix(f".cycles-{k}.nc") for k in range(len(cycles))]
    for name, one in zip(beside, cycles, strict=True):
        one.save(name)
    return [path, *beside]


def _tables(path: Path, result: "Branch | Diagram") -> list[Path]:
    from bifbridge._atomic import write_text
    from bifbridge.continuation import special_points_to_dataframe

    special = path.with_suffix(".special.csv")
    write_text(path, result.to_dataframe().to_csv(index=False))
    points = special_points_to_dataframe(result.special_points)
    write_text(special, points.to_csv(index=False))
    return [path, special]


def _draw(
    path: Path, result: "Branch | Diagram", cycles: "Sequence[Branch]", parameter: str
) -> Path:
    from bifbridge._atomic import atomic_path
    from bifbridge.plotting import LIGHT, figure_of, plot_bifurcation_diagram, styled

    with styled(LIGHT):
        axes = plot_bifurcation_diagram(result)
        for one in cycles:
            one.plot(ax=axes)
        axes.set_xlabel(f"parameter {parameter}")
        with atomic_path(path) as temporary:
            figure_of(axes).savefig(temporary, format=path.suffix[1:], dpi=200)
    return path
