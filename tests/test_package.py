"""What importing the package and asking the command for help cost, and what a wheel carries."""

import runpy
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import bifbridge as bb

CHECK = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "check_light_commands.py"))
HEAVY, run = CHECK["HEAVY"], CHECK["run"]

#: Only some results need these.
SOMETIMES = (
    "dask", "distributed", "h5netcdf", "juliacall", "matplotlib", "pandas", "plotly", "rich",
    "submitit", "typer", "xarray", "zarr",
)  # fmt: skip


def python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True
    ).stdout


def loaded_by(code):
    return set(python("-c", f"{code}\nimport sys; print(*sys.modules)").split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_by("import bifbridge") & (HEAVY | set(SOMETIMES))


def test_kernels_and_continuation_load_nothing_that_is_only_sometimes_needed():
    loaded = loaded_by("import bifbridge as bb; bb.StateSpaceNTK, bb.continuation, bb.JaxEngine")
    assert "jax" in loaded
    assert not loaded & set(SOMETIMES)


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [pytest.param(*call, id=" ".join((*call[0], *call[1].values()))) for call in CHECK["calls"]()],
)
def test_version_help_and_completion_load_nothing_heavy(arguments, variables):
    printed, loaded = run(arguments, variables)
    assert printed.strip()
    assert "bifbridge.cli" in loaded  # so that the names are those of this very process
    assert not loaded & HEAVY


def test_the_shell_completes_without_help_of_the_heavy_packages():
    printed, _ = run((), CHECK["completing"]("bifbridge stu"))
    assert printed.split() == ["student-teacher", "study"]


@pytest.mark.parametrize("command", [["-m", "bifbridge", "--version"]])
def test_the_package_runs_as_a_module(command):
    assert python(*command).strip() == f"bifbridge {bb.__version__}"


@pytest.mark.parametrize("name", ["py.typed", "__init__.pyi", "continuation/__init__.pyi"])
def test_the_package_is_typed(name):
    assert files("bifbridge").joinpath(name).is_file()
