"""Every public top-level object has an example in its docstring, or says where one is."""

import inspect
import re

import pytest
from pages import DOCS, blocks

import bifbridge as bb

NAMES = sorted(
    name
    for name, value in vars(bb).items()
    if not name.startswith("_")
    and (inspect.isclass(value) or inspect.isfunction(value))
    and value.__module__.startswith("bifbridge")
)
#: What an example of these would cost is out of proportion; the tests named run them.
TOO_DEAR = {
    "distance_study": "tests/landscape",
    "start_from_branch_point": "tests/continuation/cycles",
    "start_from_period_doubling": "tests/continuation/cycles",
}


def docstring(name: str) -> str:
    return inspect.getdoc(getattr(bb, name)) or ""


def test_there_are_names_to_look_at():
    assert len(NAMES) > 100


@pytest.mark.parametrize("name", NAMES)
def test_has_an_example_or_says_where_one_is(name):
    if name in TOO_DEAR:
        used = [f for f in (DOCS.parent / TOO_DEAR[name]).rglob("*.py") if name in f.read_text()]
        assert used
        return
    text = docstring(name)
    if ">>>" in text:
        assert name in text.split(">>>", 1)[1], f"the example of {name} does not use it"
        return
    # A result is seen where the function runs that returns it.
    to_page = re.search(r"See \[[^]]*\]\(\.\./([\w/.-]+\.md)\)(?:: `(\w+)`)?", text)
    to_other = re.search(r"^ *See `(\w+)`", text, re.MULTILINE)
    if to_page:
        run = [block.text for block in blocks(DOCS / to_page[1]) if not block.reason]
        shown = to_page[2] or name
        assert any(shown in block for block in run), f"{to_page[1]} has no example of {shown}"
    else:
        assert to_other, f"{name} has no example, and says nowhere to see one"
        assert ">>>" in docstring(to_other[1]), f"{to_other[1]} has no example either"
