"""The Julia functions of `helpers.jl`, cut apart."""

import functools
import re
from collections.abc import Iterable
from pathlib import Path

_NAME = re.compile(r"^(?:function )?(\w+)\(", re.MULTILINE)


@functools.cache
def helpers() -> dict[str, str]:
    """Source of every helper function."""
    text = Path(__file__).with_name("helpers.jl").read_text(encoding="utf-8")
    _, *blocks = text.strip().split("\n\n")
    return {_NAME.findall(block)[0]: block for block in blocks}


def with_dependencies(names: Iterable[str]) -> list[str]:
    """The helpers that are needed for some."""
    known, wanted, found = helpers(), list(names), set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted.extend(known.keys() & set(re.findall(r"\w+", known[name])))
    return [name for name in known if name in found]
