"""`bifbridge sntk` keeps its interface."""

import json

import jax.numpy as jnp
import pytest
import typer
from typer.testing import CliRunner

from bifbridge.cli._sntk import _rows, sntk_command
from bifbridge.fields import CTRNN, save_field

app = typer.Typer()
app.command("sntk")(sntk_command)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "critical.eqx"
    save_field(path, CTRNN(jnp.diag(jnp.array([1.0, 0.3, -0.2]))))
    return str(path)


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_a_critical_model_has_its_spectrum_channels_and_verdict(model):
    options = ("--parameters", "weights", "--trials", "4", "--amplitude", "0.05", "--top", "3")
    result = run(model, *options, "--horizon", "40", "--step", "0.2", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert len(report["spectrum"]["eigenvalues"]) == 3
    assert report["at_bifurcation"]
    assert report["channels"]["kind"] == "pitchfork"
    assert report["channels"]["carrier"] == "slope"
    assert report["collapse"]["verdict"] == "bifurcation"
    assert report["leaf_shares"] == {"weights": 1.0}
    rows = dict(_rows(report))
    assert rows["Kernel"] == "4 trials, 9 parameters"
    assert "pitchfork" in rows["Normal form"]


def test_wrong_input_is_refused_in_one_sentence(model, tmp_path):
    assert "No parameter is called" in run(model, "--parameters", "wieghts").output
    assert "numbers for 3 states" in run(model, "--state", "1,2").output
    broken = tmp_path / "broken.eqx"
    broken.write_text("nothing")
    result = run(str(broken))
    assert result.exit_code == 1
