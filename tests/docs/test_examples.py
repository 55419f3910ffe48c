"""Every object that is much used has an example, and what is said about examples is true."""

import importlib
import inspect
import re
from types import ModuleType

import pytest
from pages import DOCS, blocks

import bifbridge as bb
from bifbridge._renamed import RENAMED

ROOMS = [
    importlib.import_module(f"bifbridge.{name}")
    for name in (
        "fields", "trajectories", "sntk", "families", "continuation", "cycles", "two_parameter",
        "normal_forms", "landscape", "tasks", "training", "tracking", "studies",
        "studies.student_teacher", "plotting", "report", "julia", "errors",
    )
]  # fmt: skip
#: What an example of these would cost is out of proportion; the tests named run them.
TOO_DEAR = {
    "distance_study": "tests/landscape",
    "start_from_branch_point": "tests/continuation/cycles",
    "start_from_period_doubling": "tests/continuation/cycles",
}


def names(module: ModuleType) -> list[str]:
    """The classes and functions of ours that a module exports."""
    return sorted(
        name
        for name in getattr(module, "__all__", vars(module))
        if not name.startswith("_") and is_ours(getattr(module, name))
    )


def is_ours(value: object) -> bool:
    described = inspect.isclass(value) or inspect.isfunction(value)
    return described and value.__module__.startswith("bifbridge")


#: What `bb` holds, and what it held before the rooms: the rooms' most used objects.
USED = {(bb, name) for name in names(bb)} | {
    (room, name) for room in ROOMS for name in names(room) if name in RENAMED
}


def docstring(module: ModuleType, name: str) -> str:
    """That of an object of the module, or of another room."""
    home = next(one for one in (module, *ROOMS) if name in names(one))
    return inspect.getdoc(getattr(home, name)) or ""


def reference(text: str) -> re.Match[str] | None:
    """Where a docstring says its example is: a page, and perhaps a function; or a function."""
    return re.search(
        r"^Example:\n +See (?:\[[^]]*\]\(\.\./(?P<page>[\w/.-]+\.md)\)(?:: )?)?"
        r"(?:`(?P<other>\w+)`)?",
        text,
        re.MULTILINE,
    )


def problem(module: ModuleType, name: str) -> str:
    """What is wrong with the example of an object, if anything."""
    text = docstring(module, name)
    if ">>>" in text:
        return "" if name in text.split(">>>", 1)[1] else "its example does not use it"
    found = reference(text)
    if found is None:
        return "it has no example, and says nowhere to see one"
    shown = found["other"] or name
    if found["page"] is None:
        # A result is described where the function is that returns it.
        return "" if ">>>" in docstring(module, shown) else f"{shown} has no example either"
    run = [block.text for block in blocks(DOCS / found["page"]) if not block.reason]
    return "" if any(shown in text for text in run) else f"{found['page']} does not use {shown}"


def test_there_are_names_to_look_at():
    assert len(USED) > 100


@pytest.mark.parametrize(
    ("module", "name"),
    [
        pytest.param(module, name, id=f"{module.__name__}.{name}")
        for module, name in sorted(USED, key=lambda used: (used[0].__name__, used[1]))
    ],
)
def test_an_object_much_used_has_an_example_or_says_where_one_is(module, name):
    if name in TOO_DEAR:
        used = [f for f in (DOCS.parent / TOO_DEAR[name]).rglob("*.py") if name in f.read_text()]
        assert used
        return
    assert not problem(module, name), name


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_where_an_example_is_said_to_be_there_is_one(room):
    said = [name for name in names(room) if reference(docstring(room, name))]
    assert not {name: problem(room, name) for name in said if problem(room, name)}
