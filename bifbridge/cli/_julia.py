"""`bifbridge julia`: is there a Julia, where is it, and how to get one."""

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bifbridge.cli._exit import EXIT_STATUSES, FAILED, reported_errors
from bifbridge.cli._julia_translate import translate_command
from bifbridge.cli._numbers import JSON

if TYPE_CHECKING:
    from bifbridge.continuation.bifurcationkit._doctor import Diagnosis

julia_app = typer.Typer(
    help="Julia and BifurcationKit.jl, the reference engine.", no_args_is_help=True
)


@julia_app.command("doctor", epilog=EXIT_STATUSES)
def doctor_command(
    start: Annotated[
        bool, typer.Option(help="Whether to start Julia and load the packages, to time it.")
    ] = True,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Say what was found of Julia and its packages, what is missing, and what mends it.

    Nothing is downloaded or installed. Exit status 1 if something is missing.

    Example: bifbridge julia doctor --json
    """  # noqa: DOC501
    from bifbridge.continuation.bifurcationkit._doctor import examine

    diagnosis = examine(start=start)
    if as_json:
        typer.echo(json.dumps(diagnosis.to_dict(), indent=1))
    else:
        print_diagnosis(diagnosis, Console())
    if not diagnosis.healthy:
        raise typer.Exit(FAILED)


@julia_app.command("install", epilog=EXIT_STATUSES)
def install_command(
    force: Annotated[
        bool, typer.Option("--force", help="Install again what was installed before.")
    ] = False,
) -> None:
    """Install Julia, if there is none that serves, and BifurcationKit.jl; needs a network.

    Everything goes into the virtual environment; see `bifbridge julia where`.

    Example: bifbridge julia install
    """  # noqa: DOC501
    with reported_errors():
        from bifbridge.continuation.bifurcationkit._doctor import examine
        from bifbridge.continuation.bifurcationkit._install import install

        install(force=force)
        typer.echo("Loading BifurcationKit for the first time, which compiles it …", err=True)
        diagnosis = examine()
        print_diagnosis(diagnosis, Console())
    if not diagnosis.healthy:
        raise typer.Exit(FAILED)


@julia_app.command("where", epilog=EXIT_STATUSES)
def where_command(as_json: Annotated[bool, JSON] = False) -> None:
    """Print where Julia, its project, and bifbridge's Julia package lie.

    Example: bifbridge julia where
    """  # noqa: DOC501 (this text is the command's help)
    from bifbridge.continuation.bifurcationkit._installation import find_installation
    from bifbridge.continuation.bifurcationkit._package import requirements_file

    found = find_installation()
    places = {
        "julia": found.executable,
        "project": found.project,
        "bifbridge_jl": found.bridge,
        "requirements": requirements_file(),
    }
    if as_json:
        texts = {name: None if place is None else str(place) for name, place in places.items()}
        typer.echo(json.dumps(texts, indent=1))
    else:
        for name, place in places.items():
            typer.echo(f"{name:<12} {place or 'not found'}")
    if found.executable is None:
        raise typer.Exit(FAILED)


julia_app.command("translate", epilog=EXIT_STATUSES)(translate_command)


def print_diagnosis(diagnosis: "Diagnosis", console: Console) -> None:
    """The diagnosis as a table, and under it what to do."""
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, found, good in diagnosis.findings:
        table.add_row(name, _VERDICTS[good], Text(found))
    console.print(table)
    if diagnosis.healthy:
        console.print("BifurcationKit is ready.", style="green")
    for problem in diagnosis.problems:
        console.print(Text(problem.what, style="bold"), soft_wrap=True)
    remedies = [line for problem in diagnosis.problems for line in problem.remedy.splitlines()]
    for remedy in dict.fromkeys(remedies):
        console.print(Text(f"→ {remedy}"), soft_wrap=True)


_VERDICTS = {True: "[green]ok[/]", False: "[red]missing[/]", None: ""}
