"""`bifbridge track`: the bifurcations of a stored training run."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from bifbridge.cli._exit import reported_errors, require_double_precision
from bifbridge.cli._numbers import JSON, plain
from bifbridge.cli._target import load_object

#: Kernels that `--probe` measures along a run, beside those at the events.
MOST_RANKS = 40


def track_command(
    run: Annotated[
        Path | None,
        typer.Argument(help="Folder of `train` or `student-teacher`; or give --checkpoints."),
    ] = None,
    checkpoints: Annotated[
        str | None, typer.Option(help="Files of your own run, as 'runs/*.eqx'; sorted by number.")
    ] = None,
    load: Annotated[
        str | None, typer.Option(help="MODULE:FUNCTION, from such a file to a vector field.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where events.csv, track.nc and track.png go; RUN if unset.")
    ] = None,
    every: Annotated[int, typer.Option(help="Training steps between the looks at RUN.")] = 10,
    search_every: Annotated[int, typer.Option(help="Looks between searches.")] = 10,
    starts: Annotated[int, typer.Option(help="Random states to search from.")] = 16,
    spread: Annotated[float, typer.Option(help="Standard deviation of those states.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of those states.")] = 0,
    parameter: Annotated[
        list[str] | None,
        typer.Option(help="Leaf that makes up θ in drivers and kernel; repeat it; all if unset."),
    ] = None,
    cycles: Annotated[
        bool, typer.Option("--cycles", help="Follow the cycles born at Hopf points.")
    ] = False,
    probe: Annotated[
        int,
        typer.Option(
            help="Trials on which the kernel is measured at each event and drawn as effective "
            "rank; 0 for none. A student-teacher run brings its own; others start at random."
        ),
    ] = 0,
    window: Annotated[
        float, typer.Option(help="Training steps from an event to `before` and `after`.")
    ] = 50.0,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Follow all equilibria through a training run and list their bifurcations.

    Examples: bifbridge track runs/bits;
    bifbridge track --checkpoints 'mine/*.eqx' --load model:load --out tracked
    """  # noqa: DOC501 (this text is the command's help)
    if probe < 0:
        raise typer.BadParameter(f"Got --probe {probe}; expected a number of trials, or 0.")
    if (run is None) == (checkpoints is None):
        raise typer.BadParameter("Give either RUN or --checkpoints.")
    folder = out if out is not None else run
    if folder is None:
        raise typer.BadParameter("--checkpoints needs --out, the folder to write to.")
    with reported_errors():
        require_double_precision()
        from bifbridge.studies._stored_run import random_probe
        from bifbridge.training.tracking import start_cloud, track_bifurcations

        if run is not None:
            looks, own, loss = _stored(run, every)
        else:
            looks, own, loss = _own(checkpoints or "", load), None, None
        cloud = start_cloud(looks.load(0), starts, spread=spread, seed=seed)
        if probe == 0:
            own = None
        elif own is None:
            own = random_probe(cloud.shape[1], probe, names=tuple(parameter) if parameter else None)
        track = track_bifurcations(
            looks, cloud, search_every=search_every, probe=own, window=window, cycles=cycles,
            names=parameter if own is None else own.names,
        )  # fmt: skip
        rank = None if own is None else _ranks(own, looks)
        _write(folder, track, loss, rank)
    typer.echo(
        json.dumps(plain(_rows(track)), indent=1, allow_nan=False) if as_json else track.text()
    )


def _stored(run: Path, every: int) -> tuple[Any, Any, Any]:
    import numpy as np

    from bifbridge.studies._stored_run import open_stored_run
    from bifbridge.training.tracking import as_run

    path, probe = open_stored_run(run)
    steps = np.unique(np.append(np.arange(0, path.n_steps, every), path.n_steps)).astype(float)
    return as_run(path, steps=steps), probe, (np.arange(path.n_steps), path.losses)


def _ranks(probe: Any, looks: Any) -> tuple[Any, Any]:
    """The effective rank at the checkpoints, or at some of them where they are many."""
    import numpy as np

    chosen = np.unique(np.linspace(0, len(looks) - 1, min(len(looks), MOST_RANKS)).astype(int))
    return looks.steps[chosen], [probe.effective_rank(looks.load(int(k))) for k in chosen]


def _own(pattern: str, load: str | None) -> Any:
    import glob

    import numpy as np

    from bifbridge.fields import load_field
    from bifbridge.training.tracking import as_run

    files = sorted(glob.glob(pattern), key=_number)
    if not files:
        raise typer.BadParameter(f"No file matches {pattern!r}.")
    numbers = np.array([_number(file)[0] for file in files], float)
    steps = numbers if np.all(np.diff(numbers) > 0) else None
    return as_run(files, steps=steps, load=load_field if load is None else load_object(load))


def _number(file: str) -> tuple[float, str]:
    """The last number in a file's name, which is taken for its training step."""
    found = re.findall(r"\d+", Path(file).stem)
    return (float(found[-1]) if found else -1.0), file


def _write(folder: Path, track: Any, loss: Any, rank: Any) -> None:
    from bifbridge._atomic import atomic_path, write_text
    from bifbridge._netcdf import write_dataset
    from bifbridge.plotting import plot_track

    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "events.csv", _csv(_rows(track)))
    data = track.to_xarray()
    if rank is not None:
        ranks = {"effective_rank": ("rank_step", rank[1])}
        data.dataset = data.to_dataset().assign(ranks).assign_coords(rank_step=rank[0])
    write_dataset(folder / "track.nc", data)
    if track.equilibria:
        with atomic_path(folder / "track.png") as temporary:
            plot_track(track, loss=loss, rank=rank).savefig(temporary, dpi=200)


def _rows(track: Any) -> list[dict[str, Any]]:
    return [event.as_dict() for event in track.events]


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["step", "kind"])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
