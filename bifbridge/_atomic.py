"""Files that are either whole or absent, whatever interrupts their writing."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_path(target: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path that becomes `target` when the block ends without an exception."""
    target = Path(target)
    # Random, since threads, and machines that share a folder, may have the same process number.
    unique = secrets.token_hex(8)
    temporary = target.with_name(f".{target.stem}.{unique}{target.suffix}")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(target: str | os.PathLike[str], text: str) -> None:
    """Write a text file atomically, in UTF-8."""
    with atomic_path(target) as temporary:
        temporary.write_text(text, encoding="utf-8")
