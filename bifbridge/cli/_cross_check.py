"""`bifbridge cross-check`: one problem put to several engines, from the command line."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bifbridge.cli._continue import (
    DS,
    DS_MAX,
    MAX_POINTS,
    PARAMETER,
    PARAMETER_START,
    SPAN,
    START,
    TARGET,
    problem_from_options,
)
from bifbridge.cli._engines import ENGINES, engine_by_name
from bifbridge.cli._exit import FAILED, reported_errors
from bifbridge.cli._numbers import JSON


def cross_check_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    span: Annotated[str, SPAN],
    start: Annotated[str | None, START] = None,
    parameter_start: Annotated[float | None, PARAMETER_START] = None,
    parameter: Annotated[str | None, PARAMETER] = None,
    ds: Annotated[float | None, DS] = None,
    ds_max: Annotated[float | None, DS_MAX] = None,
    max_points: Annotated[int, MAX_POINTS] = 2000,
    engines: Annotated[
        str, typer.Option(help=f"At least two of {', '.join(ENGINES)}, separated by commas.")
    ] = "jax,bifurcationkit",
    tolerance: Annotated[
        float, typer.Option(help="Largest relative difference that passes, for the exit status.")
    ] = 1e-4,
    html: Annotated[Path | None, typer.Option(help="Write a page to this file.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write a netCDF file to this file.")] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Put one problem to several engines and lay their special points side by side.

    Exit status 1 if a point has no match, the engines call it differently, or a number differs
    by more than the tolerance.

    Example: bifbridge cross-check mine:velocity --start 0.1,0.1 --span -2:6 --engines jax,krylov
    """  # noqa: DOC501
    names = [name.strip() for name in engines.split(",") if name.strip()]
    if len(set(names)) < 2:
        raise typer.BadParameter(f"Got --engines {engines!r}; expected at least two different.")
    problem = problem_from_options(target, span, start, parameter_start, parameter)
    chosen = {name: engine_by_name(name, ds, ds_max, max_points) for name in names}
    with reported_errors():
        from bifbridge.continuation import cross_check

        check = cross_check(problem, chosen)
        if html is not None:
            from bifbridge.report import write_cross_check

            write_cross_check(html, check)
        if out is not None:
            check.save(out)
    typer.echo(json.dumps(check.to_dict(), indent=1) if as_json else check.text())
    if not check.agrees(tolerance):
        raise typer.Exit(FAILED)
