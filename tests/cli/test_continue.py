"""`bifbridge continue` keeps its interface."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from bifbridge.cli._continue import continue_command
from bifbridge.fields import save_field
from tests import helpers

app = typer.Typer()
app.command("continue")(continue_command)

MODEL = """
import jax.numpy as jnp

def pitchfork(z, p):
    return p * z - z**3

def brusselator(z, b):
    x, y = z
    return jnp.array([1.5 - (b + 1) * x + x * x * y, b * x - x * x * y])

def nowhere(z, p):
    return z**2 + 1 + p**2

def wrong(z, p):
    return jnp.zeros(3)

number = 3
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    name = f"model_{os.getpid()}_{len(sys.modules)}"
    (tmp_path / f"{name}.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return name


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_the_json_has_the_promised_keys(here):
    result = run(f"{here}:brusselator", "--start", "1.5,1.4", "--span", "2:4", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert set(report) >= {"special_points", "n_points", "balance", "status"}
    hopf, end = report["special_points"]
    assert hopf["kind"] == "hopf"
    assert hopf["parameter"] == pytest.approx(3.25, abs=1e-12)
    assert hopf["state"] == pytest.approx([1.5, 3.25 / 1.5])
    np.testing.assert_allclose(sorted(v[1] for v in hopf["eigenvalues"]), [-1.5, 1.5])
    np.testing.assert_allclose([v[0] for v in hopf["eigenvalues"]], [0, 0], atol=1e-12)
    assert hopf["converged"] is True
    assert hopf["normal_form"]["c1"][0] == pytest.approx(-17 / 44)
    assert hopf["normal_form"]["omega"] == pytest.approx(1.5)
    assert hopf["normal_form"]["first_lyapunov"] == pytest.approx(-17 / 66)
    assert end["kind"] == "endpoint"
    assert report["status"] == "span_end"
    assert report["balance"]["complete"] is True


def test_start_parameter_and_step_are_used(here):
    result = run(
        f"{here}:pitchfork", "--start", "-0.7", "--span", "-1:1",
        "--parameter-start", "0.5", "--ds", "0.01", "--json",
    )  # fmt: skip
    report = json.loads(result.stdout)
    kinds = [point["kind"] for point in report["special_points"]]
    assert kinds == ["endpoint", "pitchfork", "endpoint"]
    assert report["special_points"][1]["normal_form"]["c3"] == pytest.approx(-1)
    assert report["n_points"] > 50


def test_a_model_file_is_continued_by_one_of_its_numbers(tmp_path):
    known = helpers.symmetric_network(4)
    save_field(tmp_path / "model.eqx", known.field)
    path = str(tmp_path / "model.eqx")
    result = run(path, "--parameter", "gain", "--span", "0:1.5", "--json")
    assert result.exit_code == 0, result.output
    points = json.loads(result.stdout)["special_points"]
    found = [point["parameter"] for point in points if point["kind"] == "pitchfork"]
    assert found == pytest.approx([gain for gain in known.gains if gain < 1.5])


def test_without_json_the_branch_is_printed(here):
    result = run(f"{here}:pitchfork", "--start", "0", "--span", "-1:1")
    assert result.exit_code == 0
    assert "supercritical pitchfork" in result.stdout
    assert "unstable 0 → 1, 1 crossings located" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{here}", "--start", "0", "--span", "-1:1"], "MODULE:FUNCTION"),
        (["{here}:missing", "--start", "0", "--span", "-1:1"], "has no"),
        (["no_such_module:f", "--start", "0", "--span", "-1:1"], "Cannot import"),
        (["{here}:number", "--start", "0", "--span", "-1:1"], "expected a function"),
        (["{here}:pitchfork", "--span", "-1:1"], "needs --start"),
        (["{here}:pitchfork", "--start", "a", "--span", "-1:1"], "expected numbers"),
        (["{here}:pitchfork", "--start", "0", "--span", "1"], "LOWER:UPPER"),
        (["{here}:pitchfork", "--start", "0", "--span", "1:-1"], "lower < upper"),
        (["{here}:pitchfork", "--start", "0", "--span", "0:1", "--ds", "-1"], "positive"),
        (["{here}:pitchfork", "--start", "0", "--span", "0:1", "--engine", "auto"], "--engine"),
        (["{here}:wrong", "--start", "0", "--span", "-1:1"], "returned shape"),
        (["{here}:brusselator", "--start", "0", "--span", "-1:1"], "raised"),
        (["gone.eqx", "--parameter", "gain", "--span", "0:1"], "Cannot read"),
        (["{here}:pitchfork", "--start", "0", "--span", "0:1", "--parameter-start", "3"],
         "outside"),
    ],
)  # fmt: skip
def test_wrong_usage_exits_with_two_and_says_why(here, arguments, words):
    result = run(*(argument.format(here=here) for argument in arguments))
    assert result.exit_code == 2
    assert words in " ".join(result.output.replace("│", " ").split())


def test_no_equilibrium_is_reported_and_exits_with_one(here):
    result = run(f"{here}:nowhere", "--start", "0.3", "--span", "0:1", "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["status"] == "no_equilibrium"
    assert report["n_points"] == 0


def test_the_command_turns_double_precision_on_by_itself(here):
    code = (
        "import typer\n"
        "from bifbridge.cli._continue import continue_command\n"
        "typer.run(continue_command)\n"
    )
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "JAX_ENABLE_X64": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code, f"{here}:pitchfork",
         "--start", "0", "--span", "-1:1", "--json"],
        capture_output=True, text=True, env=environment, timeout=120, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["special_points"][0]["kind"] == "pitchfork"
