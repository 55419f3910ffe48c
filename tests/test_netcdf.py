"""What all netCDF files share: provenance, and what is refused."""

import json

import pytest
import xarray as xr

from bifbridge._errors import FileFormatError
from bifbridge._netcdf import check_format, provenance, read_dataset, write_dataset


def checked(dataset):
    check_format(dataset.attrs, "f", 2)
    return dataset


def written(path, **attributes):
    write_dataset(path, xr.Dataset({"z": ("x", [1.0 + 2.0j])}, attrs=attributes))
    return path


@pytest.mark.parametrize("version", [1, 2])
def test_this_and_older_versions_are_read_with_or_without_versions_of_packages(tmp_path, version):
    for attributes in (provenance("f", version), {"format": "f", "format_version": version}):
        data = read_dataset(written(tmp_path / "a.nc", **attributes), "thing", checked)
        assert data["z"].item() == 1 + 2j


def test_a_newer_version_is_refused(tmp_path):
    with pytest.raises(FileFormatError, match=r"version .*3.*reads .*2"):
        read_dataset(written(tmp_path / "a.nc", **provenance("f", 3)), "thing", checked)


@pytest.mark.parametrize("content", [b"", b"foreign text", None])
def test_truncated_foreign_and_missing_files_are_refused(tmp_path, content):
    path = tmp_path / "a.nc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileFormatError, match="not a readable thing"):
        read_dataset(path, "thing", checked)


def test_provenance_names_what_made_the_numbers():
    versions = json.loads(provenance("f", 1)["versions"])
    assert {"bifbridge", "python", "jax", "numpy"} <= set(versions)
