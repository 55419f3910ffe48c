"""Studies: content-addressed results, skipped, retried, claimed, spread over workers."""

import concurrent.futures
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from typer.testing import CliRunner

import bifbridge as bb
from bifbridge._errors import ConfigError, FileFormatError, RunFolderError
from bifbridge.cli._app import app
from bifbridge.studies import (
    Study,
    StudyFolder,
    Task,
    collect,
    load_result,
    read_study,
    run_study,
    study_status,
    to_csv,
)
from bifbridge.studies._claim import claim, is_stale, read_claim

HERE = Path(__file__).parent


def study_of(function, sweep, arguments=None, **more):
    return Study.product(
        "test", f"study_functions:{function}", sweep, arguments, search_path=HERE, **more
    )


def test_a_study_computes_each_task_once_and_skips_it_later(tmp_path):
    log = str(tmp_path / "log")
    study = study_of("square", {"x": [1, 2, 3]}, {"log": log})
    assert run_study(study, tmp_path / "out").complete
    assert run_study(study, tmp_path / "out").complete
    assert (tmp_path / "log").read_text() == "1\n2\n3\n"
    data = collect(study, tmp_path / "out")
    np.testing.assert_array_equal(data["y"], [1, 4, 9])
    np.testing.assert_array_equal(data["x"], [1, 2, 3])
    np.testing.assert_array_equal(data["z"][1], np.arange(3) * (2 + 1j))


def test_a_result_says_what_made_it(tmp_path):
    study = study_of("square", {"x": [3]})
    run_study(study, tmp_path)
    key = study.tasks[0].key
    attributes = load_result(StudyFolder(tmp_path).result(key)).attrs
    assert attributes["format"] == "bifbridge-study-result"
    assert attributes["key"] == key
    assert json.loads(attributes["task"])["arguments"] == {"x": 3}
    assert json.loads(attributes["versions"])["bifbridge"] == bb.__version__


def test_failures_are_listed_with_their_reason_and_retried_on_request_only(tmp_path):
    marker = tmp_path / "marker"
    study = study_of("fails_until", {"x": [1, 2]}, {"marker": str(marker)})
    status = run_study(study, tmp_path / "out")
    assert status.count("failed") == 2
    assert set(status.reasons.values()) == {"RuntimeError: no marker yet"}
    marker.touch()
    assert run_study(study, tmp_path / "out").count("failed") == 2
    assert run_study(study, tmp_path / "out", retry=True).complete


def test_one_failure_leaves_the_others_alone(tmp_path):
    status = run_study(study_of("fails_on_two", {"x": [1, 2, 3]}), tmp_path)
    assert (status.count("done"), status.count("failed")) == (2, 1)
    assert "two is not liked" in repr(status)


def test_the_key_follows_the_content_of_files_not_their_place(tmp_path):
    for folder, content in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "model").write_bytes(content)
    keys = [
        study_of(
            "size_of", {}, {"model": str(tmp_path / folder / "model")}, files=("model",)
        ).tasks[0].key
        for folder in "abc"
    ]  # fmt: skip
    assert keys[0] == keys[1] != keys[2]


def test_the_key_follows_the_source_of_a_function(tmp_path):
    keys = []
    for k, body in enumerate(("x", "x + 1")):
        (tmp_path / f"keyed_{k}.py").write_text(f"def f(x):\n    return {{'y': {body}}}\n")
        identity = Task(f"keyed_{k}:f", {"x": 1}, search_path=str(tmp_path)).identity()
        keys.append(identity["version"])
    assert keys[0] != keys[1]


@pytest.mark.parametrize("argument", [np.ones(2), float("nan"), {1, 2}])
def test_arguments_that_are_no_plain_data_are_refused(argument):
    with pytest.raises(ConfigError, match="no plain data"):
        _ = Task("study_functions:square", {"x": argument}, search_path=str(HERE)).key


def test_a_specification_sweeps_lists_ranges_and_files(tmp_path):
    for name in ("b.eqx", "a.eqx"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "s.toml").write_text(
        '[[task]]\nfunction = "sntk"\n[task.arguments]\ntrials = 4\n[task.sweep]\n'
        'model = {glob = "*.eqx"}\nseed = {range = [0, 2]}\namplitude = [0.1, 0.2]\n'
    )
    tasks = read_study(tmp_path / "s.toml").tasks
    assert len(tasks) == len({task.key for task in tasks}) == 8
    assert tasks[1].arguments == {"trials": 4, "model": "a.eqx", "seed": 0, "amplitude": 0.2}
    assert tasks[0].resolved()["model"] == str(tmp_path / "a.eqx")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = 1\n", "one or more"),
        ("[[task]]\nfunktion = 'x'\n", "expected function"),
        ("[[task]]\nfunction = 'sntk'\nsweep = {seed = 3}\n", "expected a list"),
        ("[[task]]\nfunction = 'sntk'\nsweep = {model = {glob = '*.no'}}\n", "no values"),
        ("a = [", "no TOML"),
    ],
)
def test_a_wrong_specification_says_what_is_expected(tmp_path, text, message):
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_study(tmp_path / "s.toml")


def test_a_claim_is_exclusive_and_given_back(tmp_path):
    with claim(tmp_path / "k") as first, claim(tmp_path / "k") as second:
        assert (first, second) == (True, False)
    assert not any(tmp_path.iterdir())


def test_the_claim_of_a_killed_process_is_taken_over(tmp_path):
    code = (
        "import os, signal, pathlib, sys\n"
        "from bifbridge.studies._claim import claim\n"
        "with claim(pathlib.Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "k"
    subprocess.run([sys.executable, "-c", code, path], check=False)
    assert read_claim(path)["pid"] != os.getpid()
    assert is_stale(path)
    with claim(path) as ours:
        assert ours


def test_the_claim_of_another_machine_expires_unless_renewed(tmp_path):
    path = tmp_path / "k"
    path.write_text(json.dumps({"host": "elsewhere", "pid": 1, "started": "1", "token": "t"}))
    assert not is_stale(path, 30)
    old = time.time() - 31
    os.utime(path, (old, old))
    assert is_stale(path, 30)
    with claim(path, 30) as ours:
        assert ours


def test_a_running_claim_is_renewed(tmp_path):
    path = tmp_path / "k"
    with claim(path, 0.2) as ours:
        assert ours
        os.utime(path, (1, 1))
        deadline = time.time() + 10
        while path.stat().st_mtime < 2 and time.time() < deadline:
            time.sleep(0.02)
        assert path.stat().st_mtime > 2


def test_threads_on_one_folder_share_the_work(tmp_path):
    log = tmp_path / "log"
    study = study_of("slow", {"x": list(range(8))}, {"log": str(log)})
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(run_study, study, tmp_path / "out") for _ in range(4)]:
            future.result()
    assert study_status(study, tmp_path / "out").complete
    assert sorted(log.read_text().split()) == [str(x) for x in range(8)]


def test_any_executor_of_concurrent_futures_serves(tmp_path):
    study = study_of("square", {"x": list(range(5))})
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert run_study(study, tmp_path, executor=pool, batch=2).complete


@pytest.mark.slow
def test_spawned_workers_survive_a_killed_one_and_compute_in_doubles(tmp_path):
    marker = str(tmp_path / "marker")
    killed = study_of("kills_at_one", {"x": [0, 1, 2]}, {"marker": marker})
    study = Study.join("both", [killed, study_of("precision", {"x": [1]})])
    status = run_study(study, tmp_path / "out", workers=2)
    assert status.complete, status
    assert Path(marker).exists()
    data = collect(study, tmp_path / "out", function="study_functions:precision")
    assert data["bits"].item() == 64
    assert data["pid"].item() != os.getpid()


@pytest.mark.slow
def test_a_task_that_kills_every_worker_fails_and_the_rest_is_done(tmp_path):
    status = run_study(study_of("always_kills", {"x": [0, 1, 2]}), tmp_path, workers=2)
    assert (status.count("done"), status.count("failed")) == (2, 1)
    assert "killed twice" in next(iter(status.reasons.values()))


def test_ragged_results_are_padded(tmp_path):
    study = study_of("ragged", {"x": [1, 3]})
    run_study(study, tmp_path)
    data = collect(study, tmp_path)
    np.testing.assert_array_equal(data["values"], [[0, np.nan, np.nan], [0, 1, 2]])
    assert list(data["name"].values) == ["a", "aaa"]


def test_csv_has_a_row_per_task_and_two_columns_per_complex_number(tmp_path):
    study = study_of("square", {"x": [1, 2]})
    run_study(study, tmp_path)
    to_csv(collect(study, tmp_path), tmp_path / "t.csv")
    head, *rows = (tmp_path / "t.csv").read_text().splitlines()
    assert "z_im[2]" in head.replace('"', "")
    assert len(rows) == 2


def test_a_damaged_result_is_a_clear_error(tmp_path):
    study = study_of("square", {"x": [1]})
    run_study(study, tmp_path)
    path = StudyFolder(tmp_path).result(study.tasks[0].key)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(FileFormatError, match="not a readable result of a study"):
        load_result(path)


def test_nothing_to_collect_is_a_clear_error(tmp_path):
    with pytest.raises(RunFolderError, match="no finished result"):
        collect(study_of("square", {"x": [1]}), tmp_path)


def test_built_in_continuation_finds_the_pitchfork_of_a_function(tmp_path):
    study = Study.product(
        "c",
        "continuation",
        {"span": [[-1.0, 1.0]]},
        {"model": "study_functions:pitchfork", "start": [0.0], "ds_max": 0.03},
        search_path=HERE,
    )
    status = run_study(study, tmp_path)
    assert status.complete, status
    data = load_result(StudyFolder(tmp_path).result(study.tasks[0].key))
    assert data["steps"].max().item() == pytest.approx(0.03)
    assert list(data["special_kind"].values) == ["pitchfork"]
    assert abs(data["special_parameter"].item()) < 1e-10
    assert data["form_cubic"].item() == pytest.approx(-1)
    assert data.attrs["content_format"] == "bifbridge-branch"


def test_built_in_sntk_equals_the_kernel_of_the_room_above(tmp_path):
    import jax.random as jr

    field = bb.random_ctrnn(3, key=jr.key(0), radius=0.5)
    bb.save_field(tmp_path / "m.eqx", field)
    setting = {"trials": 3, "horizon": 2.0, "amplitude": 0.3, "parameters": ["weights"], "top": 4}
    study = Study.product("k", "sntk", {"model": ["m.eqx"]}, setting, search_path=tmp_path)
    status = run_study(study, tmp_path / "out")
    assert status.complete, status
    starts = 0.3 * jr.normal(jr.key(0), (3, 3))
    trials = bb.trajectories.Trials(starts, bb.uniform_grid(2.0, 0.1, save_every=5))
    expected = bb.spectrum(bb.StateSpaceNTK(field, trials, parameters=["weights"]), k=4)
    data = collect(study, tmp_path / "out")
    np.testing.assert_allclose(
        data["eigenvalues"][0], np.asarray(expected.eigenvalues)[:4], rtol=1e-9
    )
    assert jnp.isclose(data["trace"].item(), expected.trace, rtol=1e-9)


def test_the_commands_run_retry_list_and_collect(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    spec = tmp_path / "s.toml"
    spec.write_text(
        '[[task]]\nfunction = "study_functions:fails_on_two"\n[task.sweep]\nx = [1, 2]\n'
    )
    runner = CliRunner()
    ran = runner.invoke(app, ["study", "run", str(spec), "--json"])
    assert ran.exit_code == 1
    report = json.loads(ran.stdout)
    assert (report["done"], report["failed"]) == (1, 1)
    assert report["failures"][0]["arguments"] == {"x": 2}
    assert runner.invoke(app, ["study", "retry", str(spec)]).exit_code == 1
    shown = runner.invoke(app, ["study", "status", str(spec)])
    assert shown.exit_code == 0
    assert "two is not liked" in shown.stdout
    for name in ("t.csv", "t.nc"):
        target = tmp_path / name
        assert runner.invoke(app, ["study", "collect", str(spec), str(target)]).exit_code == 0
        assert target.exists()
    missing = runner.invoke(app, ["study", "run", str(tmp_path / "no.toml")])
    assert missing.exit_code == 2


@pytest.mark.slow
def test_built_in_track_meets_the_pitchfork_on_the_way_of_a_weight(tmp_path):
    # dz/dt = -z + w tanh z: the origin loses stability in a pitchfork at w = 1.
    weights = [0.7, 0.9, 1.15, 1.4]
    for k, weight in enumerate(weights):
        bb.save_field(tmp_path / f"{k}.eqx", bb.CTRNN(jnp.array([[weight]])))
    models = [f"{k}.eqx" for k in range(4)]
    setting = {"models": models, "steps": [0, 10, 20, 30], "starts": 2, "search_every": 5}
    study = Study.product("t", "track", {}, setting, search_path=tmp_path)
    status = run_study(study, tmp_path / "out")
    assert status.complete, status
    data = load_result(StudyFolder(tmp_path / "out").result(study.tasks[0].key))
    assert "pitchfork" in data["event_kind"].values
    assert data["event_step"].values[0] == pytest.approx(14.0, abs=1e-6)


@pytest.mark.slow
def test_built_in_train_sweeps_seeds_and_optimisers():
    setting = {"task": "imitation", "units": 4, "trials": 3, "steps": 10, "checkpoint_every": 5}
    study = Study.product(
        "t", "train", {"optimizer": ["sgd", "adam"], "seed": [0]}, setting | {"learning_rate": 0.01}
    )
    found = [task.load()(**task.resolved()) for task in study.tasks]
    for data in found:
        assert data["loss"].shape == (10,)
        assert data["final_loss"] < data["first_loss"]
        assert np.isnan(data["diverged_at"])
    assert found[0]["first_loss"] == found[1]["first_loss"]
    (wild,) = Study.product("w", "train", {"seed": [0]}, setting | {
        "optimizer": "sgd", "learning_rate": 1e6,
    }).tasks  # fmt: skip
    data = wild.load()(**wild.resolved())
    assert np.isinf(data["final_loss"])
    assert data["diverged_at"] == data["loss"].size


@pytest.mark.slow
def test_built_in_student_teacher_gives_losses_and_summary(tmp_path):
    setting = {
        "units": 4,
        "trials": 4,
        "horizon": 7.0,
        "steps": 6,
        "checkpoint_every": 3,
        "kernel_modes": 3,
        "teacher_eigenvalues": [0.5],
    }
    study = Study.product("s", "student_teacher", {"seed": [0]}, setting)
    status = run_study(study, tmp_path)
    assert status.complete, status
    data = load_result(StudyFolder(tmp_path).result(study.tasks[0].key))
    assert data.sizes["step"] == 6
    assert json.loads(data.attrs["summary"])["loss"]["final"] == data["final_loss"].item()
