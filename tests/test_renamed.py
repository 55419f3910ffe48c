"""Names of version 0.1 work for one version more, and say what replaces them."""

import importlib
import subprocess
import sys

import pytest

import bifbridge as bb
from bifbridge._renamed import CALLS, RENAMED

MOVED = {old: now for old, now in RENAMED.items() if now.endswith(f".{old}")}
REPLACED = {old: now for old, now in RENAMED.items() if old not in MOVED and now not in CALLS}


@pytest.mark.parametrize(("old", "now"), MOVED.items())
def test_a_name_that_moved_is_the_object_of_its_room(old, now):
    with pytest.warns(FutureWarning, match=f"^bb.{old} is now {now}.$"):
        found = getattr(bb, old)
    place, _, name = now.replace("bb.", "bifbridge.").rpartition(".")
    module = importlib.import_module(place)
    assert found is getattr(module, name)
    assert name in module.__all__


@pytest.mark.parametrize(("old", "now"), REPLACED.items())
def test_a_name_that_was_replaced_is_what_replaces_it(old, now):
    with pytest.warns(FutureWarning, match=f"^bb.{old} is now {now}.$"):
        found = getattr(bb, old)
    assert found is getattr(bb, now.removeprefix("bb."))


def test_the_warning_is_shown_where_the_old_name_is_used(tmp_path):
    (tmp_path / "mine.py").write_text("import bifbridge as bb\nstart = bb.start_from_hopf\n")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import mine"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "mine.py:2: FutureWarning: bb.start_from_hopf is now bb.cycles" in done.stderr


def test_old_names_are_not_listed():
    assert not set(RENAMED) & set(dir(bb))


def pitchfork() -> bb.ContinuationProblem:
    return bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))


def old(name: str):
    with pytest.warns(FutureWarning, match=f"bb.{name} is now"):
        return getattr(bb, name)


def test_the_old_functions_write_and_read_a_branch(tmp_path):
    branch = bb.continuation(pitchfork())
    old("save_branch")(tmp_path / "branch.nc", branch)
    loaded = old("load_branch")(tmp_path / "branch.nc")
    assert [point.kind for point in loaded.special_points] == ["pitchfork"]


def test_the_old_functions_write_and_read_a_diagram(tmp_path):
    diagram = bb.bifurcation_diagram(pitchfork())
    old("save_diagram")(tmp_path / "diagram.nc", diagram)
    assert len(old("load_diagram")(tmp_path / "diagram.nc")) == len(diagram)


def test_the_old_functions_write_read_and_resume_a_curve(tmp_path):
    def f(z, p, q):
        return p + q * z - z**3

    problem = bb.ContinuationProblem(lambda z, p: f(z, p, 1.0), [-1.5], span=(-1, 1))
    fold = bb.continuation(problem).special_points[0]
    curve = bb.two_parameter.bifurcation_curve(f, fold, 1.0, spans=((-1, 1), (-1, 2)))
    old("save_curve")(tmp_path / "curve.nc", curve)
    loaded = old("load_curve")(tmp_path / "curve.nc")
    assert len(old("resume_curve")(f, loaded, spans=((-2, 2), (-1, 3)))) > len(curve)
