"""`bifbridge julia` tells what there is and what mends what there is not."""

import json

import pytest
from typer.testing import CliRunner

from bifbridge.cli import app
from bifbridge.continuation.bifurcationkit import _doctor, _install
from bifbridge.continuation.bifurcationkit._doctor import examine
from tests.continuation.bifurcationkit.test_installation import PACKAGES


def run(*arguments):
    return CliRunner().invoke(app, ["julia", *arguments])


@pytest.fixture
def ready(air_gapped, fake_julia, project, monkeypatch):
    """Everything in place, and a start that succeeds without starting anything."""
    program, folder = fake_julia("1.11.1"), project(PACKAGES)
    air_gapped(program, folder)
    monkeypatch.setattr(_doctor, "_probe", lambda: {"start": 8.75, "load": 3.5})
    return program, folder


def test_a_healthy_julia_is_shown_with_its_times(ready):
    program, folder = ready
    result = run("doctor")
    assert result.exit_code == 0
    text = "".join(result.stdout.split())
    assert str(program) in text
    assert str(folder) in text
    assert "8.8s" in text
    assert "BifurcationKitisready" in text


def test_json_has_every_finding(ready):
    report = json.loads(run("doctor", "--json").stdout)
    assert report["healthy"] is True
    assert report["julia_version"] == "1.11.1"
    assert report["packages"] == PACKAGES
    assert (report["start_seconds"], report["load_seconds"]) == (8.75, 3.5)
    assert report["problems"] == []


def test_without_starting_no_time_is_told(ready, monkeypatch):
    monkeypatch.setattr(_doctor, "_probe", lambda: pytest.fail("started"))
    report = json.loads(run("doctor", "--no-start", "--json").stdout)
    assert report["healthy"] is True
    assert report["start_seconds"] is None


def test_without_julia_the_table_and_the_commands_come_with_status_1(nothing_installed):
    result = run("doctor")
    assert result.exit_code == 1
    assert "not found (needed: 1.10.3" in result.stdout
    assert "→ bifbridge julia install" in result.stdout
    assert "PYTHON_JULIACALL_EXE" in result.stdout
    report = json.loads(run("doctor", "--json").stdout)
    assert report["healthy"] is False
    assert report["julia"] is None
    assert {"what", "remedy"} == set(report["problems"][0])


def test_an_old_julia_is_shown_as_passed_over(nothing_installed, fake_julia):
    program = fake_julia("1.5.3")
    result = run("doctor")
    assert result.exit_code == 1
    assert "Passed over" in result.stdout
    assert f"{program}is1.5.3" in "".join(result.stdout.split())


def test_a_start_that_fails_is_a_problem_of_its_own(ready, monkeypatch):
    answer = {"error": "GLIBCXX_3.4.30 not found", "remedy": "LD_PRELOAD=…"}
    monkeypatch.setattr(_doctor, "_probe", lambda: answer)
    result = run("doctor")
    assert result.exit_code == 1
    assert "GLIBCXX_3.4.30 not found" in result.stdout
    assert "→ LD_PRELOAD=…" in result.stdout


def test_a_start_that_crashes_is_told_with_the_end_of_its_output(ready, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(_doctor, "_PROBE", "import os, sys; sys.stderr.write('boom'); os._exit(3)")
    answer = _doctor._probe()
    assert "ended with status 3:\nboom" in answer["error"]


def test_where_prints_the_places(ready):
    program, folder = ready
    places = json.loads(run("where", "--json").stdout)
    assert places["julia"] == str(program)
    assert places["project"] == str(folder)
    assert places["bifbridge_jl"].endswith("BifBridge")
    assert str(program) in run("where").stdout


def test_install_leaves_a_julia_that_the_user_keeps_alone(ready):
    result = run("install")
    assert result.exit_code == 1
    assert "you keep yourself" in result.stderr


def test_install_resolves_and_examines(nothing_installed, monkeypatch):
    import juliapkg

    calls = []
    monkeypatch.setattr(juliapkg, "resolve", lambda **options: calls.append(options))
    result = run("install", "--force")
    assert calls == [{"force": True}]
    # Nothing was really installed, and the doctor says so.
    assert result.exit_code == 1
    assert "bifbridge julia install" in result.stdout


def test_an_unreachable_server_is_told_with_the_way_around(nothing_installed, monkeypatch):
    import juliapkg

    def fail(**_):
        raise OSError("unreachable")

    monkeypatch.setattr(juliapkg, "resolve", fail)
    with pytest.raises(_install.JuliaUnavailableError, match="unreachable"):
        _install.install()
    assert not examine(start=False).healthy
