"""Progress and Ctrl-C while Julia runs.

A running Julia call does not let Python's signal handlers run. BifurcationKit calls a hook after
every step, the hook is Python, and there they do: so Ctrl-C sets a flag, the hook answers "stop",
and BifurcationKit returns the branch so far.
"""

import contextlib
import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

from bifbridge._progress import progress

_GO_ON, _STOP = 1, 0

#: step, parameter → whether to go on; see julia/BifBridge/src/callback.jl.
_SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int64, ctypes.c_double)


class StepHook:
    """What is called after every continuation step.

    Attributes:
        interrupted: whether Ctrl-C was pressed, or `stop` called.
        steps: how many steps were seen.
    """

    def __init__(self, listener: Callable[[int, float], None] | None = None):
        """Without a listener only interruptions are watched."""
        self.interrupted = False
        self.steps = 0
        self._listener = listener
        self._error: BaseException | None = None

    def stop(self) -> None:
        """Let the run end after the present step."""
        self.interrupted = True

    def __call__(self, step: int, parameter: float) -> bool:
        """A step was made."""
        self.steps += 1
        if self._listener is not None:
            self._listener(step, parameter)
        return not self.interrupted

    @contextlib.contextmanager
    def pointer(self) -> Iterator[int]:
        """A C function for the time of a call."""
        self._error = None
        function = _SIGNATURE(self._answer)
        yield ctypes.cast(function, ctypes.c_void_p).value or 0
        if self._error is not None:
            raise self._error
        del function

    def _answer(self, step: int, parameter: float) -> int:
        # Nothing may be raised through C: the exception is kept for `pointer`.
        try:
            return _GO_ON if self(step, parameter) else _STOP
        except BaseException as error:
            self._error = error
            return _STOP


@contextlib.contextmanager
def watched(listener: Callable[[int, float], None] | None = None) -> Iterator[StepHook]:
    """A hook that tells of every step and listens for Ctrl-C until the block ends."""
    # The first Ctrl-C ends the run after its present step. Another one, if Julia still does not
    # come back, has its usual effect as soon as Python runs again.
    with progress("BifurcationKit", "steps") as told:

        def tell(step: int, parameter: float) -> None:
            told(hook.steps, p=parameter)
            if listener is not None:
                listener(step, parameter)

        hook = StepHook(tell)
        with _interrupts(hook):
            yield hook


@contextlib.contextmanager
def _interrupts(hook: StepHook) -> Iterator[None]:
    """Ctrl-C stops the hook's run instead of raising, where handlers can be set at all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def handle(number: int, frame: Any) -> None:
        if hook.interrupted and callable(before):
            before(number, frame)
        hook.stop()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
