"""`bifbridge report`: the page of a run or of a continuation, from its data alone."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bifbridge.cli._continue import PARAMETER, name_of_parameter
from bifbridge.cli._exit import reported_errors
from bifbridge.cli._target import family_and_size

CYCLES = typer.Option(help="Branches of cycles to draw with it; repeat for several.")


def report_command(
    source: Annotated[
        Path, typer.Argument(help="Folder of a run, or a netCDF file of a branch or a diagram.")
    ],
    html: Annotated[
        Path | None, typer.Option(help="Where the page of a file goes; beside it unless given.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="MODULE:FUNCTION or MODEL.eqx that was continued, for phase portraits of the "
            "field; those of the reduced equations unless given."
        ),
    ] = None,
    parameter: Annotated[str | None, PARAMETER] = None,
    cycles: Annotated[list[Path] | None, CYCLES] = None,
) -> None:
    """Render the page of a run, or of a continuation, from its data alone.

    A run gets its figures, too. The page of a cross check is written by `bifbridge cross-check`.

    For example:

    bifbridge report runs/demo

    bifbridge report diagram.nc --model student.eqx --parameter gain

    bifbridge report branch.nc --cycles branch.cycles-0.nc --html page.html
    """  # noqa: DOC501
    with reported_errors():
        if source.is_file():
            page = _continuation(source, html, model, parameter, cycles or [])
        else:
            if any(value is not None for value in (html, model, parameter, cycles)):
                raise typer.BadParameter(
                    "--html, --model, --parameter and --cycles belong to the file of a "
                    f"continuation; {source} is none."
                )
            from bifbridge.report import write_report

            page = write_report(source)
        typer.echo(f"Wrote {page}")


def _continuation(
    source: Path, html: Path | None, model: str | None, parameter: str | None, cycles: list[Path]
) -> Path:
    import jax

    # Before the user's module makes its first array; a page without a model computes, too.
    jax.config.update("jax_enable_x64", True)
    from bifbridge._load import load
    from bifbridge.report import write_diagram

    family: Any = None if model is None else family_and_size(model, parameter)[0]
    result, born = load(source), [load(path) for path in cycles]
    page = source.with_suffix(".html") if html is None else html
    name = name_of_parameter(parameter)
    try:
        return write_diagram(page, result, cycles=born, family=family, parameter=name)
    except (ValueError, TypeError) as error:
        raise typer.BadParameter(f"{source}: {error}") from error
