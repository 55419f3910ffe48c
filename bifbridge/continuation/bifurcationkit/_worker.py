"""Julia in a process of its own, so that a crash of Julia does not take the user's with it."""

import contextlib
import importlib
import io
import multiprocessing
import pickle
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

import jax
import jax.numpy as jnp

from bifbridge._errors import JuliaCrashError
from bifbridge.continuation.bifurcationkit._interrupt import StepHook

#: What the worker runs: entry, arguments, keywords, request and hook, as `call` takes them.
Function = Callable[[str, tuple[Any, ...], dict[str, Any], str | None, StepHook | None], Any]

#: Seconds between looks at whether the user asked to stop.
_LOOK = 0.1


def isolated_call(
    entry: str,
    *arguments: Any,
    request: str | None = None,
    hook: StepHook | None = None,
    **keywords: Any,
) -> Any:
    """Call a function of the Julia package BifBridge in the worker process."""
    return _WORKER.ask(entry, arguments, keywords, request, hook)


class Worker:
    """A process that answers requests one by one, and is started anew after it died.

    It is spawned, never forked: JAX can deadlock and Julia crash in a forked process. As always
    with spawned processes a script needs the guard `if __name__ == "__main__":`.
    """

    def __init__(self, function: Function):
        """Nothing is started before the first request."""
        self._function = function
        self._context = multiprocessing.get_context("spawn")
        self._process: Any = None
        self._connection: Connection | None = None
        self._stop: Any = None

    @property
    def pid(self) -> int | None:
        """The process's number, or None while there is none."""
        return self._process.pid if self._process is not None else None

    def ask(
        self,
        entry: str,
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        request: str | None = None,
        hook: StepHook | None = None,
    ) -> Any:
        """Have the function run on a request."""
        message = _pickled((entry, arguments, keywords, request, hook is not None))
        connection = self._ready()
        self._stop.clear()
        try:
            connection.send_bytes(message)
            return self._answer(connection, hook)
        except (EOFError, ConnectionError) as error:
            code = self._ended()
            raise JuliaCrashError(_death(code), request or entry, code) from error
        except (KeyboardInterrupt, SystemExit):
            self.close()
            raise

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._ended()

    def _ready(self) -> Connection:
        if self._process is not None and not self._process.is_alive():
            self._ended()
        if self._connection is None:
            self._connection, other = self._context.Pipe()
            self._stop = self._context.Event()
            wide = bool(jax.config.jax_enable_x64)  # pyright: ignore[reportAttributeAccessIssue]
            self._process = self._context.Process(
                target=_serve,
                args=(other, self._function, self._stop, wide),
                name="bifbridge-julia",
                daemon=True,
            )
            self._process.start()
            other.close()
        return self._connection

    def _answer(self, connection: Connection, hook: StepHook | None) -> Any:
        while True:
            if hook is not None and hook.interrupted:
                self._stop.set()
            if not wait([connection], timeout=_LOOK):
                continue
            kind, content = pickle.loads(connection.recv_bytes())
            if kind == "step":
                if hook is not None and not hook(*content):
                    self._stop.set()
            elif kind == "error":
                raise content
            else:
                return content

    def _ended(self) -> int | None:
        self._process.join()
        code = self._process.exitcode
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None
        return code


def _death(code: int | None) -> str:
    how = f"ended with exit code {code}"
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            how = f"was ended by the signal {signal.Signals(-code).name}"
    return (
        f"The worker process that ran Julia {how}. This request failed; nothing else is lost, "
        "and the next request starts a new worker."
    )


class _Pickler(pickle.Pickler):
    """A pickler that knows JAX's functions by name; plain pickle fails on jax.numpy.tanh."""

    def reducer_override(self, obj: Any) -> Any:
        """See `pickle.Pickler.reducer_override`."""
        name = getattr(obj, "__name__", None)
        if callable(obj) and isinstance(name, str):
            for module in (jnp, jax.nn):
                if getattr(module, name, None) is obj:
                    return _function_of, (module.__name__, name)
        return NotImplemented


def _function_of(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def _pickled(message: tuple[Any, ...]) -> bytes:
    try:
        buffer = io.BytesIO()
        _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(message)
        return buffer.getvalue()
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ValueError(
            f"This request cannot be sent to a worker process: {error}. Use the translated field, "
            "or a field whose functions are defined at the top of a module, or isolated=False."
        ) from error


class _Relay(StepHook):
    """The hook inside the worker: it tells the user's process and listens for its stop."""

    def __init__(self, connection: Connection, stop: Any):
        super().__init__()
        self._connection, self._stop_event = connection, stop

    def __call__(self, step: int, parameter: float) -> bool:
        self._connection.send_bytes(pickle.dumps(("step", (step, parameter))))
        return not self._stop_event.is_set()


def _serve(connection: Connection, function: Function, stop: Any, wide: bool) -> None:
    """Answer requests until the other side closes the connection."""
    # Ctrl-C reaches the whole group of processes; only the user's own may act on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jax.config.update("jax_enable_x64", wide)
    with contextlib.suppress(EOFError):
        while True:
            connection.send_bytes(_reply(connection.recv_bytes(), function, connection, stop))


def _reply(message: bytes, function: Function, connection: Connection, stop: Any) -> bytes:
    try:
        entry, arguments, keywords, request, watched = pickle.loads(message)
        hook = _Relay(connection, stop) if watched else None
        return pickle.dumps(("result", function(entry, arguments, keywords, request, hook)))
    except BaseException as error:
        try:
            reply = pickle.dumps(("error", error))
            pickle.loads(reply)
        except Exception:
            return pickle.dumps(("error", RuntimeError(f"{type(error).__name__}: {error}")))
        return reply


def _call(
    entry: str,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    request: str | None,
    hook: StepHook | None,
) -> Any:
    from bifbridge.continuation.bifurcationkit._runtime import call

    return call(entry, *arguments, request=request, hook=hook, **keywords)


_WORKER = Worker(_call)
