"""The commands, put together."""

from typing import Annotated

import typer

from bifbridge._progress import show_progress
from bifbridge._version import __version__
from bifbridge.cli._continue import continue_command
from bifbridge.cli._cross_check import cross_check_command
from bifbridge.cli._curve import curve_command
from bifbridge.cli._diagram import diagram_command
from bifbridge.cli._exit import EXIT_STATUSES
from bifbridge.cli._julia import julia_app
from bifbridge.cli._normal_form import normal_form_command
from bifbridge.cli._report import report_command
from bifbridge.cli._sntk import sntk_command
from bifbridge.cli._student_teacher import student_teacher_command
from bifbridge.cli._study import study_app
from bifbridge.cli._track import track_command
from bifbridge.cli._train import train_command

app = typer.Typer(
    help="Kernels, continuation and normal forms of learned dynamical systems.",
    epilog=EXIT_STATUSES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _show_version(value: bool | None) -> None:
    if value:
        typer.echo(f"bifbridge {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool | None,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and leave."
        ),
    ] = None,
) -> None:
    """Kernels, continuation and normal forms of learned dynamical systems."""


app.command("student-teacher", epilog=EXIT_STATUSES)(student_teacher_command)
app.command("train", epilog=EXIT_STATUSES)(train_command)
app.command("track", epilog=EXIT_STATUSES)(track_command)
app.command("continue", epilog=EXIT_STATUSES)(continue_command)
app.command("diagram", epilog=EXIT_STATUSES)(diagram_command)
app.command("normal-form", epilog=EXIT_STATUSES)(normal_form_command)
app.command("sntk", epilog=EXIT_STATUSES)(sntk_command)
app.command("curve", epilog=EXIT_STATUSES)(curve_command)
app.command("cross-check", epilog=EXIT_STATUSES)(cross_check_command)
app.command("report", epilog=EXIT_STATUSES)(report_command)
app.add_typer(study_app, name="study")
app.add_typer(julia_app, name="julia")


def main() -> None:
    """Run the command line."""
    with show_progress():
        app()
