"""The Python of every page of the documentation runs, and prints what the page says."""

import doctest
from pathlib import Path
from typing import Any

import pytest
from pages import DOCS, Block, blocks

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
#: More than ten seconds, nearly all of it compilation.
SLOW = {"continuation.md", "own-checkpoints.md", "state-space-ntk.md", "training.md"}


def run(block: Block, page: Path, names: dict[str, Any]) -> None:
    """Run a block in the names of its page; outputs of a session must be those printed there."""
    if block.language == "python":
        # Lines of the page, for tracebacks.
        exec(compile("\n" * block.line + block.text, str(page), "exec"), names)
        return
    parser, told = doctest.DocTestParser(), []
    session = parser.get_doctest(block.text, names, page.name, str(page), block.line)
    assert session.examples, f"{page.name}, line {block.line}: no prompts in a pycon block"
    doctest.DocTestRunner(optionflags=FLAGS).run(session, out=told.append, clear_globs=False)
    names |= session.globs
    assert not told, "".join(told)


PAGES = [
    pytest.param(
        page,
        id=str(page.relative_to(DOCS)),
        marks=[pytest.mark.slow] if page.name in SLOW else [],
    )
    for page in sorted(DOCS.rglob("*.md"))
    if blocks(page)
]


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": page.stem}
    todo = [block for block in blocks(page) if not block.reason]
    if not todo:
        pytest.skip("; ".join(block.reason for block in blocks(page)))
    for block in todo:
        run(block, page, names)


def test_a_wrong_output_and_an_error_are_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```pycon\n>>> 1 + 1\n3\n```\n\n```python\nraise KeyError\n```\n")
    wrong, failing = blocks(page)
    with pytest.raises(AssertionError, match=r"Expected:\s+3\s+Got:\s+2"):
        run(wrong, page, {})
    with pytest.raises(KeyError):
        run(failing, page, {})


def test_only_blocks_that_say_why_are_left_out(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- not run: needs Julia -->\n\n```python\nx\n```\n\n```python\ny\n```\n")
    assert [block.reason for block in blocks(page)] == ["needs Julia", ""]
