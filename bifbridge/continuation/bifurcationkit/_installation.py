"""What there is of Julia on this machine, found without starting, resolving or downloading it."""

import dataclasses
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from bifbridge.continuation.bifurcationkit._julia_files import (
    Version,
    julia_version,
    manifest_packages,
    text_of,
)
from bifbridge.continuation.bifurcationkit._package import (
    BIFURCATIONKIT,
    bridge_folder,
    is_supported,
    version_range,
)

INSTALL = "bifbridge julia install"
AIR_GAPPED = (
    "Without a network, set PYTHON_JULIACALL_EXE to a Julia executable and "
    "PYTHON_JULIACALL_PROJECT to a project folder that has the packages "
    "(both together; docs/julia.md tells how to make one)."
)


@dataclasses.dataclass(frozen=True)
class Problem:
    """Something that keeps BifurcationKit from running.

    Attributes:
        what: what is missing or wrong.
        remedy: the exact command or step that mends it.
    """

    what: str
    remedy: str


@dataclasses.dataclass(frozen=True)
class Installation:
    """Julia and its packages as they were found.

    Attributes:
        executable: of Julia, or None.
        origin: how it was found.
        version: its version, or None.
        project: the project folder that will be used, or None.
        packages: versions by name, from the project's manifest; "" where it states none.
        bridge: the folder of the Julia package BifBridge, or None.
        problems: what is missing; empty if everything is there.
        others: further Juliae that were seen and passed over, with their versions.
    """

    executable: Path | None
    origin: str
    version: Version | None
    project: Path | None
    packages: dict[str, str]
    bridge: Path | None
    problems: tuple[Problem, ...]
    others: tuple[tuple[Path, Version], ...] = ()

    @property
    def managed(self) -> bool:
        """Whether juliapkg keeps it, and so installs what is missing on first use."""
        return self.origin not in {"environment", "PYTHON_JULIACALL_EXE"}

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.problems


def find_installation() -> Installation:
    """Look for Julia where juliacall will look for it."""
    executable, project = setting("juliacall", "exe"), setting("juliacall", "project")
    if executable is not None or project is not None:
        return _given(executable, project)
    return _managed()


def setting(program: str, name: str) -> str | None:
    """A setting of juliacall or juliapkg."""
    option = sys._xoptions.get(f"{program}-{name.replace('_', '-')}")
    if isinstance(option, str):
        return option
    return os.environ.get(f"PYTHON_{program.upper()}_{name.upper()}") or None


def _given(executable: str | None, project: str | None) -> Installation:
    """A Julia and a project that the user named."""
    if executable is None or project is None:
        have, lack = ("PROJECT", "EXE") if executable is None else ("EXE", "PROJECT")
        problem = Problem(
            f"PYTHON_JULIACALL_{have} is set, but PYTHON_JULIACALL_{lack} is not.",
            f"Set PYTHON_JULIACALL_{lack} too, or unset PYTHON_JULIACALL_{have}.",
        )
        return Installation(None, "environment", None, None, {}, bridge_folder(), (problem,))
    origin = "PYTHON_JULIACALL_EXE"
    found = shutil.which(executable)
    if found is None:
        problem = Problem(
            f"PYTHON_JULIACALL_EXE={executable} is not an executable file.",
            "Set it to the path of bin/julia.",
        )
        return Installation(None, origin, None, Path(project), {}, bridge_folder(), (problem,))
    path = Path(os.path.abspath(found))
    version = julia_version(path)
    folder = Path(project).absolute()
    problems = _version_problems(path, version, "Set PYTHON_JULIACALL_EXE to another Julia.")
    if not folder.is_dir():
        problems.append(
            Problem(
                f"PYTHON_JULIACALL_PROJECT={project} is not a folder.",
                "Set it to a folder with a Project.toml and a Manifest.toml.",
            )
        )
    packages = manifest_packages(folder, version)
    adding = (
        f'{path} --project={folder} -e \'using Pkg; Pkg.add([(name="PythonCall", '
        f'version="{_juliacall_version()}"), (name="BifurcationKit", '
        f'version="{BIFURCATIONKIT}")]); Pkg.instantiate()\''
    )
    if not problems:
        problems += _package_problems(packages, adding)
    return Installation(
        path, origin, version, folder, packages, bridge_folder(), tuple(problems + _bridge())
    )


def _managed() -> Installation:
    """The Julia and the project that juliapkg keeps, or would make."""
    from juliapkg.deps import can_skip_resolve, load_meta
    from juliapkg.state import STATE

    project = Path(STATE["project"])
    resolved = can_skip_resolve()
    meta = resolved or load_meta()
    if meta:
        executable, origin = Path(meta["executable"]), "juliapkg"
        version, others = julia_version(executable), ()
    else:
        executable, origin, version, others = _candidate(STATE)
    problems: list[Problem] = []
    remedy = f"{INSTALL}\n{AIR_GAPPED}"
    if executable is None:
        seen = "".join(
            f" Found {text_of(v)} at {path}, which does not serve." for path, v in others
        )
        problems.append(Problem(f"No Julia {version_range()} was found.{seen}", remedy))
    else:
        problems += _version_problems(executable, version, remedy)
    packages = manifest_packages(project, version)
    if not resolved:
        what = f"The Julia project {project} is not set up"
        missing = [name for name in REQUIRED if name not in packages]
        if missing:
            what += f" (without {', '.join(missing)})"
        problems.append(Problem(f"{what}.", remedy))
    else:
        problems += _package_problems(packages, f"{INSTALL} --force")
    return Installation(
        executable, origin, version, project, packages, bridge_folder(),
        tuple(problems + _bridge()), others,
    )  # fmt: skip


#: Julia packages without which nothing works.
REQUIRED = ("PythonCall", "BifurcationKit")


def _candidate(
    state: dict[str, Any],
) -> tuple[Path | None, str, Version | None, tuple[tuple[Path, Version], ...]]:
    """The first Julia that serves, in juliapkg's order, and those that do not."""
    places = [
        ("PYTHON_JULIAPKG_EXE", state["override_executable"]),
        ("juliapkg", shutil.which("julia", path=os.path.join(state["install"], "bin"))),
        ("juliaup", _juliaup()),
        ("PATH", shutil.which("julia")),
    ]
    others: list[tuple[Path, Version]] = []
    for origin, place in places:
        found = shutil.which(place) if place else None
        version = julia_version(Path(found)) if found else None
        if found is None or version is None:
            continue
        if is_supported(version):
            return Path(found), origin, version, tuple(others)
        others.append((Path(found), version))
    return None, "", None, tuple(others)


def _juliaup() -> str | None:
    from juliapkg.compat import Compat
    from juliapkg.find_julia import ju_find_julia_noinstall

    try:
        answer = ju_find_julia_noinstall(Compat.parse("^1.10.3"))
    except Exception:  # a broken juliaup is as good as none
        return None
    return answer[0] if answer else None


def _version_problems(path: Path, version: Version | None, remedy: str) -> list[Problem]:
    if version is None:
        return [Problem(f"{path} does not answer as Julia does to --version.", remedy)]
    if is_supported(version):
        return []
    return [Problem(f"{path} is Julia {text_of(version)}; needed is {version_range()}.", remedy)]


def _package_problems(packages: dict[str, str], remedy: str) -> list[Problem]:
    problems = [
        Problem(f"The Julia project lacks {name}.", remedy)
        for name in REQUIRED
        if name not in packages
    ]
    found = packages.get("BifurcationKit")
    if found and not found.startswith(f"{BIFURCATIONKIT}."):
        problems.append(Problem(f"BifurcationKit is {found}; needed is {BIFURCATIONKIT}.", remedy))
    found, needed = packages.get("PythonCall"), _juliacall_version()
    if found and found != needed:
        problems.append(
            Problem(f"PythonCall is {found}, but the Python package juliacall is {needed}.", remedy)
        )
    return problems


def _bridge() -> list[Problem]:
    if bridge_folder() is not None:
        return []
    remedy = "pip install --force-reinstall --no-deps bifbridge"
    return [Problem("This installation lacks the Julia package BifBridge.", remedy)]


def _juliacall_version() -> str:
    from importlib.metadata import version

    return version("juliacall")
