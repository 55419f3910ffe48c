"""What a user with a Julia that does not work wants to know."""

import dataclasses
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from typing import Any, NamedTuple

from bifbridge.continuation.bifurcationkit._installation import (
    REQUIRED,
    Installation,
    Problem,
    find_installation,
)
from bifbridge.continuation.bifurcationkit._julia_files import text_of
from bifbridge.continuation.bifurcationkit._package import (
    BIFURCATIONKIT,
    requirements_file,
    version_range,
)

#: Julia compiles BifBridge when it is loaded for the first time.
_PATIENCE = 1800

_MARK = "bifbridge-probe:"

# Run in a process of its own, whose death harms nobody.
_PROBE = f"""
import json
from bifbridge.continuation.bifurcationkit._runtime import julia
from bifbridge import BifbridgeError
try:
    runtime = julia()
    answer = {{"start": runtime.start_seconds, "load": runtime.load_seconds}}
except BifbridgeError as error:
    answer = {{"error": str(error), "remedy": getattr(error, "remedy", "")}}
print({_MARK!r} + json.dumps(answer), flush=True)
"""


class Finding(NamedTuple):
    """One line of the doctor's table.

    Attributes:
        name: what was looked at.
        found: what was found.
        good: whether that serves; None where nothing is asked of it.
    """

    name: str
    found: str
    good: bool | None


class Diagnosis(NamedTuple):
    """Everything that was found.

    Attributes:
        installation: where Julia and its packages are.
        findings: the lines of the table.
        problems: what is missing or wrong, with what mends it.
        start_seconds: how long Julia took to start; None if it was not tried or failed.
        load_seconds: how long BifBridge and BifurcationKit took to load.
    """

    installation: Installation
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    start_seconds: float | None
    load_seconds: float | None

    @property
    def healthy(self) -> bool:
        """Whether BifurcationKit can be used."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as plain data for JSON."""
        found = self.installation
        return {
            "healthy": self.healthy,
            "julia": None if found.executable is None else str(found.executable),
            "julia_version": None if found.version is None else text_of(found.version),
            "julia_needed": version_range(),
            "origin": found.origin or None,
            "project": None if found.project is None else str(found.project),
            "bifbridge_jl": None if found.bridge is None else str(found.bridge),
            "packages": {name: found.packages.get(name) for name in REQUIRED},
            "juliacall": version("juliacall"),
            "start_seconds": self.start_seconds,
            "load_seconds": self.load_seconds,
            "problems": [dataclasses.asdict(problem) for problem in self.problems],
        }


def examine(*, start: bool = True) -> Diagnosis:
    """Look for Julia and its packages, and try them."""
    found = find_installation()
    answer = _probe() if start and found.ready else {}
    problems = list(found.problems)
    if "error" in answer:
        problems.append(Problem(answer["error"], answer.get("remedy", "")))
    started, loaded = answer.get("start"), answer.get("load")
    findings = [*_places(found), *_packages(found), *_times(found, start, started, loaded)]
    return Diagnosis(found, tuple(findings), tuple(problems), started, loaded)


def _places(found: Installation) -> list[Finding]:
    asked = f"needed: {version_range()}"
    julia = f"not found ({asked})" if found.executable is None else str(found.executable)
    bad_version = found.version is None or any("is Julia" in p.what for p in found.problems)
    rows = [
        Finding("Python", f"{platform.python_version()}, juliacall {version('juliacall')}", None),
        Finding("Julia", julia, found.executable is not None),
    ]
    if found.executable is not None:
        number = "unknown" if found.version is None else text_of(found.version)
        rows.append(Finding("Julia version", f"{number} ({asked})", not bad_version))
        rows.append(Finding("Found through", found.origin, None))
    rows += [
        Finding("Passed over", f"{path} is {text_of(number)}", None)
        for path, number in found.others
    ]
    has_manifest = bool(found.packages)
    rows.append(Finding("Project", str(found.project or "none"), has_manifest))
    rows += [
        Finding("Environment", f"{name}={value}", None)
        for name, value in sorted(os.environ.items())
        if name.startswith(("PYTHON_JULIA", "JULIA_DEPOT_PATH", "JULIA_LOAD_PATH"))
    ]
    return rows


def _packages(found: Installation) -> list[Finding]:
    needed = {"PythonCall": version("juliacall"), "BifurcationKit": BIFURCATIONKIT}
    rows = []
    for name in REQUIRED:
        number = found.packages.get(name)
        good = number is not None and not any(name in p.what for p in found.problems)
        text = f"{'missing' if number is None else number or 'unknown version'}"
        rows.append(Finding(name, f"{text} (needed: {needed[name]})", good))
    bridge = "missing" if found.bridge is None else str(found.bridge)
    rows.append(Finding("BifBridge", bridge, found.bridge is not None))
    rows.append(Finding("Requirements", str(requirements_file()), requirements_file().is_file()))
    return rows


def _times(
    found: Installation, start: bool, started: float | None, loaded: float | None
) -> list[Finding]:
    if started is None or loaded is None:
        why = "failed" if start and found.ready else "not tried"
        return [Finding("Time to start", why, False if why == "failed" else None)]
    return [
        Finding("Time to start", f"{started:.1f} s", True),
        Finding("Time to load BifurcationKit", f"{loaded:.1f} s", True),
    ]


def _probe() -> dict[str, Any]:
    """Start Julia in another process and load everything."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE],
            capture_output=True, encoding="utf8", errors="replace", timeout=_PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"error": f"Julia did not come up within {_PATIENCE} s."}
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            return json.loads(line.removeprefix(_MARK))
    tail = "\n".join(done.stderr.splitlines()[-15:])
    return {
        "error": f"The process that started Julia ended with status {done.returncode}:\n{tail}",
        "remedy": "Run `bifbridge julia install --force`.",
    }
