"""`bifbridge julia translate`: the Julia source of a vector field."""

from pathlib import Path
from typing import Annotated

import typer

from bifbridge.cli._continue import TARGET, _family, _state
from bifbridge.cli._exit import reported_errors


def translate_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    parameter: Annotated[
        str | None,
        typer.Option(help="Which number of a model varies: gain, bias[3], input[0]."),
    ] = None,
    size: Annotated[
        int | None, typer.Option(min=1, help="Number of states; needed for a function.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write to, instead of standard output.")
    ] = None,
) -> None:
    """Print a field as Julia code, as BifurcationKit.jl would get it; Julia is not needed.

    The code defines field(z, p, c): z is the state, p the parameter, c holds the model's arrays
    by name.
    """  # noqa: DOC501
    import jax

    # Before the user's module makes its first array.
    jax.config.update("jax_enable_x64", True)
    from bifbridge.continuation.bifurcationkit.translation import translate_family

    family, known_size = _family(target, parameter)
    if known_size is None and size is None:
        raise typer.BadParameter("A function needs --size, its number of states.")
    if known_size is not None and size not in (None, known_size):
        raise typer.BadParameter(f"Got --size {size} for a model of {known_size} states.")
    state = _state(None, known_size or size)
    with reported_errors():
        source = translate_family(family, state).julia_source()
        if output is not None:
            output.write_text(source, encoding="utf-8")
    if output is None:
        typer.echo(source, nl=False)
