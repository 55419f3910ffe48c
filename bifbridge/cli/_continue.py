"""`bifbridge continue`: follow equilibria of any f(z, p) from the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bifbridge.cli._cycles import CYCLES, cycles_from, told
from bifbridge.cli._engines import engine_by_name
from bifbridge.cli._exit import FAILED, INTERRUPTED, reported_errors
from bifbridge.cli._numbers import JSON
from bifbridge.cli._outputs import CSV, FIGURE, HTML, OUT, Outputs
from bifbridge.cli._reports import branch_report
from bifbridge.cli._target import (
    check_velocity,
    family_and_size,
    parsed_span,
    parsed_state,
)
from bifbridge.cli._target import load_object as load_object

if TYPE_CHECKING:
    from bifbridge.continuation import AbstractFamily, ContinuationProblem

TARGET = "MODULE:FUNCTION of a function f(z, p) written with jax.numpy, or a model's .eqx file."

SPAN = typer.Option(help="Interval of the parameter, as LOWER:UPPER.")
START = typer.Option(help="Start state, as 0.1,0.2; a model starts at zero unless given.")
PARAMETER_START = typer.Option(help="Parameter to start at; the span's lower end unless given.")
PARAMETER = typer.Option(
    help="Which number of a model varies: gain, bias[3], weights[0,1], input[0]."
)
DS = typer.Option(help="Length of the first step.")
DS_MAX = typer.Option(help="Length of the longest step.")
MAX_POINTS = typer.Option(help="Limit on points in each direction.")


def continue_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    span: Annotated[str, SPAN],
    start: Annotated[str | None, START] = None,
    parameter_start: Annotated[float | None, PARAMETER_START] = None,
    parameter: Annotated[str | None, PARAMETER] = None,
    ds: Annotated[float | None, DS] = None,
    ds_max: Annotated[float | None, DS_MAX] = None,
    max_points: Annotated[int, MAX_POINTS] = 2000,
    engine: Annotated[str, typer.Option(help="jax, krylov or bifurcationkit.")] = "jax",
    cycles: Annotated[bool, CYCLES] = False,
    out: Annotated[Path | None, OUT] = None,
    csv: Annotated[Path | None, CSV] = None,
    figure: Annotated[Path | None, FIGURE] = None,
    html: Annotated[Path | None, HTML] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Follow a branch of equilibria and find every bifurcation on it.

    For example:

    bifbridge continue mymodule:velocity --start 0.1,0.1 --span -2:6

    bifbridge continue student.eqx --parameter gain --span 0:2 --html branch.html

    bifbridge continue mymodule:velocity --start 0,0 --span -2:6 --cycles --csv branch.csv
    """  # noqa: DOC501
    outputs = Outputs(out, csv, figure, html)
    outputs.check()
    if cycles and engine != "jax":
        raise typer.BadParameter("--cycles needs --engine jax.")
    problem = problem_from_options(target, span, start, parameter_start, parameter)
    chosen = engine_by_name(engine, ds, ds_max, max_points)
    from bifbridge._errors import BifbridgeError
    from bifbridge.continuation import Status, continuation

    try:
        branch = continuation(problem, chosen)
        points = branch.special_points
        born = cycles_from(problem.family, points, problem.span) if cycles else []
    except BifbridgeError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(FAILED) from error
    asked = born if cycles else None
    typer.echo(told(branch, branch_report, asked, as_json=as_json))
    if len(branch) == 0:
        no_branch(problem, quiet=as_json)
    with reported_errors():
        name = name_of_parameter(parameter)
        for path in outputs.write(branch, [one for _, one in born], problem.family, name):
            typer.echo(f"Wrote {path}", err=True)
    if branch.status == Status.INTERRUPTED:
        raise typer.Exit(INTERRUPTED)


def problem_from_options(
    target: str,
    span: str,
    start: str | None,
    parameter_start: float | None,
    parameter: str | None,
) -> "ContinuationProblem":
    """The problem that the options of a command describe."""
    family, state = family_and_state(target, start, parameter)
    from bifbridge.continuation import ContinuationProblem

    lower, upper = parsed_span(span)
    check_velocity(target, family, state)
    try:
        problem = ContinuationProblem(family, state, span=(lower, upper), parameter=parameter_start)
    except ValueError as error:
        raise typer.BadParameter(f"{target}: {error}") from error
    return problem


def family_and_state(
    target: str, start: str | None, parameter: str | None
) -> "tuple[AbstractFamily, list[float]]":
    """The family and the state that the options of a command describe."""
    import jax

    # Before the user's module makes its first array.
    jax.config.update("jax_enable_x64", True)
    family, size = family_and_size(target, parameter)
    return family, parsed_state(start, size)


def no_branch(problem: "ContinuationProblem", *, quiet: bool) -> NoReturn:
    """Leave, because nothing starts where the problem does."""
    if not quiet:
        typer.echo(
            f"No branch starts at p = {float(problem.parameter):g}: give another --start or "
            "--parameter-start.",
            err=True,
        )
    raise typer.Exit(FAILED)


def name_of_parameter(parameter: str | None) -> str:
    """What figures and pages call the parameter."""
    return "p" if parameter is None else parameter
