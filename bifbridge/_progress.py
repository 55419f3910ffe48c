"""How far a long computation is, for people: a bar, or whole lines where the output is a pipe.

A computation says what it does with `progress`; whether and how that is shown is settled here.
Only the outermost stage has a line of its own, on which the stages within it speak.
"""

import dataclasses
import functools
import math
import multiprocessing
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

#: 0 silences everything, 1 shows it in plain scripts too; anything else leaves it to the rest.
VARIABLE = "BIFBRIDGE_PROGRESS"

#: Seconds: before anything is shown, between two pictures of a bar, between two lines.
_PATIENCE, _FRAME, _PAUSE = 2.0, 0.1, 10.0

#: done, **numbers ↦ None: how much is done by now, and what is worth showing beside it.
Told = Callable[..., None]

_asked: ContextVar[bool | None] = ContextVar("asked", default=None)
_shown: ContextVar["_Display | None"] = ContextVar("shown", default=None)


@contextmanager
def show_progress(show: bool = True) -> Iterator[None]:
    """Show, or hide, how far computations are that take longer than two seconds.

    Without it notebooks show a bar and scripts stay silent. What is shown goes to the standard
    error stream: a bar on a terminal, a line every ten seconds or more where it is a pipe. The
    environment variable `BIFBRIDGE_PROGRESS` wins over a program that shows it: 0 silences
    everything; 1 shows it in scripts too that do not ask.

    Args:
        show: whether to show it. It holds in this thread until the block ends.

    Yields:
        Nothing.

    Example:
        >>> import bifbridge as bb
        >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
        >>> with bb.show_progress():
        ...     branch = bb.continuation(problem)
    """
    before = _asked.get()
    _asked.set(show)
    try:
        yield
    finally:
        _asked.set(before)


@contextmanager
def progress(
    what: str, unit: str = "", total: int | None = None, done: int = 0, *, yields: bool = False
) -> Iterator[Told]:
    """A stage of a computation; `unit` is empty where only the stages within it count."""
    # `yields` is for generators, which are told of only where their consumer tells nothing: what
    # it does between two items is no stage within them.
    outer = _shown.get()
    stage = _Stage(what, unit, total, done)
    if yields if outer else not _wanted():
        yield _silent
    elif outer is not None:
        with outer.within(stage) as told:
            yield told
    else:
        with _displayed(stage, shared=not yields) as told:
            yield told


@contextmanager
def _displayed(stage: "_Stage", *, shared: bool) -> Iterator[Told]:
    display = _Display(stage)
    if shared:
        _shown.set(display)
    failed = True
    try:
        yield display.tell
        failed = False
    except GeneratorExit:
        failed = False
        raise
    finally:
        if shared:
            _shown.set(None)
        display.end(failed)


def in_notebook() -> bool:
    """Whether an IPython kernel runs this process, as in Jupyter, VS Code or Colab."""
    find = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return find is not None and getattr(find(), "kernel", None) is not None


def _wanted() -> bool:
    variable, asked = os.environ.get(VARIABLE), _asked.get()
    # Workers of a study are told of by the process that waits for them.
    if variable == "0" or sys.stderr is None or multiprocessing.parent_process() is not None:
        return False
    if asked is not None:
        return asked
    unasked = variable == "1" or in_notebook()
    return unasked and threading.current_thread() is threading.main_thread()


def _silent(done: int, **numbers: float) -> None:
    pass


@dataclasses.dataclass
class _Stage:
    what: str
    unit: str
    total: int | None
    done: int
    numbers: dict[str, float] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        count = f"{self.done}" if self.total is None else f"{self.done}/{self.total}"
        words = f"{self.what} {count} {self.unit}" if self.unit else self.what
        return ", ".join(filter(None, [words, self.values]))

    @property
    def values(self) -> str:
        pairs = self.numbers.items()
        return ", ".join(f"{name.replace('_', ' ')} = {value:.4g}" for name, value in pairs)


class _Display:
    """The line of an outermost stage, from two seconds after its start to its end."""

    def __init__(self, stage: _Stage):
        self._stage, self._inner = stage, ""
        self._first = stage.done
        self._started = time.monotonic()
        self._due = self._started + _PATIENCE
        self._face: _Bar | _Lines | None = None

    def tell(self, done: int, **numbers: float) -> None:
        self._stage.done, self._stage.numbers = done, numbers
        if time.monotonic() >= self._due:
            self._show()

    @contextmanager
    def within(self, stage: _Stage) -> Iterator[Told]:
        """A stage of the stage, told of on the same line."""

        def told(done: int, **numbers: float) -> None:
            if time.monotonic() >= self._due:
                stage.done, stage.numbers = done, numbers
                self._inner = str(stage)
                self._show()

        before = self._inner
        try:
            yield told
        finally:
            self._inner = before

    def end(self, failed: bool) -> None:
        self._due = math.inf
        if self._face is not None:
            with suppress(OSError):
                self._face.end(self._stage, time.monotonic() - self._started, failed)

    def _show(self) -> None:
        elapsed = time.monotonic() - self._started
        pause = math.inf  # nobody listens any more where the output was closed
        with suppress(OSError):
            if self._face is None:
                self._face = _face(self._stage, self._first, elapsed)
            pause = self._face.show(self._stage, self._inner, elapsed)
        self._due = self._started + elapsed + pause


class _Lines:
    """A line now and then, less often the longer it takes."""

    def show(self, stage: _Stage, inner: str, elapsed: float) -> float:
        self._write("; ".join(filter(None, [str(stage), inner])), elapsed)
        return max(_PAUSE, elapsed / 10)

    def end(self, stage: _Stage, elapsed: float, failed: bool) -> None:
        if not failed:
            self._write(f"{stage}; done", elapsed)

    def _write(self, words: str, elapsed: float) -> None:
        sys.stderr.write(f"{words} ({elapsed:.0f} s)\n")
        sys.stderr.flush()


class _Bar:
    """A bar that redraws itself; only one that failed stays, in a notebook."""

    def __init__(self, stage: _Stage, first: int, elapsed: float):
        count = "{desc}: {n_fmt}{unit} [{elapsed}{postfix}]"
        form = count if stage.unit else "{desc}{postfix} [{elapsed}]"
        self._bar = _tqdm()(
            desc=stage.what, unit=f" {stage.unit}", total=stage.total, initial=first, leave=False,
            bar_format=None if stage.total else form, miniters=0, mininterval=0, smoothing=0,
            dynamic_ncols=not in_notebook(),
        )  # fmt: skip
        if not self._bar.disable:  # as it is by TQDM_DISABLE=1
            self._bar.start_t -= elapsed

    def show(self, stage: _Stage, inner: str, elapsed: float) -> float:
        del elapsed
        self._bar.set_postfix_str("; ".join(filter(None, [stage.values, inner])), refresh=False)
        self._bar.update(stage.done - self._bar.n)
        return _FRAME

    def end(self, stage: _Stage, elapsed: float, failed: bool) -> None:
        del elapsed
        # A notebook shows in red what stopped before its total.
        self._bar.n, self._bar.total = stage.done, stage.total if failed else stage.done
        self._bar.close()


def _face(stage: _Stage, first: int, elapsed: float) -> _Bar | _Lines:
    return _Bar(stage, first, elapsed) if in_notebook() or sys.stderr.isatty() else _Lines()


@functools.cache
def _tqdm() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises to install ipywidgets, and works without
        from tqdm.auto import tqdm

    class Quiet(tqdm):
        """One that starts no thread of its own."""

        monitor_interval = 0

    # The default one would also lock processes, of which some platforms start another for it.
    Quiet.set_lock(threading.RLock())
    return Quiet
