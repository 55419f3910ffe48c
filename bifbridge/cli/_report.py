"""`bifbridge report`: figures and page of a run, from its data alone."""

from pathlib import Path
from typing import Annotated

import typer

from bifbridge.cli._exit import reported_errors


def report_command(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
) -> None:
    """Render report.html and the figures of a run again, from its data alone.

    Example: bifbridge report runs/demo
    """
    with reported_errors():
        from bifbridge.report import write_report

        page = write_report(run)
        typer.echo(f"Wrote {page}")
