"""`bifbridge julia translate`: the Julia code of a JAX field."""

from typing import Annotated

import typer

from bifbridge.cli._continue import PARAMETER, START, TARGET, family_and_state
from bifbridge.cli._exit import reported_errors


def translate_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    start: Annotated[str | None, START] = None,
    parameter: Annotated[str | None, PARAMETER] = None,
) -> None:
    """Print a field as Julia source; no Julia is needed for it."""
    family, state = family_and_state(target, start, parameter)
    with reported_errors():
        from bifbridge.continuation.bifurcationkit.translation import translate_family

        typer.echo(translate_family(family, state).julia_source())
