"""How juliacall is to start Julia: environment variables, set only where the user set none."""

import os

from bifbridge.continuation.bifurcationkit._installation import setting


def prepare_environment() -> dict[str, str]:
    """Set what the user left open."""
    # One thread, because Julia's garbage collector hangs when it runs on a thread that Python did
    # not start with (PythonCall.jl issues 578 and 627). With one thread Python keeps its own
    # signal handlers, hence Ctrl-C; a user who asks for more threads needs Julia's, or Julia may
    # crash, and loses Ctrl-C.
    threads = setting("juliacall", "threads") or "1"
    wanted = {
        "threads": threads,
        "handle_signals": "no" if threads == "1" else "yes",
        "autoload_ipython_extension": "no",
    }
    chosen = {
        f"PYTHON_JULIACALL_{name.upper()}": value
        for name, value in wanted.items()
        if setting("juliacall", name) is None
    }
    os.environ.update(chosen)
    return chosen
