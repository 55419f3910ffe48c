"""`bifbridge diagram`, `normal-form` and the files of a continuation, from the command line."""

import json
import os
import sys

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from bifbridge import load
from bifbridge.cli import app

MODEL = """
import jax.numpy as jnp

def pitchfork(z, p):
    return p * z - z**3

def fold(z, p):
    return p + z**2

def circle(z, p):
    x, y = z
    r = x * x + y * y
    return jnp.stack([(p - r) * x - y, x + (p - r) * y])

def plane(z, p, q):
    return p + q * z - z**3
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("diagram")
    name = f"drawn_{os.getpid()}"
    (folder / f"{name}.py").write_text(MODEL)
    before, path = os.getcwd(), list(sys.path)
    os.chdir(folder)
    yield folder, name
    os.chdir(before)
    sys.path[:] = path


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def made(here):
    """One diagram with every file that it can leave behind."""
    folder, name = here
    result = run(
        "diagram", f"{name}:pitchfork", "--start", "0", "--span", "-1:1", "--json",
        "--out", "d.nc", "--csv", "d.csv", "--figure", "d.pdf", "--html", "d.html",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return folder, json.loads(result.stdout)


def test_all_arms_are_followed_and_reported(made):
    _, report = made
    assert report["n_branches"] == 3
    assert [branch["level"] for branch in report["branches"]] == [0, 1, 1]
    assert [branch["parent"] for branch in report["branches"]] == [None, 0, 0]
    (point,) = report["special_points"]
    assert (point["kind"], point["criticality"]) == ("pitchfork", "supercritical")
    assert point["normal_form"]["c3"] == pytest.approx(-1)


def test_the_files_hold_the_same_diagram(made):
    folder, _ = made
    diagram = load(folder / "d.nc")
    table = pd.read_csv(folder / "d.csv")
    assert len(table) == sum(len(entry.branch) for entry in diagram.branches)
    arm = table[table.branch == 1]
    np.testing.assert_allclose(np.abs(arm.z0), np.sqrt(arm.parameter), rtol=1e-8)
    special = pd.read_csv(folder / "d.special.csv")
    assert special.kind.tolist() == ["pitchfork"]
    assert special.c3[0] == pytest.approx(-1)
    assert (folder / "d.pdf").read_bytes().startswith(b"%PDF")
    assert "supercritical pitchfork" in (folder / "d.html").read_text(encoding="utf-8")


def test_report_renders_a_stored_diagram(made):
    folder, _ = made
    result = run("report", "d.nc", "--html", "again.html")
    assert result.exit_code == 0, result.output
    page = (folder / "again.html").read_text(encoding="utf-8")
    assert "the file holds no field" in page
    assert "3 branches, 1 special point" in page


def test_a_branch_leaves_its_cycles_behind(here):
    folder, name = here
    result = run(
        "continue", f"{name}:circle", "--start", "0,0", "--span", "-0.5:0.5", "--cycles",
        "--out", "b.nc", "--csv", "b.csv", "--figure", "b.png",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    cycles = load(folder / "b.cycles-0.nc")
    np.testing.assert_allclose(cycles.maxima[:, 0], np.sqrt(cycles.parameters), rtol=1e-4)
    (hopf,) = [p for p in load(folder / "b.nc").special_points if p.kind == "hopf"]
    table = pd.read_csv(folder / "b.special.csv")
    assert table.omega[0] == pytest.approx(1)
    assert table.first_lyapunov[0] == pytest.approx(float(hopf.normal_form.first_lyapunov))  # pyright: ignore


def test_the_nearest_point_is_found_with_its_numbers(here):
    _, name = here
    result = run(
        "normal-form", f"{name}:circle", "--start", "0.05,0", "--at", "0.2", "--kind", "hopf",
        "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["kind"] == "hopf"
    assert report["parameter"] == pytest.approx(0, abs=1e-10)
    # ẏ = (p + i)y − y|y|² in x + iy; z = 2Re(yq) with |q| = 1 makes it −2y|y|².
    assert report["normal_form"]["c1"] == pytest.approx([-2, 0], abs=1e-9)


def test_a_kind_can_be_asked_for(here):
    _, name = here
    found = run("normal-form", f"{name}:fold", "--start", "1", "--at", "0.3", "--kind", "fold")
    assert found.exit_code == 0, found.output
    assert "fold: ȧ = μ + 1 a²" in found.stdout
    missing = run("normal-form", f"{name}:fold", "--start", "1", "--at", "0.3", "--kind", "hopf")
    assert missing.exit_code == 1
    assert "No point of kind hopf" in missing.stderr


def test_codimension_two_with_a_second_parameter(here):
    _, name = here
    result = run(
        "normal-form", f"{name}:plane", "--start", "0.1", "--at", "0.1", "--second-at", "0.2",
        "--kind", "cusp", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["parameters"] == pytest.approx([0, 0], abs=1e-9)
    assert report["normal_form"]["cubic"] == pytest.approx(-1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["diagram", "{m}:fold", "--start", "0", "--span", "0:1", "--depth", "-1"], "--depth"),
        (["diagram", "{m}:fold", "--start", "0", "--span", "-1:1", "--figure", "a.bmp"], ".pdf"),
        (["continue", "{m}:fold", "--start", "0", "--span", "-1:1", "--csv", "no/a.csv"], "folder"),
        (["normal-form", "{m}:fold", "--start", "0", "--at", "0", "--kind", "cusp"], "one of"),
        (["normal-form", "{m}:plane", "--start", "0", "--at", "0", "--second-at", "0"], "--kind"),
        (["report", ".", "--html", "x.html"], "belong to the file"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told(here, arguments, words):
    _, name = here
    result = run(*(part.format(m=name) for part in arguments))
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())


def test_a_foreign_file_is_refused(here):
    _, name = here
    result = run("report", f"{name}.py")
    assert result.exit_code == 1
    assert "not a readable netCDF file" in result.stderr


def test_nothing_to_follow_is_status_1(here):
    _, name = here
    result = run("diagram", f"{name}:fold", "--start", "1", "--span", "0.5:1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["branches"][0]["n_points"] == 0
