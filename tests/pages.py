"""The fenced Python of the pages in `docs`."""

import re
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"
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
