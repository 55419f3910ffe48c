"""`bifbridge train`: a network on a task."""

from pathlib import Path
from typing import Annotated

import typer

from bifbridge.cli._exit import reported_errors, require_double_precision


def train_command(
    task: Annotated[
        str,
        typer.Argument(
            help="imitation, flip-flop, sine-generator, memory-pro, context-integration or "
            "perceptual-decision."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the run; an interrupted run goes on there.")],
    optimizer: Annotated[
        str, typer.Option(help="sgd, momentum, adam, low-rank or adaptive.")
    ] = "low-rank",
    learning_rate: Annotated[float, typer.Option(help="Of the optimiser.")] = 1.0,
    units: Annotated[int, typer.Option(help="States of the network.")] = 32,
    trials: Annotated[int, typer.Option(help="Trials of the fixed batch.")] = 32,
    seed: Annotated[int, typer.Option(help="Of network and trials.")] = 0,
    steps: Annotated[int, typer.Option(help="Training steps.")] = 1000,
    checkpoint_every: Annotated[int, typer.Option(help="Steps per checkpoint.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Train a network on a task, with checkpoints from which it resumes bit for bit.

    Example: bifbridge train flip-flop --out runs/bits --steps 500
    """
    with reported_errors():
        require_double_precision()
        from bifbridge.studies._task_run import TaskRunConfig, run_task

        config = TaskRunConfig(
            task=task, units=units, trials=trials, seed=seed, steps=steps, optimizer=optimizer,
            learning_rate=learning_rate, checkpoint_every=checkpoint_every,
        )  # fmt: skip
        summary = run_task(config, out)
    if as_json:
        from bifbridge.cli._summary_table import print_json

        print_json(summary)
        return
    loss = summary["loss"]
    typer.echo(
        f"{task}: loss {loss['initial']:.4g} → {loss['last']:.4g} in {steps} steps, "
        f"{summary['rises']} rises by more than 1 %. Next: bifbridge track {out}"
    )
