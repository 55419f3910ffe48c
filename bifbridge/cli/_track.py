"""`bifbridge track`: the bifurcations of a stored training run."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from bifbridge.cli._exit import reported_errors, require_double_precision
from bifbridge.cli._numbers import plain
from bifbridge.cli._target import load_object


def track_command(
    run: Annotated[
        Path | None, typer.Argument(help="Folder of `bifbridge train`; or give --checkpoints.")
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
    table: Annotated[str, typer.Option("--format", help="text, json or csv.")] = "text",
) -> None:
    """Follow all equilibria through a training run and list their bifurcations.

    Examples: bifbridge track runs/bits;
    bifbridge track --checkpoints 'mine/*.eqx' --load model:load --out tracked
    """  # noqa: DOC501 (this text is the command's help)
    if table not in {"text", "json", "csv"}:
        raise typer.BadParameter(f"Got --format {table!r}; expected text, json or csv.")
    if (run is None) == (checkpoints is None):
        raise typer.BadParameter("Give either RUN or --checkpoints.")
    folder = out if out is not None else run
    if folder is None:
        raise typer.BadParameter("--checkpoints needs --out, the folder to write to.")
    with reported_errors():
        require_double_precision()
        from bifbridge.training.tracking import track_bifurcations

        if run is not None:
            path, steps, loss = _stored(run, every)
        else:
            path, steps, loss = _own(checkpoints or "", load), None, None
        first = path.load(0) if steps is None else path.field(0)
        cloud = _cloud(first, starts, spread, seed)
        track = track_bifurcations(path, cloud, steps=steps, search_every=search_every)
        _write(folder, track, loss)
    typer.echo(_told(track, table))


def _stored(run: Path, every: int) -> tuple[Any, Any, Any]:
    import numpy as np

    from bifbridge.studies._task_run import open_task_run

    path = open_task_run(run).path(run)
    steps = np.unique(np.append(np.arange(0, path.n_steps, every), path.n_steps)).astype(float)
    return path, steps, (np.arange(path.n_steps), path.losses)


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


def _cloud(field: Any, count: int, spread: float, seed: int) -> Any:
    import jax.numpy as jnp
    import jax.random as jr

    weights = getattr(field, "weights", None)
    n = getattr(field, "n_states", None) if weights is None else weights.shape[0]
    if n is None:
        raise typer.BadParameter(
            f"Cannot tell the number of states of {type(field).__name__}; give it an attribute "
            "`n_states`."
        )
    cloud = spread * jr.normal(jr.key(seed), (count, int(n)))
    return jnp.concatenate([jnp.zeros((1, int(n))), cloud])


def _write(folder: Path, track: Any, loss: Any) -> None:
    from bifbridge._atomic import atomic_path, write_text
    from bifbridge._netcdf import write_dataset
    from bifbridge.plotting import plot_track

    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "events.csv", _csv(_rows(track)))
    write_dataset(folder / "track.nc", track.to_xarray())
    if track.equilibria:
        with atomic_path(folder / "track.png") as temporary:
            plot_track(track, loss=loss).savefig(temporary, dpi=200)


def _rows(track: Any) -> list[dict[str, Any]]:
    return [event.as_dict() for event in track.events]


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["step", "kind"])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _told(track: Any, table: str) -> str:
    if table == "text":
        return repr(track)
    rows = _rows(track)
    if table == "csv":
        return _csv(rows).rstrip()
    return json.dumps(plain(rows), indent=1, allow_nan=False)
