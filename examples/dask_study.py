"""A study over 50 checkpoints of one training run, on a Dask cluster.

A student is trained through a pitchfork and 50 checkpoints are written. For each the state-space
kernel is measured by a task of its own on a local Dask cluster; results are files, and a second
start computes nothing again. The figure shows the effective rank along the checkpoints: it falls
from tens to below two as the leading eigenvalue comes to zero. Later it is small again, of which
this eigenvalue says nothing: trials that start near the separatrix narrow the kernel, too.
"""

# %%
import tempfile
from pathlib import Path

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optax
from _setting import QUICK, save

import bifbridge as bb
from bifbridge.plotting import LIGHT, SINGLE_COLUMN, new_figure, styled
from bifbridge.studies import Study, collect, run_study
from bifbridge.training import (
    ParameterLoss,
    imitation_task,
    join_blocks,
    spectral_teacher,
    start_training,
    train,
)

CHECKPOINTS, UNITS, STEPS, WORKERS = (5, 4, 60, 1) if QUICK else (50, 12, 500, 2)


def checkpoints(folder: Path) -> tuple[list[str], np.ndarray]:
    """Train a student and write its checkpoints."""
    teacher, readout = spectral_teacher(UNITS, (1.5, 0.5), key=jr.key(0))
    states = 0.3 * jr.normal(jr.key(1), (16, UNITS))
    task = imitation_task(teacher, readout, states, bb.uniform_grid(15.0, 0.5))
    student = bb.random_ctrnn(UNITS, radius=0.5, key=jr.key(2))
    theta, rebuild = bb.fields.flatten_parameters(student, ("weights",))
    optimiser = optax.adam(0.01 if QUICK else 0.001)
    loss = ParameterLoss(task, student, ("weights",))
    start = start_training(theta, optimiser)
    blocks = list(train(loss, start, optimiser, steps=STEPS, block_size=STEPS))
    path = join_blocks(blocks, rebuild)
    steps = np.linspace(0, STEPS, CHECKPOINTS).round().astype(int)
    files = []
    for step in steps:
        files.append(str(folder / f"step_{step:05d}.eqx"))
        bb.save_field(files[-1], path.field(step))
    return files, steps


def leading_eigenvalue(files: list[str]) -> np.ndarray:
    """Largest real part at the origin, which is an equilibrium of every student."""
    matrices = [bb.load_field(file).weights - jnp.eye(UNITS) for file in files]
    return np.array([np.linalg.eigvals(np.asarray(m)).real.max() for m in matrices])


# %% [markdown]
# Workers are processes that import this script: the main part is guarded.

# %%
if __name__ == "__main__":
    from dask.distributed import Client, LocalCluster

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files, steps = checkpoints(folder)
        study = Study.product(
            "ranks",
            "sntk",
            {"model": files},
            {"parameters": ["weights"], "horizon": 15.0, "step": 0.25, "amplitude": 0.3},
        )
        with (
            LocalCluster(
                n_workers=WORKERS, threads_per_worker=1, processes=not QUICK, dashboard_address=None
            ) as cluster,
            Client(cluster) as client,
        ):
            status = run_study(study, folder / "out", executor=client.get_executor())
            print(status)
            again = run_study(study, folder / "out", executor=client.get_executor())
        data = collect(study, folder / "out", function="sntk")
        growth = leading_eigenvalue(files)
        order = np.argsort([files.index(str(name)) for name in data["model"].values])
        ranks = data["participation_ratio"].values[order]

    # %%
    with styled(LIGHT):
        figure = new_figure(LIGHT, width=SINGLE_COLUMN, height=3.0)
        upper, lower = figure.subplots(2, sharex=True)
        upper.semilogy(steps, ranks, ".-", color=LIGHT.primary)
        upper.set_ylabel("effective rank")
        lower.plot(steps, growth, ".-", color=LIGHT.secondary)
        lower.axhline(0.0, color=LIGHT.muted, linewidth=0.6)
        lower.set(xlabel="training step", ylabel="leading\neigenvalue")
        if np.any(growth > 0):
            for axes in (upper, lower):
                axes.axvline(steps[np.argmax(growth > 0)], color=LIGHT.muted, linestyle=":")
    save(figure, "dask-study")
