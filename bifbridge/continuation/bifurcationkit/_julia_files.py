"""What a Julia executable and a Julia project say of themselves."""

import functools
import re
import subprocess
import tomllib
from pathlib import Path

Version = tuple[int, int, int]


def julia_version(executable: Path) -> Version | None:
    """What Julia says of its version."""
    try:
        return _ask_version(str(executable), executable.stat().st_mtime_ns)
    except OSError:
        return None


@functools.lru_cache(maxsize=32)
def _ask_version(executable: str, _: int) -> Version | None:
    try:
        answer = subprocess.run(
            [executable, "--version"], capture_output=True, encoding="utf8", timeout=60, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    match = re.match(r"julia version (\d+)\.(\d+)\.(\d+)", answer)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def manifest_packages(project: Path, version: Version | None) -> dict[str, str]:
    """The packages of a Julia project."""
    names = ["JuliaManifest.toml", "Manifest.toml"]
    if version is not None:
        own = f"Manifest-v{version[0]}.{version[1]}.toml"
        names = [f"Julia{own}", own, *names]
    for name in names:
        try:
            text = (project / name).read_text(encoding="utf-8")
            manifest = tomllib.loads(text)
        except (OSError, tomllib.TOMLDecodeError):
            continue
        entries = manifest.get("deps", {}) if "manifest_format" in manifest else manifest
        return {
            name: str(found[0].get("version", ""))
            for name, found in entries.items()
            if isinstance(found, list) and found
        }
    return {}


def text_of(version: Version) -> str:
    """A version as one writes it."""
    return ".".join(map(str, version))
