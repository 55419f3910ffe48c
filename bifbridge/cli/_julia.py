"""`bifbridge julia`: commands about Julia, the reference engine's language."""

import typer

from bifbridge.cli._exit import EXIT_STATUSES
from bifbridge.cli._julia_translate import translate_command

julia_app = typer.Typer(
    help="Julia and BifurcationKit.jl, the reference engine.", no_args_is_help=True
)
julia_app.command("translate", epilog=EXIT_STATUSES)(translate_command)
