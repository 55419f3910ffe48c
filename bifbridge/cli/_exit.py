"""Exit statuses, and the one place where exceptions become messages."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from bifbridge._errors import (
    BifbridgeError,
    ConfigError,
    DivergenceError,
    PrecisionError,
    RunFolderError,
)

FAILED, USAGE, DIVERGED, NO_SPACE, INTERRUPTED = 1, 2, 3, 4, 130

#: Shown in the help of every command.
EXIT_STATUSES = (
    "Exit status: 0 done; 1 failed; 2 wrong usage, configuration or folder; 3 training diverged; "
    "4 no space left or an unwritable disk; 130 interrupted. What was written stays."
)


@contextmanager
def reported_errors(console: Console | None = None) -> Iterator[None]:
    """Turn the exceptions of a command into one message and an exit status."""
    console = Console(stderr=True) if console is None else console
    try:
        yield
    except BifbridgeError as error:
        _leave(console, str(error), _status(error))
    except OSError as error:
        _leave(console, _describe_os_error(error), NO_SPACE)
    except KeyboardInterrupt:
        _leave(console, "Interrupted. Run the same command again to go on.", INTERRUPTED)


def require_double_precision() -> None:
    """Switch JAX to 64 bits, unless the user has forbidden it."""
    import jax

    value = os.environ.get("JAX_ENABLE_X64")
    if value is not None and value.strip().lower() in {"", "0", "false", "no", "off"}:
        raise PrecisionError(
            f"The environment sets JAX_ENABLE_X64={value}, but kernels, continuation and normal "
            "forms need 64-bit floats. Unset it, or set JAX_ENABLE_X64=1. To train in single "
            "precision use --dtype float32."
        )
    jax.config.update("jax_enable_x64", True)


def _status(error: BifbridgeError) -> int:
    if isinstance(error, DivergenceError):
        return DIVERGED
    usage = isinstance(error, ConfigError | PrecisionError | RunFolderError)
    return USAGE if usage else FAILED


def _describe_os_error(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return (
            f"No space left on the disk of {error.filename or 'the output folder'}. What was "
            "complete is kept; free some space and run the same command again to go on."
        )
    return f"{error.filename or 'The file system'}: {error.strerror or error}."


def _leave(console: Console, message: str, status: int) -> None:
    console.print(f"[bold red]Error[/]: {_escaped(message)}", highlight=False, soft_wrap=True)
    sys.exit(status)


def _escaped(message: str) -> str:
    return message.replace("[", r"\[")
