"""Studies on a Dask cluster and through submitit, both on this machine."""

import importlib
import warnings
from pathlib import Path

import pytest

from bifbridge.studies import Study, collect, run_study

HERE = Path(__file__).parent
pytestmark = [
    pytest.mark.slow,
    # Both libraries leave sockets and threads to the garbage collector when their workers die.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def dask_client():
    distributed = pytest.importorskip("dask.distributed", reason="needs the extra dask")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client


@pytest.fixture
def dask_executor(dask_client):
    """Two workers that are up: Dask blames what is still starting beside a task that kills."""
    dask_client.wait_for_workers(2)
    dask_client.run(importlib.import_module, "bifbridge.studies")
    return dask_client.get_executor()


def study_of(function, sweep, arguments=None):
    return Study.product("d", f"study_functions:{function}", sweep, arguments, search_path=HERE)


def test_dask_does_a_study_though_a_worker_is_killed_in_mid_run(dask_executor, tmp_path):
    marker = str(tmp_path / "marker")
    study = Study.join(
        "d",
        [
            study_of("kills_at_one", {"x": list(range(6))}, {"marker": marker}),
            study_of("precision", {"x": [1]}),
        ],
    )
    status = run_study(study, tmp_path / "out", executor=dask_executor)
    assert Path(marker).exists()
    assert status.complete, status
    assert (
        collect(study, tmp_path / "out", function="study_functions:precision")["bits"].item() == 64
    )


def test_dask_gives_up_a_task_that_kills_every_worker(dask_executor, tmp_path):
    study = study_of("always_kills", {"x": [0, 1]})
    status = run_study(study, tmp_path, executor=dask_executor)
    assert (status.count("done"), status.count("failed")) == (1, 1)
    assert "KilledWorker" in next(iter(status.reasons.values()))


def test_submitit_does_a_study_in_batches(tmp_path):
    submitit = pytest.importorskip("submitit", reason="needs the extra slurm")
    executor = submitit.AutoExecutor(folder=tmp_path / "jobs", cluster="local")
    executor.update_parameters(timeout_min=5)
    study = study_of("fails_on_two", {"x": [1, 2, 3, 4]})
    status = run_study(study, tmp_path / "out", executor=executor, batch=2)
    assert (status.count("done"), status.count("failed")) == (3, 1)
