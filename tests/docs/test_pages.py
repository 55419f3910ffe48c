"""The Python of every page of the documentation runs, and prints what the page says."""

import doctest
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

DOCS = Path(__file__).parents[2] / "docs"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NOT_RUN = re.compile(r"<!-- not run: (\w.*) -->")


class Block(NamedTuple):
    """A fenced block of Python: its language, text, first line, and why it is not run, if so."""

    language: str
    text: str
    line: int
    reason: str


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order; `<!-- not run: reason -->` before one excuses it."""
    found, reason = [], ""
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        fence = re.fullmatch(r"\s*```(\w*).*", line)
        if fence is None:
            excuse = NOT_RUN.fullmatch(line.strip())
            reason = excuse[1] if excuse else reason if not line.strip() else ""
            continue
        inside = []
        for _, text in lines:
            if text.strip() == "```":
                break
            inside.append(text)
        if fence[1] in {"python", "pycon"}:
            found.append(Block(fence[1], "\n".join(inside) + "\n", number, reason))
        reason = ""
    return found


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


PAGES = sorted(page for page in DOCS.rglob("*.md") if blocks(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
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
