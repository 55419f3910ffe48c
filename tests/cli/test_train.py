"""`train` and `track`: killed, resumed bit for bit, tracked, and a user's own checkpoints."""

import json
import os
import signal
import subprocess
import sys
import time

import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from bifbridge import CTRNN, load_field, save_field
from bifbridge.cli import app

SETTINGS = ["--units", "4", "--trials", "3", "--checkpoint-every", "4", "--steps", "40"]
SETTINGS += ["--optimizer", "sgd", "--learning-rate", "0.1"]


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def thetas(folder):
    files = sorted((folder / "checkpoints").glob("block_*.npz"))
    return np.concatenate([np.load(file)["thetas"] for file in files])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    result = invoke("train", "imitation", "--out", folder, *SETTINGS, "--json")
    assert result.exit_code == 0, result.output
    return folder, json.loads(result.stdout)


def test_a_run_is_summarised(finished):
    folder, summary = finished
    assert summary["config"]["task"] == "imitation"
    assert summary["loss"]["initial"] > 0
    assert thetas(folder).shape == (40, summary["parameters"])
    assert load_field(folder / "field.eqx").weights.shape == (summary["config"]["units"],) * 2


@pytest.mark.slow
def test_a_run_killed_at_any_moment_ends_with_the_same_bits(finished, tmp_path):
    folder = tmp_path / "killed"
    call = [
        sys.executable,
        "-c",
        "from bifbridge.cli import main; main()",
        "train",
        "imitation",
        "--out",
        folder,
        *SETTINGS,
    ]
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while not list(folder.glob("checkpoints/block_*.npz")) and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / "summary.json").exists()
    assert invoke("train", "imitation", "--out", folder, *SETTINGS).exit_code == 0
    np.testing.assert_array_equal(thetas(folder), thetas(finished[0]))


def test_other_settings_are_refused(finished):
    result = invoke("train", "imitation", "--out", finished[0], *SETTINGS, "--seed", "5")
    assert result.exit_code == 2
    assert "other settings" in result.stderr


def test_an_unknown_task_is_refused(tmp_path):
    result = invoke("train", "juggling", "--out", tmp_path / "x")
    assert result.exit_code == 2
    assert "flip-flop" in result.stderr


def test_a_divergence_names_the_last_good_checkpoint(tmp_path):
    wild = [*SETTINGS[:-1], "1e6"]
    result = invoke("train", "imitation", "--out", tmp_path / "wild", *wild)
    assert result.exit_code == 3
    assert "First to blow up" in result.stderr
    assert "Last good checkpoint: the initial network" in result.stderr.replace("\n", " ")


def test_checkpoints_of_a_user_are_tracked(tmp_path):
    for step in range(0, 101, 20):
        field = CTRNN(jnp.diag(jnp.array([1.0, 0.2])), gain=0.5 + 0.01 * step)
        save_field(tmp_path / f"step_{step}.eqx", field)
    out = tmp_path / "tracked"
    pattern = str(tmp_path / "step_*.eqx")
    result = invoke(
        "track", "--checkpoints", pattern, "--out", out, "--json",
        "--load", "bifbridge.fields:load_field", "--probe", 3, "--window", 20,
        "--parameter", "weights",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    (event,) = json.loads(result.stdout)
    assert event["kind"] == "pitchfork"
    assert event["step"] == pytest.approx(50, abs=1e-6)
    assert 1 <= event["rank_at"] < event["rank_before"]
    assert event["operator_cosine"] > 0.8
    assert {path.name for path in out.iterdir()} == {"events.csv", "track.nc", "track.png"}
    with xr.open_dataset(out / "track.nc", engine="h5netcdf") as data:
        assert np.iscomplexobj(data["eigenvalues"])
        np.testing.assert_array_equal(data["rank_step"], np.arange(0, 101, 20))
        assert np.all(data["effective_rank"] >= 1)
    assert (out / "events.csv").read_text().splitlines()[1].split(",")[1] == "pitchfork"


def test_a_run_folder_is_tracked(finished, tmp_path):
    result = invoke("track", finished[0], "--every", 20, "--starts", 2, "--out", tmp_path / "t")
    assert result.exit_code == 0, result.output
    assert "checkpoints" in result.stdout
    assert (tmp_path / "t" / "track.nc").exists()


def test_a_student_teacher_folder_is_tracked_on_its_own_trials(tmp_path):
    """Its checkpoints as `student-teacher` writes them, without the rest of that job."""
    from bifbridge.studies.student_teacher import StudentTeacherConfig, open_run_folder
    from bifbridge.studies.student_teacher._descent import descend
    from bifbridge.studies.student_teacher._setup import set_up

    config = StudentTeacherConfig(units=4, trials=3, steps=20, horizon=4.0, checkpoint_every=20)
    path, _ = descend(set_up(config), open_run_folder(tmp_path / "run", config))
    result = invoke(
        "track", tmp_path / "run", "--every", 20, "--starts", 1, "--probe", 1,
        "--out", tmp_path / "t",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    with xr.open_dataset(tmp_path / "t" / "track.nc", engine="h5netcdf") as data:
        np.testing.assert_array_equal(data["step"], [0, path.n_steps])
        assert data["effective_rank"].size == 2


def test_a_folder_without_a_run_is_refused(tmp_path):
    result = invoke("track", tmp_path)
    assert result.exit_code != 0
    assert "config.toml" in result.stderr.replace("\n", " ")
