"""Every result is held in one way: saved and loaded bit for bit, tabulated, drawn, shown."""

import json

import jax
import jax.numpy as jnp
import jax.random as jr
import jax.tree_util as jtu
import numpy as np
import pytest
import xarray as xr

import bifbridge as bb
from bifbridge._netcdf import write_dataset
from bifbridge._result_table import RESULTS, resolve
from bifbridge.training.tracking import BifurcationTrack, KernelProbe, track_bifurcations
from tests.test_reprs import assert_short

pytest.importorskip("matplotlib")
pytest.importorskip("pandas")

RAW = bb.random_ctrnn(4, radius=0.9, key=jr.key(4)).weights
SYMMETRIC = RAW + RAW.T
#: With a largest eigenvalue of 1.25 the origin bifurcates at gain 0.8.
WEIGHTS = 1.25 * SYMMETRIC / jnp.linalg.eigvalsh(SYMMETRIC)[-1]
FAMILY = bb.LeafFamily(bb.CTRNN(WEIGHTS), "gain")
STATES = 0.1 * jr.normal(jr.key(1), (3, 4))
GRID = bb.uniform_grid(10.0, 0.5)
NAMES = ["weights"]


@pytest.fixture(scope="module")
def results():
    """One of each kind that is saved, on the same small network."""
    problem = bb.ContinuationProblem(FAMILY, jnp.zeros(4), span=(0.1, 1.2), names=NAMES)
    check = bb.cross_check(problem, [bb.JaxEngine(gradient=True), bb.JaxEngine(step=0.02)])
    point = check.branches[0].special_points[0]
    assert point.normal_form is not None
    ntk = kernel(point.parameter)
    predicted = bb.predict_kernel(point.normal_form, STATES, ntk.times, GRID.weights)
    run = [FAMILY.velocity(gain).field for gain in point.parameter + np.array([-0.1, 0.03, 0.1])]
    starts = jnp.concatenate([jnp.zeros((1, 4)), 2 * jr.normal(jr.key(2), (4, 4))])
    return {
        "cross check": check,
        "predicted kernel": predicted,
        "agreement": bb.compare(predicted, ntk),
        "spectrum": bb.spectrum(ntk),
        "equilibria": bb.find_equilibria(run[-1], starts),
        "track": track_bifurcations(
            run, starts, names=NAMES, probe=KernelProbe(STATES, GRID, tuple(NAMES)), window=1.0
        ),
    }


def kernel(gain):
    field = FAMILY.velocity(gain).field
    return bb.StateSpaceNTK(bb.linearise(field, STATES, GRID, names=NAMES))


KINDS = ["cross check", "predicted kernel", "agreement", "spectrum", "equilibria", "track"]


def assert_identical(one, other):
    assert type(one) is type(other)
    (left, structure), (right, other_structure) = jtu.tree_flatten(one), jtu.tree_flatten(other)
    assert str(structure) == str(other_structure)
    for a, b in zip(left, right, strict=True):
        assert type(a) is type(b) or isinstance(a, np.ndarray | np.generic)
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b), strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_comes_back_from_its_file_bit_for_bit(results, kind, tmp_path):
    path = results[kind].save(tmp_path / "result.nc")
    assert_identical(bb.load(path), results[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_says_in_its_file_what_it_is_and_what_made_it(results, kind):
    attributes = results[kind].to_xarray().attrs
    assert attributes["format"] == RESULTS[type(results[kind]).__name__].formats[0]
    assert "jax" in json.loads(attributes["versions"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_notebook_shows_a_table_and_a_picture(results, kind):
    shown = results[kind]._repr_html_()
    assert shown.startswith("<table>")
    assert shown.count("<img ") == 1
    assert_short(repr(results[kind]))


@pytest.mark.parametrize(
    ("kind", "rows", "column"),
    [
        ("spectrum", 16, "share"),
        ("equilibria", None, "leading"),
        ("track", None, "driver"),
        ("cross check", None, "difference"),
        ("predicted kernel", 1, "eigenvalue"),
        ("agreement", 11, "value"),
    ],
)
def test_a_result_is_a_table(results, kind, rows, column):
    table = results[kind].to_dataframe()
    assert column in table
    assert len(table) == rows or (rows is None and len(table) > 0)


def test_results_are_drawn_on_the_axes_that_are_given(results):
    from matplotlib.figure import Figure

    for result in results.values():
        axes = Figure().subplots()
        assert result.plot(ax=axes) is axes
        assert axes.get_xlabel()


def test_a_kernel_is_not_saved_and_says_what_is(tmp_path):
    ntk = kernel(0.5)
    with pytest.raises(NotImplementedError, match=r"bb\.spectrum\(ntk\)\.save\(path\)"):
        ntk.save(tmp_path / "kernel.nc")
    assert not list(tmp_path.iterdir())
    assert ntk.to_xarray()["state"].dims == ("trial", "time", "unit")
    assert "<img " in ntk._repr_html_()
    assert_short(repr(ntk))


def test_the_picture_of_a_kernel_is_its_trace_over_states():
    from bifbridge.plotting import plot_temporal_kernel
    from bifbridge.sntk import gram_matrix

    ntk = kernel(0.5)
    drawn = np.asarray(plot_temporal_kernel(ntk, trial=1).collections[0].get_array())
    moved = jax.vmap(ntk.push)(jnp.eye(ntk.n_parameters))[:, 1]
    np.testing.assert_allclose(drawn, np.einsum("ptk,psk->ts", moved, moved), rtol=1e-12)
    # The traces of all trials, weighted, add up to the trace of the kernel.
    diagonals = [
        np.diag(np.asarray(plot_temporal_kernel(ntk, trial=k).collections[0].get_array()))
        for k in range(3)
    ]
    total = np.sum(np.asarray(GRID.weights) * np.stack(diagonals)) / 3
    np.testing.assert_allclose(total, np.trace(gram_matrix(ntk)), rtol=1e-10)
    with pytest.raises(ValueError, match="trial=3, expected one of 0 to 2"):
        plot_temporal_kernel(ntk, trial=3)


def test_a_large_kernel_is_not_drawn_unasked(monkeypatch):
    monkeypatch.setattr("bifbridge.sntk._kernel_files.QUICK", 10)
    assert "<img " not in kernel(0.5)._repr_html_()


def test_a_track_without_anything_is_saved_and_shown(tmp_path):
    track = BifurcationTrack(np.arange(3.0), (), ())
    assert_identical(bb.load(track.save(tmp_path / "track.nc")), track)
    assert "<table>" in track._repr_html_()


def test_a_cross_check_of_version_1_is_read_without_its_branches(results, tmp_path):
    check = results["cross check"]
    root = (
        check
        .to_xarray()
        .to_dataset()
        .drop_vars(["point", "unmatched_found_by", "unmatched_state"], errors="ignore")
    )
    write_dataset(tmp_path / "old.nc", root.assign_attrs(format_version=1))
    old = bb.load(tmp_path / "old.nc")
    assert old.engines == check.engines
    assert old.branches == ()
    assert [match.kind for match in old.matches] == [match.kind for match in check.matches]
    assert old.largest_differences == check.largest_differences
    assert "<table>" in old._repr_html_()


def test_what_cannot_be_loaded_is_said_in_one_sentence(results, tmp_path):
    path = results["spectrum"].save(tmp_path / "spectrum.nc")
    whole = path.read_bytes()
    for name, content in {"cut.nc": whole[: len(whole) // 2], "text.nc": b"text"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(bb.errors.FileFormatError, match=rf"{name}: not a readable netCDF file"):
            bb.load(tmp_path / name)
    write_dataset(tmp_path / "foreign.nc", xr.Dataset({"x": 1.0}))
    with pytest.raises(
        bb.errors.FileFormatError, match="holds nothing of this package; expected one of"
    ):
        bb.load(tmp_path / "foreign.nc")
    with pytest.raises(
        bb.errors.FileFormatError, match=r"missing\.nc does not exist; expected a file of"
    ):
        bb.load(tmp_path / "missing.nc")
    lacking = results["spectrum"].to_xarray().drop_vars("trace")
    write_dataset(tmp_path / "lacking.nc", lacking)
    with pytest.raises(bb.errors.FileFormatError, match="not a readable spectrum"):
        bb.load(tmp_path / "lacking.nc")
    newer = results["spectrum"].to_xarray().assign_attrs(format_version=9)
    write_dataset(tmp_path / "newer.nc", newer)
    with pytest.raises(bb.errors.FileFormatError, match="this release reads"):
        bb.load(tmp_path / "newer.nc")


@pytest.mark.parametrize("name", sorted(set(RESULTS) - {"Branch", "Diagram", "SpecialPoint"}))
def test_every_row_of_the_table_names_what_exists(name):
    row = RESULTS[name]
    assert callable(resolve(f"{row.files}:to_xarray"))
    assert callable(resolve(row.picture))
    assert callable(resolve(row.summary))
    assert bool(row.formats) != bool(row.unsaved)
    if row.formats:
        assert callable(resolve(f"{row.files}:from_xarray"))
