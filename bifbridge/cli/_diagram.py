"""`bifbridge diagram`: a branch and all that leave it, from the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    name_of_parameter,
    no_branch,
    problem_from_options,
)
from bifbridge.cli._cycles import CYCLES, cycles_from, told
from bifbridge.cli._engines import engine_by_name
from bifbridge.cli._exit import INTERRUPTED, reported_errors
from bifbridge.cli._numbers import JSON
from bifbridge.cli._outputs import CSV, FIGURE, HTML, OUT, Outputs
from bifbridge.cli._reports import diagram_report

if TYPE_CHECKING:
    pass


def diagram_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    span: Annotated[str, SPAN],
    start: Annotated[str | None, START] = None,
    parameter_start: Annotated[float | None, PARAMETER_START] = None,
    parameter: Annotated[str | None, PARAMETER] = None,
    depth: Annotated[
        int, typer.Option(min=0, help="How many times to leave at branch points.")
    ] = 2,
    max_branches: Annotated[int, typer.Option(min=1, help="Limit on branches.")] = 100,
    ds: Annotated[float | None, DS] = None,
    ds_max: Annotated[float | None, DS_MAX] = None,
    max_points: Annotated[int, MAX_POINTS] = 2000,
    cycles: Annotated[bool, CYCLES] = False,
    out: Annotated[Path | None, OUT] = None,
    csv: Annotated[Path | None, CSV] = None,
    figure: Annotated[Path | None, FIGURE] = None,
    html: Annotated[Path | None, HTML] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Follow a branch of equilibria, both arms at each of its branch points, and so on.

    For example:

    bifbridge diagram student.eqx --parameter gain --span 0:2 --html diagram.html

    bifbridge diagram mymodule:velocity --start 0,0 --span -1:1 --depth 3 --figure diagram.pdf

    bifbridge diagram mymodule:velocity --start 0,0 --span -1:1 --out diagram.nc --csv diagram.csv
    """  # noqa: DOC501
    outputs = Outputs(out, csv, figure, html)
    outputs.check()
    problem = problem_from_options(target, span, start, parameter_start, parameter)
    engine: Any = engine_by_name("jax", ds, ds_max, max_points)
    with reported_errors():
        from bifbridge.continuation import Status, bifurcation_diagram

        diagram = bifurcation_diagram(problem, engine, depth=depth, max_branches=max_branches)
        first = diagram.branches[0].branch
        points = diagram.special_points
        born = cycles_from(problem.family, points, problem.span) if cycles else []
        asked = born if cycles else None
        typer.echo(told(diagram, diagram_report, asked, as_json=as_json))
        if len(first) == 0:
            no_branch(problem, quiet=as_json)
        name = name_of_parameter(parameter)
        for path in outputs.write(diagram, [one for _, one in born], problem.family, name):
            typer.echo(f"Wrote {path}", err=True)
    if any(entry.branch.status == Status.INTERRUPTED for entry in diagram.branches):
        raise typer.Exit(INTERRUPTED)
