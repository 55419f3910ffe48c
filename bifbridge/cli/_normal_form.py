"""`bifbridge normal-form`: the special point nearest to a guess, from the command line."""

import json
from typing import Annotated, Any

import typer

from bifbridge.cli._continue import (
    PARAMETER,
    START,
    TARGET,
    family_and_state,
)
from bifbridge.cli._curve import plane_of
from bifbridge.cli._exit import reported_errors
from bifbridge.cli._numbers import JSON, numbers
from bifbridge.cli._reports import point_report
from bifbridge.cli._target import parsed_state

ONE = "fold, branch_point, transcritical, pitchfork, hopf"
TWO = "cusp, bogdanov_takens, bautin, zero_hopf, hopf_hopf"


def normal_form_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    at: Annotated[float, typer.Option(help="Guess of the parameter.")],
    kind: Annotated[
        str | None,
        typer.Option(help=f"{ONE}; with --second-at {TWO}. The nearest of all unless given."),
    ] = None,
    start: Annotated[str | None, START] = None,
    parameter: Annotated[str | None, PARAMETER] = None,
    frequency: Annotated[
        float | None, typer.Option(help="Guess of ω; from the eigenvalues unless given.")
    ] = None,
    second_at: Annotated[
        float | None, typer.Option(help="Guess of a second parameter, for codimension two.")
    ] = None,
    second_parameter: Annotated[
        str | None, typer.Option(help="Which number of a model is the second.")
    ] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Locate the special point nearest to a guess and print its normal form.

    For example:

    bifbridge normal-form student.eqx --parameter gain --at 0.9

    bifbridge normal-form mymodule:velocity --start 1.5,2 --at 3 --kind hopf --json

    bifbridge normal-form mymodule:plane --start 0 --at 0.1 --second-at 0.2 --kind cusp
    """  # noqa: DOC501
    if second_at is not None:
        found: Any = _codim_two(target, at, second_at, kind, start, parameter, second_parameter)
        report = point_report
    else:
        if second_parameter is not None:
            raise typer.BadParameter("--second-parameter needs --second-at.")
        found, report = _codim_one(target, at, kind, start, parameter, frequency), _one_report
    if as_json:
        typer.echo(json.dumps(report(found), indent=1, allow_nan=False))
        return
    typer.echo(repr(found))
    typer.echo(f"state {_listed(found.state)}")
    typer.echo(f"eigenvalues {_listed(found.eigenvalues)}")


def _codim_one(
    target: str,
    at: float,
    kind: str | None,
    start: str | None,
    parameter: str | None,
    frequency: float | None,
) -> Any:
    family, state = family_and_state(target, start, parameter)
    from bifbridge.continuation import nearest_special_point

    with reported_errors():
        try:
            return nearest_special_point(family, state, at, kind, frequency=frequency)
        except (ValueError, TypeError) as error:
            raise typer.BadParameter(f"{target}: {error}") from error


def _codim_two(
    target: str,
    at: float,
    second_at: float,
    kind: str | None,
    start: str | None,
    parameter: str | None,
    second_parameter: str | None,
) -> Any:
    import jax

    # Before the user's module makes its first array.
    jax.config.update("jax_enable_x64", True)
    if kind is None:
        raise typer.BadParameter(f"--second-at needs --kind, one of {TWO}.")
    plane, size = plane_of(target, parameter, second_parameter)
    state = parsed_state(start, size)
    from bifbridge.continuation import nearest_codim_two_point

    with reported_errors():
        try:
            return nearest_codim_two_point(plane, state, (at, second_at), kind)
        except (ValueError, TypeError) as error:
            raise typer.BadParameter(f"{target}: {error}") from error


def _one_report(point: Any) -> dict[str, Any]:
    form = point.normal_form
    vector = form.right
    return point_report(point) | {
        "equation": repr(form).split(": ", 1)[-1],
        "critical_vector": [numbers(vector.real), numbers(vector.imag)]
        if form.kind == "hopf"
        else numbers(vector),
    }


def _listed(values: Any) -> str:
    shown = ", ".join(f"{value:.6g}" for value in values[:8])
    return shown + (f" and {len(values) - 8} more" if len(values) > 8 else "")
