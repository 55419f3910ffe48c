"""Why Julia did not start, in words, and what mends it."""

import subprocess
import urllib.error

from bifbridge._errors import JuliaUnavailableError
from bifbridge.continuation.bifurcationkit._installation import (
    AIR_GAPPED,
    INSTALL,
    Installation,
)
from bifbridge.continuation.bifurcationkit._julia_files import text_of
from bifbridge.continuation.bifurcationkit._package import version_range

DOCTOR = "`bifbridge julia doctor` shows what was found."


def explained(error: BaseException, found: Installation) -> JuliaUnavailableError:
    """An exception of juliacall's start as one that says what to do."""
    what, remedy = _sentences(error, str(error), found)
    return JuliaUnavailableError(
        f"{what} ({type(error).__name__}: {_short(error)})\n{found_text(found)}",
        f"{remedy} {DOCTOR}",
    )


def _sentences(error: BaseException, text: str, found: Installation) -> tuple[str, str]:
    online = f"On a machine with a network run `{INSTALL}`. {AIR_GAPPED}"
    if "GLIBCXX" in text or "libstdc++" in text:
        return (
            "Julia and Python were built against different versions of libstdc++, and the older "
            "one was loaded first.",
            "Use a Python whose libstdc++ is at least as new as Julia's (conda: `conda install -c "
            "conda-forge libstdcxx-ng`), or put the newer library first: "
            "`LD_PRELOAD=/path/to/libstdc++.so.6 python …`.",
        )
    if isinstance(error, urllib.error.URLError):
        return (
            f"There is no Julia {version_range()} here, and none could be downloaded: the server "
            "is not reachable.",
            online,
        )
    if isinstance(error, subprocess.CalledProcessError):
        return (
            "Julia's package manager failed, so that the project is half installed; its own "
            "message stands above.",
            f"If a server was not reachable try again later; then run `{INSTALL} --force`. "
            f"{AIR_GAPPED}",
        )
    if "could not find Julia" in text or "no version of Julia" in text:
        return (
            f"There is no Julia {version_range()} here, and none may be downloaded "
            "(PYTHON_JULIAPKG_OFFLINE).",
            f"Unset PYTHON_JULIAPKG_OFFLINE and run `{INSTALL}`. {AIR_GAPPED}",
        )
    if "PythonCall.jl did not start properly" in text or "not found in current path" in text:
        return (
            f"Julia started, but its project {found.project} lacks a package, or has another "
            "version of it; Julia's own message stands above.",
            _mend(found),
        )
    return "Julia did not start.", _mend(found)


def _mend(found: Installation) -> str:
    if found.problems:
        return "\n".join(problem.remedy for problem in found.problems)
    if found.origin.startswith("PYTHON_JULIACALL"):
        return (
            f"Run `{found.executable} --project={found.project} -e 'using Pkg; "
            "Pkg.instantiate(); Pkg.precompile()'`."
        )
    return f"Run `{INSTALL} --force`."


def found_text(found: Installation) -> str:
    """What was found, in a sentence."""
    if found.executable is None:
        others = ", ".join(f"Julia {text_of(v)} at {path}" for path, v in found.others)
        return f"Found: {others or 'no Julia'}; needed: Julia {version_range()}."
    version = text_of(found.version) if found.version else "of unknown version"
    packages = ", ".join(
        f"{name} {found.packages[name]}".strip()
        for name in ("BifurcationKit", "PythonCall")
        if name in found.packages
    )
    return (
        f"Found: Julia {version} at {found.executable} (from {found.origin}), project "
        f"{found.project} with {packages or 'neither BifurcationKit nor PythonCall'}."
    )


def _short(error: BaseException) -> str:
    text = str(error)
    return text if len(text) <= 500 else text[:500] + " …"
