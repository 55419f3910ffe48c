"""How much memory there is, and what fits into it."""

import os
from pathlib import Path

from bifbridge._errors import MemoryBoundError

#: Environment variable: bytes that bifbridge may plan with, in place of what the machine says.
VARIABLE = "BIFBRIDGE_MEMORY"
#: Share of the memory at hand that one piece may take: a caller holds others beside it.
SHARE = 0.25
#: Bytes per number that a linearisation keeps of one step of Tsit5, all stages or states only.
STAGES, STATES = 120, 8

_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


def available_bytes() -> int | None:
    """Memory that can be had without swapping."""
    text = os.environ.get(VARIABLE)
    if text is not None:
        try:
            given = int(float(text))
        except (ValueError, OverflowError):
            given = 0
        if given <= 0:
            raise ValueError(f"{VARIABLE}: got {text!r}, expected bytes, such as 4e9.")
        return given
    known = [found for found in (_group_leaves(), _system_has()) if found is not None]
    return min(known, default=None)


def budget() -> int | None:
    """Bytes that one piece may take."""
    available = available_bytes()
    return None if available is None else int(SHARE * available)


def fits(wanted: int) -> bool:
    """Whether a piece fits."""
    allowed = budget()
    return allowed is None or wanted <= allowed


def recompute_stages(trials: int, states: int, steps: int) -> bool:
    """Whether a linearised solve has to keep only the states between its steps."""
    numbers = trials * states * steps
    if fits(STAGES * numbers):
        return False
    if fits(STATES * numbers):
        return True
    allowed = budget() or 0
    raise MemoryBoundError(
        f"Linearising {trials} trials of {states} states over {steps} steps needs at least "
        f"{_size(STATES * numbers)}; expected at most {_size(allowed)}, a quarter of what is "
        f"available. Take at most {allowed // (STATES * states * steps)} trials, longer steps, or "
        f"state the memory in {VARIABLE}."
    )


def require_room(wanted: int, what: str, instead: str) -> None:
    """Refuse a piece that does not fit."""
    if not fits(wanted):
        raise MemoryBoundError(
            f"{what} needs {_size(wanted)}; expected at most {_size(budget() or 0)}, a quarter of "
            f"what is available. {instead}"
        )


def _group_leaves() -> int | None:
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        return (
            None if limit == "max" else int(limit) - int((_CGROUP / "memory.current").read_text())
        )
    except (OSError, ValueError):
        return None


def _system_has() -> int | None:
    try:
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return None


def _size(count: int) -> str:
    return f"{count / 1e9:.3g} GB"
