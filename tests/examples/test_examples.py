"""Every example runs at its reduced size and shows what it says."""

import ast
import runpy
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(path.stem for path in EXAMPLES.glob("[!_]*.py"))


@pytest.fixture
def example(monkeypatch, tmp_path):
    """A runner of one example; it returns what the script defined and the size of its figure."""
    monkeypatch.setenv("BIFBRIDGE_QUICK", "1")
    monkeypatch.setenv("BIFBRIDGE_FIGURES", str(tmp_path))
    monkeypatch.syspath_prepend(str(EXAMPLES))
    # Its reduced size is read once, when it is imported.
    monkeypatch.delitem(sys.modules, "_setting", raising=False)

    def run(name):
        found = runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        (figure,) = tmp_path.glob("*.png")
        with Image.open(figure) as image:
            pixels = np.asarray(image.convert("L"))
        # Ink on a ground, not an empty canvas.
        assert 0.005 < np.mean(pixels < 200) < 0.9
        return found

    return run


def test_there_are_eight_and_each_says_what_it_shows():
    assert len(SCRIPTS) >= 8
    for name in SCRIPTS:
        text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
        said = ast.get_docstring(ast.parse(text))
        assert said is not None
        assert "figure" in said or "diagram" in said, name
        assert "# %%" in text
        assert "save(" in text


def test_a_student_passes_a_pitchfork(example):
    track = example("student_teacher_pitchfork")["track"]
    assert track.events[0].kind == "pitchfork"


def test_a_flip_flop_ends_with_its_two_states(example):
    assert example("flip_flop_cascade")["stable_at_end"] == 2


def test_a_sine_generator_has_its_hopf_point(example):
    found = example("sine_generator_hopf")
    assert found["hopf"].converged
    assert found["cycles"].periods[0] == pytest.approx(
        2 * np.pi / found["hopf"].frequency, rel=0.05
    )


def test_a_low_rank_network_has_the_points_of_its_teacher(example):
    found = example("codimension_two_low_rank")
    kinds = [kind for kind, *_ in found["found"]]
    assert sorted(set(kinds)) == ["bogdanov_takens", "cusp"]
    for _, p, q in found["found"]:
        assert np.min(np.linalg.norm(found["known"] - [p, q], axis=1)) < 0.1


def test_engines_agree(example):
    check = example("cross_check_engines")["check"]
    assert len(check.matches) >= 2
    assert check.agrees(1e-6)


def test_a_learned_field_has_a_pitchfork_in_its_gain(example):
    kinds = [point.kind for point in example("bifurcationkit_field")["embedded"].special_points]
    assert "pitchfork" in kinds


def test_the_low_rank_step_ends_below_plain_descent(example):
    paths = example("natural_gradient_collapse")["paths"]
    plain, low_rank = (path.losses[-1] for path in paths.values())
    assert low_rank < plain


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_study_runs_on_dask_and_is_not_repeated(example):
    pytest.importorskip("dask.distributed", reason="needs the extra dask")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the cluster's own making
        found = example("dask_study")
    assert found["again"].complete
    assert found["ranks"].shape == (5,)
    assert np.all(found["ranks"] >= 1)
