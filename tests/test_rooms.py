"""The public surface: what `bb` lists, what its rooms list, and that each name has one home."""

import importlib
import inspect
import subprocess
import sys
from types import ModuleType
from typing import assert_type

import pytest

import bifbridge as bb

VERBS = [
    "bifurcation_diagram", "compare", "continuation", "continuation_ensemble", "cross_check",
    "explain_collapse", "find_equilibria", "linearise", "load", "load_field",
    "low_rank_natural_gradient", "nearest_special_point", "normal_form", "predict_kernel",
    "predict_loss", "random_ctrnn", "run_study", "save_field", "show_progress", "solve", "spectrum",
    "track_bifurcations", "uniform_grid",
]  # fmt: skip
OBJECTS = [
    "Agreement", "BifbridgeError", "BifurcationKit", "BifurcationTrack", "Branch", "CTRNN",
    "ContinuationProblem", "Diagram", "DirectionFamily", "InputFamily", "JaxEngine",
    "KrylovEngine", "LeafFamily", "LineFamily", "OnlineTracker", "PredictedKernel",
    "SpecialPoint", "Spectrum", "StateSpaceNTK", "Status",
]  # fmt: skip
ROOMS = [
    "cycles", "errors", "families", "fields", "julia", "landscape", "normal_forms", "plotting",
    "report", "sntk", "studies", "tasks", "tracking", "training", "trajectories", "two_parameter",
]  # fmt: skip


def room(name: str) -> ModuleType:
    return importlib.import_module(f"bifbridge.{name}")


def test_bb_lists_these_names_and_no_others():
    assert dir(bb) == sorted([*VERBS, *OBJECTS, *ROOMS, "__version__"])
    assert len(dir(bb)) <= 62


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_is_an_attribute_of_bb(name):
    assert getattr(bb, name) is room(name)


@pytest.mark.parametrize("name", [*ROOMS, "continuation"])
def test_every_name_of_a_room_resolves_and_is_described(name):
    described = [
        getattr(room(name), one)
        for one in room(name).__all__
        if inspect.isclass(getattr(room(name), one)) or inspect.isfunction(getattr(room(name), one))
    ]
    assert described
    assert [one.__name__ for one in described if not inspect.getdoc(one)] == []


@pytest.mark.parametrize("name", [*ROOMS, "continuation"])
def test_a_room_says_how_it_is_used_and_shows_it(name):
    told = inspect.getdoc(room(name)) or ""
    assert "\nExample:\n" in told
    assert any(word in told.lower() for word in ("in this order", "first", "to go on after"))


@pytest.mark.parametrize("name", [*VERBS, *OBJECTS])
def test_what_bb_offers_is_the_object_of_its_room(name):
    value = getattr(bb, name)
    homes = [one for one in [*ROOMS, "continuation"] if name in room(one).__all__]
    if name in {"load", "show_progress"}:  # they serve every room
        assert homes == []
    else:
        assert [getattr(room(one), name) for one in homes] == [value]


def test_no_object_is_described_in_two_rooms():
    homes: dict[int, list[str]] = {}
    for one in [*ROOMS, "continuation"]:
        for name in room(one).__all__:
            value = getattr(room(one), name)
            if inspect.isclass(value) or inspect.isfunction(value):
                homes.setdefault(id(value), []).append(f"{one}.{name}")
    assert [places for places in homes.values() if len(places) > 1] == []


@pytest.mark.parametrize(
    "first",
    [
        "import bifbridge.continuation",
        "from bifbridge.continuation import LeafFamily, continue_cycles",
        "import bifbridge as bb; bb.JaxEngine",
        "from importlib import import_module; import_module('bifbridge.continuation.jax_engine')",
    ],
)
def test_bb_continuation_is_the_function_whatever_was_imported_before(first):
    code = f"{first}\nimport bifbridge\nprint(bifbridge.continuation.__name__)"
    assert python(code) == "continuation"


def test_what_does_not_exist_is_an_attribute_error():
    assert not hasattr(bb, "continue_everything")
    with pytest.raises(AttributeError, match="'bifbridge' has no attribute 'contiuation'"):
        getattr(bb, "contiuation")  # noqa: B009 (pyright sees that it is not there)


def test_the_stub_tells_type_checkers_what_is_there():
    # At run time this does nothing; pyright, which checks the tests, refuses a wrong type.
    grid = bb.uniform_grid(1.0, 0.5)
    assert_type(grid, bb.trajectories.TimeGrid)
    assert_type(bb.cycles.CycleEngine(), bb.cycles.CycleEngine)
    problem = bb.ContinuationProblem(lambda z, p: p * z, [0.0], span=(-1, 1))
    assert_type(bb.continuation(problem), bb.Branch)
    assert_type(bb.JaxEngine(), bb.JaxEngine)


def test_everything_can_be_imported_at_once_where_that_is_wanted():
    eager = "import os, sys; os.environ['EAGER_IMPORT'] = '1'"
    assert python(f"{eager}; import bifbridge; print('jax' in sys.modules)") == "True"


def python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
