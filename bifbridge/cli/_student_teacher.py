"""`bifbridge student-teacher`: the main job."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bifbridge.cli._exit import reported_errors, require_double_precision


def student_teacher_command(
    out: Annotated[Path, typer.Option(help="Folder of the run; an interrupted run goes on there.")],
    config: Annotated[
        Path | None, typer.Option(help="TOML file with any of the settings; options win over it.")
    ] = None,
    units: Annotated[int | None, typer.Option(help="States of teacher and student.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of networks and initial states.")] = None,
    steps: Annotated[int | None, typer.Option(help="Training steps.")] = None,
    optimizer: Annotated[str | None, typer.Option(help="sgd, adam, adamw or rmsprop.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Of the optimiser.")] = None,
    momentum: Annotated[float | None, typer.Option(help="Of the optimiser, below 1.")] = None,
    clip_norm: Annotated[
        float | None, typer.Option(help="Largest gradient norm; 0 for no bound.")
    ] = None,
    horizon: Annotated[
        float | None, typer.Option(help="Length of a trial, in time constants.")
    ] = None,
    trials: Annotated[int | None, typer.Option(help="Shared initial states.")] = None,
    dtype: Annotated[
        str | None, typer.Option(help="Precision of the training: float64 or float32.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as JSON instead of a table.")
    ] = False,
) -> None:
    """Train a student network on a teacher, find its first bifurcation and test the theory there.

    Writes report.html, summary.json, run.nc, figures and checkpoints into the folder.

    Example: bifbridge student-teacher --out runs/demo --seed 3
    """
    with reported_errors():
        require_double_precision()
        from bifbridge.report import write_report
        from bifbridge.studies.student_teacher import (
            read_config,
            run_student_teacher,
        )

        settings = read_config(
            config,
            {
                "units": units,
                "seed": seed,
                "steps": steps,
                "optimizer": optimizer,
                "learning_rate": learning_rate,
                "momentum": momentum,
                "clip_norm": clip_norm,
                "horizon": horizon,
                "trials": trials,
                "dtype": dtype,
            },
        )
        summary = run_student_teacher(settings, out)
        write_report(out)
        _show(summary, out, as_json)


def _show(summary: dict, out: Path, as_json: bool) -> None:
    from bifbridge.cli._summary_table import print_json, print_summary

    if as_json:
        print_json(summary)
    else:
        print_summary(summary, out, Console())
