"""Who works on what: one small file per running task, renewed while its worker lives.

Claims save work, they do not protect results: those are content-addressed and renamed into place,
so that a task that two workers finish has one whole result all the same.
"""

import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

#: Seconds without a sign of life after which a worker on another machine counts as dead.
LEASE = 60.0


@contextmanager
def claim(path: Path, lease: float = LEASE) -> Iterator[bool]:
    """Try to take a task, and keep it while the block runs."""
    token = secrets.token_hex(8)
    if not _take(path, token, lease):
        yield False
        return
    stop = threading.Event()
    beat = threading.Thread(target=_renew, args=(path, token, lease, stop), daemon=True)
    beat.start()
    try:
        yield True
    finally:
        stop.set()
        beat.join()
        if read_claim(path).get("token") == token:
            path.unlink(missing_ok=True)


def read_claim(path: Path) -> dict[str, Any]:
    """What a claim says."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def is_stale(path: Path, lease: float = LEASE) -> bool:
    """Whether a claim's worker is dead."""
    try:
        renewed = path.stat().st_mtime
    except FileNotFoundError:
        return False
    owner = read_claim(path)
    if owner.get("host") == socket.gethostname():
        return _started(int(owner["pid"])) != owner.get("started")
    return _now(path.parent) - renewed > lease


def _take(path: Path, token: str, lease: float) -> bool:
    if _create(path, token):
        return True
    if not is_stale(path, lease):
        return False
    seen = read_claim(path).get("token")
    aside = path.with_name(f".{path.name}.{token}")
    with suppress(FileNotFoundError):
        path.rename(aside)
        if read_claim(aside).get("token") != seen:
            # Another worker was quicker, and this is its fresh claim.
            with suppress(FileExistsError):
                os.link(aside, path)
            aside.unlink()
            return False
        aside.unlink()
    return _create(path, token)


def _create(path: Path, token: str) -> bool:
    """A claim appears with its content, or not at all."""
    mine = {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "started": _started(os.getpid()),
        "token": token,
    }
    draft = path.with_name(f".{path.name}.{token}.new")
    draft.write_text(json.dumps(mine), encoding="utf-8")
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _renew(path: Path, token: str, lease: float, stop: threading.Event) -> None:
    while not stop.wait(lease / 4):
        if read_claim(path).get("token") != token:
            return
        with suppress(OSError):
            os.utime(path)


def _started(pid: int) -> str | None:
    """When a process started, so that a reused number is not mistaken; None if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return _alive_elsewhere(pid)
    return None if fields[0] in {"Z", "X"} else fields[19]


def _alive_elsewhere(pid: int) -> str | None:
    """Where there is no /proc: whether the process is there."""
    if Path("/proc/self/stat").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it is there, and someone else's
    return "running"


def _now(folder: Path) -> float:
    """The file system's clock, which may differ from this machine's."""
    probe = folder / f".clock.{secrets.token_hex(4)}"
    probe.touch()
    try:
        return probe.stat().st_mtime
    finally:
        probe.unlink()
