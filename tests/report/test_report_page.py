"""A report is one whole page that says what the data say, and nothing else."""

import itertools
import re

import numpy as np
import pytest
import xarray as xr

from bifbridge.report import read_run, render, write_report
from bifbridge.report._colours import COLOURS
from bifbridge.report._figures import Picture
from tests.report.helpers.contrast import contrast
from tests.report.helpers.page_reader import PageReader
from tests.report.helpers.synthetic_run import run_summary, run_tree, write_run


def blank(entry, tree, figure):
    """Pictures for tests that read the words alone."""
    uri = "data:image/svg+xml;base64,"
    return Picture(uri, uri, 1, 1), None


def laid_out(entry, tree, figure):
    """Pictures for tests that ask whether a figure can be drawn at all."""
    figure.draw_without_rendering()
    return blank(entry, tree, figure)


@pytest.fixture
def laid_out_only(monkeypatch):
    monkeypatch.setattr("bifbridge.report._page.pictures", laid_out)


@pytest.fixture
def without_pictures(monkeypatch):
    monkeypatch.setattr("bifbridge.report._page.pictures", blank)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    folder = write_run(tmp_path_factory.mktemp("runs") / "full")
    return PageReader(write_report(folder).read_text(encoding="utf-8"))


def without_bifurcation():
    summary = run_summary()
    return summary | {
        "first_bifurcation": None,
        "prediction": None,
        "events": [],
        "distance_study": None,
        "effective_rank": summary["effective_rank"] | {"at_bifurcation": None},
    }


def page_of(folder, **contents):
    return PageReader(render(read_run(write_run(folder, **contents))))


def test_the_page_is_well_formed_with_one_heading_of_each_section(full):
    assert full.errors == []
    assert len(full.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in full.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    identities = [a["id"] for _, a in full.tags if "id" in a]
    assert len(identities) == len(set(identities))
    targets = [a["href"][1:] for a in full.all("a")]
    assert set(targets) <= set(identities)


def test_the_page_needs_nothing_but_itself(full):
    addresses = [
        value
        for _, attributes in full.tags
        for name, value in attributes.items()
        if name in {"src", "srcset", "href"}
    ]
    assert addresses
    assert all(a.startswith(("data:image/svg+xml;base64,", "#")) for a in addresses)
    assert not full.all("script")
    assert not full.all("link")
    (policy,) = [m for m in full.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy["content"].startswith("default-src 'none'")


def test_every_figure_has_words_for_those_who_do_not_see_it(full):
    assert len(full.all("figure")) == len(full.all("figcaption")) == 9
    assert all(len(image["alt"]) > 40 for image in full.all("img"))


def test_every_figure_has_both_grounds_and_wide_ones_a_narrow_layout(full):
    shown = [image["class"] for image in full.all("img")]
    wide = [a for a in full.all("figure") if a["class"] == "wide"]
    assert len(wide) == 5
    for ground in ("on-light", "on-dark"):
        assert shown.count(f"{ground} wide") == shown.count(f"{ground} narrow") == len(wide)
        assert shown.count(f"{ground} any") == 9 - len(wide)


def test_the_page_says_when_into_what_and_how_well(full):
    summary = run_summary()
    step = summary["first_bifurcation"]["step"]
    assert f"step {step:.2f} the student" in full.words.replace(" .", ".")
    assert "through a supercritical pitchfork" in full.words
    assert f"{summary['prediction']['parameter_direction_cosine']:.4f}" in full.words
    assert "participation ratio" in full.words
    assert "6 units" in full.words
    assert "12 steps after" in full.words
    assert "Nothing: every comparison above" in full.words
    assert "not known" not in full.words


@pytest.mark.usefixtures("without_pictures")
def test_what_did_not_match_is_said(tmp_path):
    summary = run_summary()
    summary["prediction"]["top_eigenvalue_ratio"] = 1.31
    summary["distance_study"]["slopes"]["top_eigenvalue_error"] = 0.4
    summary["events"][0]["loss_drop_offset"] = None
    page = page_of(tmp_path, summary=summary)
    assert "3 of 12 comparisons did not come out" in page.words
    said = page.words.split("What did not match")[1]
    for name in (
        "Leading eigenvalue : 1.31",
        "Top eigenvalue : 0.40",
        "Crossing at step 123.6 : no",
    ):
        assert name in said


@pytest.mark.usefixtures("without_pictures")
def test_numbers_beyond_the_known_ones_are_shown_without_a_verdict(tmp_path):
    summary = run_summary()
    summary["prediction"]["some_other_number"] = 0.9876
    assert "Some other number" in page_of(tmp_path, summary=summary).words


@pytest.mark.usefixtures("laid_out_only")
def test_a_run_without_bifurcation_gets_a_page_that_says_so(tmp_path):
    page = page_of(
        tmp_path,
        without=["events", "crossing", "landscape", "distance"],
        summary=without_bifurcation(),
    )
    assert page.errors == []
    assert "A student network that met no bifurcation" in page.words
    assert "no normal form to hold against" in page.words
    assert "not known" not in page.words
    assert len(page.all("figure")) == 3


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize(
    "missing", ["kernel", "equilibrium", "diagram", "events", "crossing", "landscape", "distance"]
)
def test_a_missing_group_leaves_out_its_figures_only(missing, tmp_path):
    page = page_of(tmp_path, without=[missing])
    assert page.errors == []
    assert 5 < len(page.all("figure")) <= 9


def test_the_training_alone_makes_a_page(tmp_path):
    others = ["kernel", "equilibrium", "diagram", "events", "crossing", "landscape", "distance"]
    page = page_of(tmp_path, without=others, summary={"status": "interrupted"})
    assert page.errors == []
    assert "not complete" in page.words
    assert [a["id"] for a in page.all("figure")] == ["training"]


@pytest.mark.usefixtures("without_pictures")
def test_text_from_files_cannot_become_markup(tmp_path):
    summary = run_summary()
    summary["config"] = summary["config"] | {"optimizer": "<script>alert(1)</script>", "<b>": "&"}
    summary["status"] = "<img src=x onerror=alert(1)>"
    summary["first_bifurcation"]["kind"] = "<i>odd</i>"
    page = page_of(tmp_path, without=["crossing", "landscape", "distance"], summary=summary)
    assert page.errors == []
    assert not page.all("script")
    assert not page.all("i")
    assert "<script>alert(1)</script>" in page.words
    assert all(a["src"].startswith("data:") for a in page.all("img"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_the_page(theme):
    colours = COLOURS[theme]
    for name in ("ink", "muted", "link", "good", "bad"):
        for ground in ("ground", "raised"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def write_changed(folder, tree, summary):
    write_run(folder, summary=summary)
    tree.to_netcdf(folder / "run.nc", engine="h5netcdf")
    return PageReader(render(read_run(folder)))


@pytest.mark.usefixtures("laid_out_only")
def test_a_hopf_run_does_without_profiles_and_arms(tmp_path):
    tree, summary = run_tree(without=["diagram", "distance"]), run_summary()
    profiles = ["amplitude", "predicted_profile", "measured_profile"]
    tree["crossing"] = tree.children["crossing"].to_dataset().drop_vars(profiles)
    tree["events"] = tree.children["events"].to_dataset().assign(kind=("event", ["hopf"]))
    form = {"mu_gradient_norm": 1.0, "cubic": -0.3, "cubic_imaginary": 0.1, "frequency": 0.7}
    summary["first_bifurcation"] |= {"kind": "hopf", "normal_form": form}
    page = write_changed(tmp_path, tree, summary)
    assert page.errors == []
    assert "through a supercritical Hopf" in page.words
    assert "0.700 radians per unit of time" in page.words
    names = [a["id"] for a in page.all("figure")]
    assert "profile" not in names
    assert "scree" in names


@pytest.mark.usefixtures("laid_out_only")
def test_an_empty_group_of_events_counts_as_none(tmp_path):
    others = ["crossing", "landscape", "distance"]
    tree = run_tree(without=others)
    tree["events"] = tree.children["events"].to_dataset().isel(event=[])
    page = write_changed(tmp_path, tree, without_bifurcation())
    assert [a["id"] for a in page.all("figure")] == [
        "training",
        "learning-diagram",
        "kernel-spectrum",
    ]


@pytest.mark.parametrize("losses", [[2.0], [np.nan, np.nan], [2.0, np.inf], [0.0, 0.0]])
def test_a_training_that_broke_off_at_once_makes_a_page(losses, tmp_path):
    tree = run_tree(without=["kernel", "equilibrium", "diagram", "events", "crossing"])
    tree = tree.drop_nodes(["landscape", "distance"])
    tree["training"] = xr.Dataset(
        {"loss": ("step", losses)}, coords={"step": np.arange(len(losses))}
    )
    page = write_changed(tmp_path, tree, {"status": "diverged at step 1"})
    assert page.errors == []
    assert "diverged at step 1" in page.words


@pytest.mark.usefixtures("laid_out_only")
def test_a_single_checkpoint_makes_a_page(tmp_path):
    tree = run_tree(without=["events", "crossing", "landscape", "distance"])
    for name in ("kernel", "equilibrium", "diagram"):
        tree[name] = tree.children[name].to_dataset().isel(checkpoint=[0])
    page = write_changed(tmp_path, tree, without_bifurcation())
    assert len(page.all("figure")) == 3
