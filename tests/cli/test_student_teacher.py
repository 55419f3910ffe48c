"""The main job as a person runs it: whole, interrupted, refused."""

import errno
import json
import os
import re

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from bifbridge.cli import app
from bifbridge.fields import load_field

SMALL = """
units = 6
trials = 6
horizon = 16.0
step_size = 0.4
steps = 120
learning_rate = 0.05
momentum = 0.9
teacher_eigenvalues = [1.5, 0.5]
checkpoint_every = 40
kernel_modes = 4
"""


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    path = tmp_path_factory.mktemp("settings") / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def finished(tmp_path_factory, settings):
    folder = tmp_path_factory.mktemp("runs") / "small"
    result = invoke("student-teacher", "--out", folder, "--config", settings)
    assert result.exit_code == 0, result.output
    return folder, result


def test_the_folder_holds_everything(finished):
    folder, result = finished
    names = {path.name for path in folder.iterdir()}
    expected = {"report.html", "summary.json", "run.nc", "figures", "checkpoints", "config.toml"}
    assert names == expected | {"teacher.eqx", "student.eqx"}
    pictures = {path.stem for path in (folder / "figures").iterdir()}
    assert {path.suffix for path in (folder / "figures").iterdir()} == {".png", ".pdf"}
    assert {"training", "crossing", "scree", "landscape", "distance"} <= pictures
    assert "pitchfork at step" in result.stdout
    assert load_field(folder / "teacher.eqx").weights.shape == (6, 6)


def test_the_summary_keeps_its_names(finished):
    summary = json.loads((finished[0] / "summary.json").read_text())
    assert {"config", "versions", "loss", "effective_rank"} <= set(summary)
    assert set(summary["loss"]) == {"initial", "final"}
    rank = {"initial", "minimum", "step_of_minimum", "at_bifurcation"}
    assert rank <= set(summary["effective_rank"])
    event = summary["first_bifurcation"]
    assert event["kind"] == "pitchfork"
    assert event["criticality"] == "supercritical"
    assert event["converged"] is True
    assert len(event["state"]) == 6
    assert {"mu_gradient_norm", "cubic", "quadratic"} <= set(event["normal_form"])
    assert {
        "parameter_direction_cosine",
        "operator_cosine",
        "critical_channel_operator_cosine",
        "top_eigenvalue_ratio",
        "critical_channel_share",
        "loss_landscape_relative_error",
    } <= set(summary["prediction"])


def test_the_crossing_is_where_the_leading_eigenvalue_of_the_weights_is_one(finished):
    """With tanh and no bias the origin bifurcates exactly there: an independent check."""
    folder, _ = finished
    summary = json.loads((folder / "summary.json").read_text())
    step = summary["first_bifurcation"]["step"]
    thetas = np.concatenate([
        np.load(path)["thetas"] for path in sorted((folder / "checkpoints").glob("*.npz"))
    ])
    low = int(step)
    weights = thetas[low] + (step - low) * (thetas[low + 1] - thetas[low])
    leading = np.linalg.eigvals(weights.reshape(6, 6)).real.max()
    assert abs(leading - 1) < 1e-12
    slope = np.linalg.eigvals((thetas[low + 1] - thetas[low]).reshape(6, 6)).real.max()
    assert abs(leading - 1) / slope < 1e-8


def test_theory_meets_measurement_at_the_crossing(finished):
    prediction = json.loads((finished[0] / "summary.json").read_text())["prediction"]
    assert prediction["parameter_direction_cosine"] > 0.95
    assert prediction["operator_cosine"] > 0.95
    assert abs(prediction["top_eigenvalue_ratio"] - 1) < 0.3
    assert prediction["loss_landscape_relative_error"] < 0.05


def test_the_data_hold_what_the_page_shows(finished):
    with xr.open_datatree(finished[0] / "run.nc", engine="h5netcdf") as tree:
        assert tree.attrs["schema_version"] == 1
        groups = {"training", "kernel", "equilibrium", "diagram", "events", "crossing"}
        assert groups | {"landscape", "distance"} <= set(tree.children)
        assert tree["training/loss"].shape == (120,)
        assert (np.asarray(tree["kernel/participation_ratio"]) >= 1).all()


def test_the_report_is_rendered_again_from_the_data_alone(finished, tmp_path):
    folder, _ = finished
    for name in ("run.nc", "summary.json", "config.toml"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    result = invoke("report", tmp_path)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "report.html").read_text() == (folder / "report.html").read_text()


@pytest.mark.slow
def test_a_run_killed_between_blocks_resumes_with_the_same_numbers(finished, settings, tmp_path):
    folder, _ = finished
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    (tmp_path / "run" / "figures").mkdir()
    for name in ("config.toml", "checkpoints/block_00000000.npz"):
        (tmp_path / "run" / name).write_bytes((folder / name).read_bytes())
    result = invoke("student-teacher", "--out", tmp_path / "run", "--config", settings)
    assert result.exit_code == 0, result.output
    summaries = [json.loads((f / "summary.json").read_text()) for f in (folder, tmp_path / "run")]
    for summary in summaries:
        del summary["seconds"]
    assert summaries[0] == summaries[1]


def test_another_run_in_the_folder_is_refused(finished, settings):
    folder, _ = finished
    result = invoke("student-teacher", "--out", folder, "--config", settings, "--seed", 5)
    assert result.exit_code == 2
    assert "seed = 0 there, 5 here" in result.stderr


def test_unknown_keys_are_refused(tmp_path):
    (tmp_path / "c.toml").write_text("unitz = 3")
    result = invoke("student-teacher", "--out", tmp_path / "r", "--config", tmp_path / "c.toml")
    assert result.exit_code == 2
    assert "did you mean 'units'" in result.stderr
    assert not (tmp_path / "r").exists()


def test_negative_sizes_are_refused(tmp_path):
    result = invoke("student-teacher", "--out", tmp_path / "r", "--units", "-3")
    assert result.exit_code == 2
    assert "units = -3, expected at least 1" in result.stderr


def test_double_precision_forbidden_by_the_user_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("JAX_ENABLE_X64", "0")
    result = invoke("student-teacher", "--out", tmp_path / "r")
    assert result.exit_code == 2
    assert "JAX_ENABLE_X64=0" in result.stderr


def test_a_diverging_rate_stops_the_run_and_keeps_what_was_before(settings, tmp_path):
    result = invoke(
        *("student-teacher", "--out", tmp_path / "r", "--config", settings),
        *("--learning-rate", 1e4, "--clip-norm", 0),
    )
    assert result.exit_code == 3
    found = re.search(r"diverged at step (\d+)", result.stderr)
    assert found is not None
    step = int(found.group(1))
    with np.load(tmp_path / "r" / "checkpoints" / "block_00000000.npz") as block:
        assert len(block["losses"]) == step
        assert np.isfinite(block["losses"]).all()


def test_a_full_disk_is_named_and_loses_nothing(settings, tmp_path, monkeypatch):
    folder, real = tmp_path / "r", os.fsync
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) > 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    result = invoke("student-teacher", "--out", folder, "--config", settings)
    assert result.exit_code == 4
    assert "No space left" in result.stderr
    blocks = list((folder / "checkpoints").iterdir())
    assert [path.name for path in blocks] == ["block_00000000.npz"]


def test_a_report_of_nothing_says_what_is_missing(tmp_path):
    result = invoke("report", tmp_path)
    assert result.exit_code == 2
    assert "run.nc" in result.stderr
