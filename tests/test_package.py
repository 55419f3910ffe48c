"""What importing the package costs, and what an installed one carries."""

import subprocess
import sys

import pytest

import bifbridge as bb

HEAVY = (
    "dask", "distributed", "h5netcdf", "juliacall", "matplotlib", "pandas", "rich", "submitit",
    "typer", "xarray", "zarr",
)  # fmt: skip


def python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True
    ).stdout


def test_import_loads_jax_and_nothing_that_is_only_sometimes_needed():
    code = f"import sys, bifbridge; print([n for n in {HEAVY!r} if n in sys.modules])"
    assert python("-c", code).strip() == "[]"


@pytest.mark.parametrize("command", [["-m", "bifbridge", "--version"]])
def test_the_package_runs_as_a_module(command):
    assert python(*command).strip() == f"bifbridge {bb.__version__}"


def test_the_package_is_typed():
    from importlib.resources import files

    assert files("bifbridge").joinpath("py.typed").is_file()
