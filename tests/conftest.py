"""Machines with this or that Julia, for every test that asks what is installed."""

import pytest


def pytest_ignore_collect(collection_path):
    """Helpers hold no tests: as modules with doctests they would be imported for nothing."""
    helper = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if helper else None


@pytest.fixture
def fake_julia(tmp_path):
    """A maker of programs that answer to --version as a Julia of that version does."""

    def make(version, folder="bin"):
        (tmp_path / folder).mkdir(exist_ok=True)
        program = tmp_path / folder / "julia"
        program.write_text(f'#!/bin/sh\necho "julia version {version}"\n')
        program.chmod(0o755)
        return program

    return make


@pytest.fixture
def project(tmp_path):
    """A maker of Julia projects with the packages of a manifest."""

    def make(packages, name="Manifest.toml"):
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        entries = "\n".join(
            f'[[deps.{package}]]\nversion = "{version}"\n' for package, version in packages.items()
        )
        (folder / name).write_text(f'manifest_format = "2.0"\n\n{entries}')
        return folder

    return make


@pytest.fixture
def air_gapped(monkeypatch):
    """A setter of the two variables that name a Julia and a project."""

    def give(executable, project):
        monkeypatch.setenv("PYTHON_JULIACALL_EXE", str(executable))
        monkeypatch.setenv("PYTHON_JULIACALL_PROJECT", str(project))

    monkeypatch.delenv("PYTHON_JULIACALL_EXE", raising=False)
    monkeypatch.delenv("PYTHON_JULIACALL_PROJECT", raising=False)
    return give


@pytest.fixture
def nothing_installed(monkeypatch, tmp_path, air_gapped):
    """A machine on which juliapkg has set up nothing and PATH has no Julia."""
    from juliapkg.state import STATE

    settings = {
        "project": str(tmp_path / "julia_env"),
        "prefix": str(tmp_path / "julia_env" / "pyjuliapkg"),
        "meta": str(tmp_path / "julia_env" / "pyjuliapkg" / "meta.json"),
        "install": str(tmp_path / "julia_env" / "pyjuliapkg" / "install"),
        "override_executable": None,
        "resolved": False,
    }
    for name, value in settings.items():
        monkeypatch.setitem(STATE, name, value)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("JULIAUP_DEPOT_PATH", str(tmp_path / "juliaup"))
