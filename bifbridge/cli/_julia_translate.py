"""`bifbridge julia translate`: the Julia source of a vector field."""

from pathlib import Path
from typing import Annotated

import typer

from bifbridge.cli._continue import PARAMETER, START, TARGET, family_and_state
from bifbridge.cli._exit import reported_errors


def translate_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    start: Annotated[str | None, START] = None,
    parameter: Annotated[str | None, PARAMETER] = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write to, instead of standard output.")
    ] = None,
) -> None:
    """Print a field as Julia code, as BifurcationKit.jl would get it; Julia is not needed.

    The code defines field(z, p, c): z is the state, p the parameter, c holds the model's arrays
    by name.

    Example: bifbridge julia translate student.eqx --parameter gain --output field.jl
    """
    family, state = family_and_state(target, start, parameter)
    with reported_errors():
        from bifbridge.continuation.bifurcationkit.translation import translate_family

        source = translate_family(family, state).julia_source()
        if output is not None:
            output.write_text(source, encoding="utf-8")
    if output is None:
        typer.echo(source, nl=False)
