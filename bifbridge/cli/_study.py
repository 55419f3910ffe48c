"""`bifbridge study`: many tasks, on one machine or many."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bifbridge.cli._exit import EXIT_STATUSES, FAILED, reported_errors, require_double_precision
from bifbridge.cli._numbers import JSON

if TYPE_CHECKING:
    from bifbridge.studies import StudyStatus

study_app = typer.Typer(
    help="Checkpoints × seeds × parameters: run, look, retry, collect.", no_args_is_help=True
)

SPEC = typer.Argument(metavar="SPEC.toml", help="The study, see docs/studies.md.")
OUT = typer.Option("--out", help="Folder of the results; beside SPEC, by its name, unless given.")
WORKERS = typer.Option(min=1, help="Spawned processes; 1 computes in this one.")
DASK = typer.Option(help="Scheduler of a Dask cluster, such as tcp://host:8786.")
BATCH = typer.Option(min=1, help="Tasks per submission.")


@study_app.command("run", epilog=EXIT_STATUSES)
def run_command(
    spec: Annotated[Path, SPEC],
    out: Annotated[Path | None, OUT] = None,
    workers: Annotated[int, WORKERS] = 1,
    dask: Annotated[str | None, DASK] = None,
    batch: Annotated[int, BATCH] = 1,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Do every task that has no result yet; failed ones stay failed until `retry`.

    Example: bifbridge study run gains.toml --workers 4
    """
    _run(spec, out, workers, dask, batch, as_json, retry=False)


@study_app.command("retry", epilog=EXIT_STATUSES)
def retry_command(
    spec: Annotated[Path, SPEC],
    out: Annotated[Path | None, OUT] = None,
    workers: Annotated[int, WORKERS] = 1,
    dask: Annotated[str | None, DASK] = None,
    batch: Annotated[int, BATCH] = 1,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Do what is missing, failed tasks included.

    Example: bifbridge study retry gains.toml
    """
    _run(spec, out, workers, dask, batch, as_json, retry=True)


@study_app.command("status", epilog=EXIT_STATUSES)
def status_command(
    spec: Annotated[Path, SPEC],
    out: Annotated[Path | None, OUT] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Say how many tasks are done, failed (and why), running and pending.

    Example: bifbridge study status gains.toml --json
    """
    with reported_errors():
        require_double_precision()
        from bifbridge.studies import read_study, study_status

        status = study_status(read_study(spec), _folder(spec, out))
    _show(status, as_json)


@study_app.command("collect", epilog=EXIT_STATUSES)
def collect_command(
    spec: Annotated[Path, SPEC],
    target: Annotated[Path, typer.Argument(metavar="FILE.nc|FILE.csv", help="What to write.")],
    out: Annotated[Path | None, OUT] = None,
    function: Annotated[str | None, typer.Option(help="Of which task, if several.")] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Put the finished results into one netCDF or CSV file.

    Example: bifbridge study collect gains.toml gains.csv
    """  # noqa: DOC501 (this text is the command's help)
    if target.suffix not in {".nc", ".csv"}:
        raise typer.BadParameter(f"Got {target}; expected a name that ends in .nc or .csv.")
    with reported_errors():
        require_double_precision()
        from bifbridge._netcdf import write_dataset
        from bifbridge.studies import collect, read_study, to_csv

        study = read_study(spec)
        data = collect(study, _folder(spec, out), function=function)
        if target.suffix == ".csv":
            to_csv(data, target)
        else:
            write_dataset(target, data)
    report = {"file": str(target), "collected": data.sizes["task"], "tasks": len(study.tasks)}
    if as_json:
        typer.echo(json.dumps(report))
    else:
        typer.echo(f"{report['collected']} of {report['tasks']} results in {target}")


def _run(
    spec: Path,
    out: Path | None,
    workers: int,
    dask: str | None,
    batch: int,
    as_json: bool,
    *,
    retry: bool,
) -> None:
    with reported_errors():
        require_double_precision()
        from bifbridge.studies import read_study, run_study

        study = read_study(spec)
        with _executor(dask) as executor:
            status = run_study(
                study, _folder(spec, out), executor=executor, workers=workers, batch=batch,
                retry=retry,
            )  # fmt: skip
    _show(status, as_json)
    if not status.complete:
        raise typer.Exit(FAILED)


@contextmanager
def _executor(address: str | None) -> Iterator[Any]:
    if address is None:
        yield None
        return
    try:
        from dask.distributed import Client  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise typer.BadParameter(
            "--dask needs Dask distributed: pip install 'bifbridge[dask]'."
        ) from error
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"No Dask scheduler answers at {address}: {error}") from error
    with client:
        yield client.get_executor()


def _folder(spec: Path, out: Path | None) -> Path:
    return spec.with_suffix("") if out is None else out


def _show(status: "StudyStatus", as_json: bool) -> None:
    if not as_json:
        typer.echo(repr(status))
        return
    report = {
        "tasks": len(status.states),
        **{state: status.count(state) for state in ("done", "failed", "running", "pending")},
        "failures": [
            {
                "key": key,
                "function": status.tasks[key].function,
                "arguments": dict(status.tasks[key].arguments),
                "reason": reason,
            }
            for key, reason in status.reasons.items()
        ],
    }
    typer.echo(json.dumps(report, indent=1))
