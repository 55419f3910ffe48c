"""Where the Julia package BifBridge lies, and what it asks of Julia."""

from pathlib import Path

#: Oldest Julia that juliacall can start.
OLDEST_JULIA = (1, 10, 3)

#: Minor version of BifurcationKit that BifBridge is written for.
BIFURCATIONKIT = "0.8"

_ROOM = Path(__file__).resolve().parents[2]


def bridge_folder() -> Path | None:
    """The folder of the Julia package BifBridge."""
    # A wheel carries it inside the Python package; in a checkout it lies beside it.
    for parent in (_ROOM, _ROOM.parent):
        folder = parent / "julia" / "BifBridge"
        if (folder / "Project.toml").is_file():
            return folder
    return None


def requirements_file() -> Path:
    """The file from which juliapkg learns which Julia packages bifbridge needs."""
    return _ROOM / "juliapkg.json"


def newest_julia() -> tuple[int, int] | None:
    """The first minor version of Julia that cannot be loaded into this Python."""
    # Julia 1.12 ships OpenSSL 3.5; a Python with an older one cannot share it.
    import ssl

    return (1, 12) if ssl.OPENSSL_VERSION_INFO[:2] < (3, 5) else None


def version_range() -> str:
    """The versions of Julia that serve, in words."""
    oldest = ".".join(map(str, OLDEST_JULIA))
    limit = newest_julia()
    return f"{oldest} to {limit[0]}.{limit[1] - 1}" if limit else f"{oldest} or newer"


def is_supported(version: tuple[int, int, int]) -> bool:
    """Whether a version of Julia can be loaded into this Python."""
    limit = newest_julia()
    return OLDEST_JULIA <= version < (2, 0, 0) and (limit is None or version[:2] < limit)
