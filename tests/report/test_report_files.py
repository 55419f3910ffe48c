"""Files of a report: whole, reproducible, and refused with a reason when their data are bad."""

import io
import json
import re
import subprocess
import sys

import pytest

from bifbridge._errors import FileFormatError, RunFolderError
from bifbridge.plotting import DARK, LIGHT, styled
from bifbridge.report import read_run, write_figures
from bifbridge.report._catalogue import available
from bifbridge.report._figures import recoloured, svg_text
from tests.report.helpers.synthetic_run import run_tree, write_run


def test_figures_come_as_png_and_pdf_of_the_same_names_and_bytes(tmp_path):
    tree = run_tree(without=["kernel", "equilibrium", "diagram", "crossing"])
    files = write_figures(tree, tmp_path / "figures")
    assert sorted(p.name for p in files) == sorted(
        f"{name}.{suffix}"
        for name in ("training", "landscape", "distance")
        for suffix in ("png", "pdf")
    )
    assert sorted((tmp_path / "figures").iterdir()) == sorted(files), "no temporary file is left"
    first = {p.name: p.read_bytes() for p in files}
    assert {p.name: p.read_bytes() for p in write_figures(tree, tmp_path / "figures")} == first
    assert first["training.png"].startswith(b"\x89PNG")
    assert first["training.pdf"].startswith(b"%PDF")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "figures").write_text("a file where the folder should be")
    with pytest.raises(RunFolderError, match="cannot be written"):
        write_figures(run_tree(), tmp_path / "figures")


def with_plain_names(svg):
    """An SVG whose markers, named after a hash of their colours, are numbered instead."""
    names = dict.fromkeys(re.findall(r"\bm[0-9a-f]{10}\b", svg))
    for position, name in enumerate(names):
        svg = svg.replace(name, f"marker-{position}")
    return svg


def test_the_dark_pictures_are_those_that_the_dark_theme_draws():
    tree = run_tree()
    for name in ("training", "learning-diagram", "profile", "distance"):
        (entry,) = [figure for figure in available(tree) if figure.name == name]
        with styled(DARK):
            file = io.StringIO()
            entry.draw(tree, DARK, entry.width).savefig(file, format="svg", metadata={"Date": None})
        light = svg_text(entry.draw(tree, LIGHT, entry.width))
        assert with_plain_names(recoloured(light)) == with_plain_names(file.getvalue())
        assert with_plain_names(light) != with_plain_names(file.getvalue())


@pytest.mark.parametrize("name", ["run.nc", "summary.json"])
def test_a_missing_file_is_named(name, tmp_path):
    write_run(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(RunFolderError, match=name):
        read_run(tmp_path)


@pytest.mark.parametrize("keep", [0, 100, 20_000])
def test_a_truncated_file_is_refused(keep, tmp_path):
    data = write_run(tmp_path) / "run.nc"
    data.write_bytes(data.read_bytes()[:keep])
    with pytest.raises(FileFormatError, match="cannot be read as netCDF"):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [({"kind": "weather"}, "no student-teacher run"), ({"schema_version": 99}, "Update")],
)
def test_foreign_and_newer_files_are_refused(attributes, message, tmp_path):
    write_run(tmp_path)
    tree = run_tree()
    tree.attrs.update(attributes)
    tree.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    with pytest.raises(FileFormatError, match=message):
        read_run(tmp_path)


@pytest.mark.parametrize("text", ["{", "[1, 2]"])
def test_a_summary_that_is_no_object_is_refused(text, tmp_path):
    (write_run(tmp_path) / "summary.json").write_text(text)
    with pytest.raises(FileFormatError, match=r"summary\.json"):
        read_run(tmp_path)


def test_the_run_comes_back_as_it_was_written(tmp_path):
    run = read_run(write_run(tmp_path))
    assert run.crossing is not None
    assert run.crossing["kind"] == "pitchfork"
    assert run.tree.children["events"].dataset["kind"].values[0] == "pitchfork"
    assert run.tree.equals(run_tree())
    assert run.config == json.loads(run_tree().attrs["config"])


def test_reports_never_import_pyplot():
    code = "import sys, bifbridge.report; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0
