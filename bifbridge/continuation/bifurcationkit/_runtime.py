"""The one Julia runtime of a process: started on first use, and called from the main thread."""

import contextlib
import sys
import threading
import time
import warnings
from typing import Any, NamedTuple

# JAX first: jaxlib and Julia both link libstdc++, and whichever comes first decides its version.
import jax as jax

from bifbridge._errors import JuliaExecutionError, JuliaUnavailableError
from bifbridge.continuation.bifurcationkit._environment import prepare_environment
from bifbridge.continuation.bifurcationkit._failures import DOCTOR, explained, found_text
from bifbridge.continuation.bifurcationkit._installation import Installation, find_installation
from bifbridge.continuation.bifurcationkit._interrupt import StepHook
from bifbridge.continuation.bifurcationkit._plain import encode


class Runtime(NamedTuple):
    """Julia, started.

    Attributes:
        module: the Julia module in which bifbridge's own names live; never Main.
        invoke: `invoke` of julia/BifBridge/python/border.jl.
        installation: what was started.
        start_seconds: how long Julia took to start.
        load_seconds: how long BifBridge and BifurcationKit took to load.
    """

    module: Any
    invoke: Any
    installation: Installation
    start_seconds: float
    load_seconds: float


class JuliaStartedElsewhereWarning(UserWarning):
    """Julia runs already, with settings that bifbridge did not choose."""


class _Process:
    """What this process knows of its Julia: it can be started once."""

    runtime: Runtime | None = None
    failure: JuliaUnavailableError | None = None


def julia_available() -> bool:
    """Whether BifurcationKit can run here, answered without starting or downloading anything.

    Returns:
        True if Julia, its project and the packages are in place, or Julia is running already.

    Example:
        >>> julia_available() in (True, False)
        True
    """
    return _Process.runtime is not None or find_installation().ready


def julia() -> Runtime:
    """The Julia of this process, started if need be."""
    # Where nothing is installed and there is a network, juliacall first installs Julia and the
    # packages that juliapkg.json names: minutes, once.
    _require_main_thread()
    if _Process.runtime is None:
        if _Process.failure is not None:
            raise JuliaUnavailableError(
                f"Julia failed to start before in this process: {_Process.failure}",
                "Mend it and restart Python.",
            )
        _Process.runtime = _start()
    return _Process.runtime


def call(
    entry: str,
    *arguments: Any,
    request: str | None = None,
    hook: StepHook | None = None,
    **keywords: Any,
) -> Any:
    """Call a function of the Julia package BifBridge."""
    runtime = julia()
    if hook is not None:
        keywords["hook"] = hook
    with contextlib.ExitStack() as stack:
        positional = encode(list(arguments), stack)
        named = encode(keywords, stack)
        good, answer = runtime.invoke(entry, positional, named)
        if not good:
            message, backtrace = answer
            raise JuliaExecutionError(str(message), str(backtrace), request or entry)
    return answer


def _require_main_thread() -> None:
    if threading.current_thread() is not threading.main_thread():
        raise JuliaUnavailableError(
            f"Julia was asked for on the thread {threading.current_thread().name!r}. It runs on "
            "the main thread only: its garbage collector hangs elsewhere.",
            "Call it from the main thread, or use BifurcationKit(isolated=True), which has a "
            "process of its own.",
        )


def _start() -> Runtime:
    found = find_installation()
    foreign = _started_elsewhere()
    if not foreign or found.bridge is None:
        _refuse_what_cannot_work(found)
    begin = time.perf_counter()
    chosen = prepare_environment()
    try:
        juliacall = _imported()
    except Exception as error:
        failure = explained(error, found)
        if "PythonCall.jl did not start" in str(error):
            _Process.failure = failure  # Julia itself runs now and cannot be started again
        raise failure from error
    if foreign:
        _warn(juliacall, chosen)
    started = time.perf_counter()
    module = juliacall.newmodule("bifbridge")
    try:
        invoke = _loaded(module, found)
    except juliacall.JuliaError as error:
        raise explained(error, found) from error
    return Runtime(module, invoke, found, started - begin, time.perf_counter() - started)


def _started_elsewhere() -> bool:
    juliacall = sys.modules.get("juliacall")
    return juliacall is not None and bool(juliacall.CONFIG.get("inited"))


def _refuse_what_cannot_work(found: Installation) -> None:
    """Raise where a start would crash; what juliapkg manages it may still install."""
    if found.bridge is not None and (found.managed or found.ready):
        return
    raise JuliaUnavailableError(
        f"{' '.join(problem.what for problem in found.problems)}\n{found_text(found)}",
        "\n".join([*dict.fromkeys(problem.remedy for problem in found.problems), DOCTOR]),
    )


def _imported() -> Any:
    import juliacall

    if not juliacall.CONFIG.get("inited"):
        # Imported before with PYTHON_JULIACALL_INIT=no.
        juliacall.init()
    if not juliacall.CONFIG.get("inited"):
        raise RuntimeError("PYTHON_JULIACALL_INIT=no keeps Julia from starting: unset it")
    return juliacall


def _warn(juliacall: Any, chosen: dict[str, str]) -> None:
    config = juliacall.CONFIG
    warnings.warn(
        "juliacall was imported before bifbridge needed it, so Julia runs with settings that "
        f"bifbridge did not choose: project {config.get('project')}, threads "
        f"{config.get('opt_threads') or 1}, handle_signals "
        f"{config.get('opt_handle_signals') or 'no'}. BifurcationKit may be missing there, and "
        "with more than one thread Julia may hang or crash. Let bifbridge come first, or set "
        + (", ".join(f"{name}={value}" for name, value in chosen.items()) or "the same variables")
        + " before juliacall is imported.",
        JuliaStartedElsewhereWarning,
        stacklevel=5,
    )


def _loaded(module: Any, found: Installation) -> Any:
    """BifBridge loaded from its folder, and the border in bifbridge's module."""
    assert found.bridge is not None  # refused before
    module.seval("folder -> folder in LOAD_PATH || push!(LOAD_PATH, folder)")(str(found.bridge))
    border = found.bridge / "python" / "border.jl"
    module.seval("path -> (Base.include(@__MODULE__, path); nothing)")(str(border))
    return module.seval("python_invoke")
