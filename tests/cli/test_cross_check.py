"""`bifbridge cross-check` compares engines from the command line."""

import json
import os
import sys

import pytest
import xarray as xr
from typer.testing import CliRunner

from bifbridge.cli import app

MODEL = """
def pitchfork(z, p):
    return p * z - z**3
"""


@pytest.fixture
def target(tmp_path, monkeypatch):
    name = f"checked_{os.getpid()}_{len(sys.modules)}"
    (tmp_path / f"{name}.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return f"{name}:pitchfork"


def run(*arguments):
    return CliRunner().invoke(app, ["cross-check", *arguments])


def test_agreement_is_status_0_with_json_page_and_file(target, tmp_path):
    result = run(
        target, "--start", "0", "--span", "-1:1", "--engines", "jax,krylov", "--json",
        "--html", "check.html", "--out", "check.nc",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert [engine["name"] for engine in report["engines"]] == ["jax", "krylov"]
    assert report["matches"][0]["quantities"]["c3"]["values"] == pytest.approx([-1, -1])
    assert "pitchfork" in (tmp_path / "check.html").read_text()
    with xr.open_dataset(tmp_path / "check.nc", engine="h5netcdf") as data:
        assert data.sizes["match"] == 1


def test_disagreement_is_status_1(target):
    # With ten points the second engine never reaches the pitchfork.
    result = run(
        target, "--start", "0", "--span", "-1:1", "--engines", "jax,krylov",
        "--ds", "0.01", "--ds-max", "0.01", "--max-points", "10",
    )  # fmt: skip
    assert result.exit_code == 0  # both stop early, and agree on that
    result = run(target, "--start", "0", "--span", "-1:1", "--engines", "jax,krylov",
                 "--tolerance", "-1")  # fmt: skip
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("engines", "words"),
    [("jax", "at least two"), ("jax,jax", "at least two"), ("jax,auto", "engine 'auto'")],
)
def test_engines_are_checked(engines, words, target):
    result = run(target, "--start", "0", "--span", "-1:1", "--engines", engines)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())
