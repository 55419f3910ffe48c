"""Julia is found without being started, and what is wrong comes with what mends it."""

import json
import tomllib
from importlib.metadata import version

import pytest

from bifbridge.continuation.bifurcationkit import _package
from bifbridge.continuation.bifurcationkit._installation import find_installation
from bifbridge.continuation.bifurcationkit._package import bridge_folder, requirements_file

PACKAGES = {"PythonCall": version("juliacall"), "BifurcationKit": "0.8.0"}


def problems(found):
    return " ".join(problem.what for problem in found.problems)


def remedies(found):
    return " ".join(problem.remedy for problem in found.problems)


def test_a_named_julia_with_its_packages_is_ready(air_gapped, fake_julia, project):
    air_gapped(fake_julia("1.11.1"), project(PACKAGES))
    found = find_installation()
    assert found.ready, found.problems
    assert not found.managed
    assert found.version == (1, 11, 1)
    assert found.packages["BifurcationKit"] == "0.8.0"


def test_a_manifest_of_julias_own_minor_version_comes_first(air_gapped, fake_julia, project):
    project({"PythonCall": "0.1.0"})
    air_gapped(fake_julia("1.11.1"), project(PACKAGES, "Manifest-v1.11.toml"))
    assert find_installation().ready


@pytest.mark.parametrize("old", ["1.5.3", "1.10.2", "2.0.0"])
def test_a_julia_of_another_version_is_named_with_the_range_that_serves(
    old, air_gapped, fake_julia, project
):
    program = fake_julia(old)
    air_gapped(program, project(PACKAGES))
    found = find_installation()
    assert f"{program} is Julia {old}; needed is 1.10.3" in problems(found)
    assert "PYTHON_JULIACALL_EXE" in remedies(found)


def test_julia_1_12_waits_for_a_python_with_its_openssl(
    air_gapped, fake_julia, project, monkeypatch
):
    air_gapped(fake_julia("1.12.0"), project(PACKAGES))
    monkeypatch.setattr("ssl.OPENSSL_VERSION_INFO", (3, 0, 11, 0, 0))
    assert "needed is 1.10.3 to 1.11" in problems(find_installation())
    monkeypatch.setattr("ssl.OPENSSL_VERSION_INFO", (3, 5, 0, 0, 0))
    assert find_installation().ready


def test_a_program_that_is_no_julia_is_not_taken_for_one(air_gapped, tmp_path, project):
    (tmp_path / "julia").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "julia").chmod(0o755)
    air_gapped(tmp_path / "julia", project(PACKAGES))
    assert "does not answer as Julia does" in problems(find_installation())


def test_an_executable_that_is_not_there(air_gapped, tmp_path, project):
    air_gapped(tmp_path / "gone" / "julia", project(PACKAGES))
    found = find_installation()
    assert "is not an executable file" in problems(found)
    assert found.executable is None


@pytest.mark.parametrize(("given", "lacking"), [("EXE", "PROJECT"), ("PROJECT", "EXE")])
def test_one_of_the_two_variables_is_not_enough(
    given, lacking, air_gapped, fake_julia, monkeypatch
):
    monkeypatch.setenv(f"PYTHON_JULIACALL_{given}", str(fake_julia("1.11.1")))
    found = find_installation()
    assert f"PYTHON_JULIACALL_{lacking} is not" in problems(found)
    assert f"Set PYTHON_JULIACALL_{lacking} too" in remedies(found)


def test_an_option_of_the_interpreter_counts_as_the_variable(
    air_gapped, fake_julia, project, monkeypatch
):
    options = {
        "juliacall-exe": str(fake_julia("1.11.1")),
        "juliacall-project": str(project(PACKAGES)),
    }
    monkeypatch.setattr("sys._xoptions", options)
    assert find_installation().ready


@pytest.mark.parametrize(
    ("packages", "words"),
    [
        ({}, "lacks PythonCall"),
        ({"PythonCall": version("juliacall")}, "lacks BifurcationKit"),
        (PACKAGES | {"BifurcationKit": "0.7.3"}, "BifurcationKit is 0.7.3; needed is 0.8"),
        (PACKAGES | {"PythonCall": "0.9.20"}, "PythonCall is 0.9.20, but"),
    ],
)
def test_a_half_installed_project_gets_the_command_that_completes_it(
    packages, words, air_gapped, fake_julia, project
):
    program, folder = fake_julia("1.10.4"), project(packages)
    air_gapped(program, folder)
    found = find_installation()
    assert words in problems(found)
    assert f"{program} --project={folder} -e 'using Pkg; Pkg.add(" in remedies(found)
    assert f'name="PythonCall", version="{version("juliacall")}"' in remedies(found)


def test_a_damaged_manifest_counts_as_none(air_gapped, fake_julia, project):
    folder = project(PACKAGES)
    (folder / "Manifest.toml").write_text("[[deps.Python")
    air_gapped(fake_julia("1.10.4"), folder)
    assert "lacks PythonCall" in problems(find_installation())


def test_without_anything_the_way_to_install_is_shown(nothing_installed):
    found = find_installation()
    assert found.executable is None
    assert found.managed
    assert "No Julia 1.10.3" in problems(found)
    assert "bifbridge julia install" in remedies(found)
    assert "PYTHON_JULIACALL_EXE" in remedies(found)


def test_looking_leaves_no_trace(nothing_installed, tmp_path):
    find_installation()
    assert list(tmp_path.iterdir()) == []


def test_an_old_julia_on_the_path_is_passed_over_by_name(nothing_installed, fake_julia):
    program = fake_julia("1.5.3")
    found = find_installation()
    assert found.others == ((program, (1, 5, 3)),)
    assert f"Found 1.5.3 at {program}, which does not serve" in problems(found)


def test_a_julia_that_serves_is_found_before_its_project_is(nothing_installed, fake_julia):
    program = fake_julia("1.11.2")
    found = find_installation()
    assert found.executable == program
    assert found.origin == "PATH"
    assert "is not set up" in problems(found)
    assert not found.ready


def test_an_installation_without_its_julia_package_is_not_ready(
    air_gapped, fake_julia, project, monkeypatch, tmp_path
):
    monkeypatch.setattr(_package, "_ROOM", tmp_path / "inner" / "bifbridge")
    air_gapped(fake_julia("1.11.1"), project(PACKAGES))
    found = find_installation()
    assert found.bridge is None
    assert "lacks the Julia package BifBridge" in problems(found)


def test_the_julia_package_inside_a_wheel_comes_before_one_beside_it(monkeypatch, tmp_path):
    monkeypatch.setattr(_package, "_ROOM", tmp_path / "bifbridge")
    beside = tmp_path / "julia" / "BifBridge"
    inside = tmp_path / "bifbridge" / "julia" / "BifBridge"
    for folder in (beside, inside):
        assert bridge_folder() != folder
        folder.mkdir(parents=True)
        (folder / "Project.toml").write_text('name = "BifBridge"\n')
        assert bridge_folder() == folder


def test_every_package_that_bifbridge_uses_is_asked_of_juliapkg():
    folder = bridge_folder()
    assert folder is not None
    uses = tomllib.loads((folder / "Project.toml").read_text())["deps"]
    asked = json.loads(requirements_file().read_text())["packages"]
    standard = {"LinearAlgebra", "Logging", "SparseArrays", "Random", "Printf"}
    for name, uuid in uses.items():
        if name not in standard:
            assert asked[name]["uuid"] == uuid
