"""Tasks that every study can use by name. Arguments are plain data; results are datasets."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import jax.random as jr
import jax.tree_util as jtu

from bifbridge.studies._task import Task, task

if TYPE_CHECKING:
    import xarray as xr


@task(version=1, files=("model",))
def continuation(
    model: str,
    span: Sequence[float],
    *,
    parameter: str | None = None,
    index: Sequence[int] = (),
    start: Sequence[float] | None = None,
    parameter_start: float | None = None,
    ds_max: float | None = None,
    max_points: int = 2000,
) -> "xr.Dataset":
    """Equilibria of a model along one parameter, with special points and their normal forms."""
    from bifbridge.continuation import ContinuationProblem, JaxEngine, LeafFamily, as_family
    from bifbridge.continuation import continuation as follow

    if model.endswith(".eqx"):
        if parameter is None:
            raise ValueError("continuation: a model needs parameter, the leaf that varies.")
        field = _field(model)
        family = LeafFamily(field, parameter, tuple(index))
        start = [0.0] * field.weights.shape[0] if start is None else start
    else:
        family = as_family(Task(model).load())
    if start is None:
        raise ValueError("continuation: a function needs start, such as [0.1, 0.2].")
    problem = ContinuationProblem(
        family, list(start), span=(span[0], span[1]), parameter=parameter_start
    )
    branch = follow(problem, JaxEngine(max_step=ds_max, max_points=max_points))
    if len(branch) == 0:
        raise ValueError(f"continuation: no branch starts here. {branch.status.sentence}")
    return branch.to_xarray()


@task(version=1, files=("model",))
def sntk(
    model: str,
    *,
    parameters: Sequence[str] | None = None,
    trials: int = 16,
    amplitude: float = 0.1,
    horizon: float = 20.0,
    step: float = 0.1,
    save_every: int = 5,
    top: int = 10,
    centre: Sequence[float] | None = None,
    seed: int = 0,
) -> "xr.Dataset":
    """Spectrum and effective ranks of a checkpoint's state-space kernel."""
    import numpy as np
    import xarray as xr

    from bifbridge.sntk import StateSpaceNTK, spectrum
    from bifbridge.sntk._spectrum import is_small
    from bifbridge.trajectories import Trials, uniform_grid

    field = _field(model)
    n = field.weights.shape[0]
    middle = jnp.zeros(n) if centre is None else jnp.asarray(centre, float)
    starts = middle + amplitude * jr.normal(jr.key(seed), (trials, n))
    grid = uniform_grid(horizon, step, save_every=save_every)
    ntk = StateSpaceNTK(field, Trials(starts, grid), parameters=parameters)
    found = spectrum(ntk.materialise() if is_small(ntk) else ntk, k=top).as_dict()
    values = np.full(top, np.nan)
    known = found.pop("eigenvalues")[:top]
    values[: len(known)] = known
    numbers = {name: np.nan if value is None else value for name, value in found.items()}
    return xr.Dataset({"eigenvalues": ("mode", values), **numbers})


@task(version=1, files=("models",))
def track(
    models: Sequence[str],
    *,
    steps: Sequence[float] | None = None,
    starts: int = 16,
    amplitude: float = 1.0,
    parameters: Sequence[str] | None = None,
    search_every: int = 10,
    seed: int = 0,
) -> "xr.Dataset":
    """Equilibria and their bifurcations along the checkpoints of one training run."""
    from bifbridge.training.tracking import start_cloud, track_bifurcations

    found = track_bifurcations(
        list(models),
        start_cloud(_field(models[0]), starts, spread=amplitude, seed=seed),
        steps=steps,
        load=_field,
        names=parameters,
        search_every=search_every,
    )
    # Results of tasks are joined as datasets: the numbers by checkpoint and event, no whole track.
    return found.to_xarray().to_dataset().drop_attrs(deep=False)


@task(version=1)
def train(**settings: Any) -> "xr.Dataset":
    """A network trained on a task of the library; its checkpoints are not kept."""
    import numpy as np
    import xarray as xr

    from bifbridge._errors import DivergenceError
    from bifbridge.studies._task_run import TaskRunConfig, open_task_run, run_task

    diverged = float("nan")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        try:
            run_task(TaskRunConfig(**settings), folder)
        except DivergenceError as error:
            if error.step == 0:
                raise  # not even the first loss is a number
            diverged = float(error.step)
        path = open_task_run(folder).path(folder)
    ratios = path.losses[1:] / path.losses[:-1]
    return xr.Dataset(
        {
            "loss": ("step", path.losses),
            "gradient_norm": ("step", path.gradient_norms),
            "first_loss": float(path.losses[0]),
            "final_loss": float(path.losses[-1]) if np.isnan(diverged) else float("inf"),
            "rises": int(np.sum(ratios > 1.01)),
            "largest_rise": float(ratios.max(initial=1.0)),
            "diverged_at": diverged,
        },
        coords={"step": np.arange(path.losses.size)},
    )


@task(version=1)
def student_teacher(**settings: Any) -> "xr.Dataset":
    """A student–teacher run, analysed; its checkpoints are not kept."""
    from bifbridge.studies.student_teacher import StudentTeacherConfig, run_student_teacher
    from bifbridge.studies.student_teacher._store import read_group

    lists: dict[str, Any] = {name: tuple(x) for name, x in settings.items() if isinstance(x, list)}
    config = StudentTeacherConfig(**(settings | lists))
    with tempfile.TemporaryDirectory() as folder:
        summary = run_student_teacher(config, Path(folder) / "run")
        data = read_group(Path(folder) / "run" / "run.nc", "training")
    bifurcation = summary["first_bifurcation"] or {}
    return data.assign(
        final_loss=summary["loss"]["final"],
        first_bifurcation=bifurcation.get("kind", ""),
        first_bifurcation_step=float(bifurcation.get("step", float("nan"))),
    ).assign_attrs(summary=json.dumps(summary))


def _field(path: str) -> Any:
    from bifbridge.fields import load_field

    return jtu.tree_map(lambda leaf: jnp.asarray(leaf, float), load_field(path))
