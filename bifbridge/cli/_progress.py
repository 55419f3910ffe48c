"""Progress on a terminal as a bar, in a pipe as a few lines."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bifbridge.studies import AbstractProgress


class TerminalProgress(AbstractProgress):
    """A bar that redraws itself."""

    def __init__(self, console: Console):
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[numbers]}"),
            console=console,
        )
        self._task = None

    def start(self, stage: str, total: int, done: int = 0) -> None:
        """See `AbstractProgress.start`."""
        self._progress.start()
        self._task = self._progress.add_task(stage, total=total, completed=done, numbers="")

    def advance(self, amount: int, **numbers: float) -> None:
        """See `AbstractProgress.advance`."""
        if self._task is not None:
            self._progress.advance(self._task, amount)
            if numbers:
                self._progress.update(self._task, numbers=_shown(numbers))

    def finish(self) -> None:
        """See `AbstractProgress.finish`."""
        self._progress.stop()


class LineProgress(AbstractProgress):
    """A line at every tenth of the work, for logs and pipes."""

    def __init__(self, console: Console):
        self._console = console
        self._stage, self._total, self._done, self._tenth = "", 1, 0, -1

    def start(self, stage: str, total: int, done: int = 0) -> None:
        """See `AbstractProgress.start`."""
        self._stage, self._total, self._done = stage, max(total, 1), done
        self._tenth = 10 * done // self._total

    def advance(self, amount: int, **numbers: float) -> None:
        """See `AbstractProgress.advance`."""
        self._done += amount
        tenth = 10 * self._done // self._total
        if tenth > self._tenth:
            self._tenth = tenth
            self._console.print(
                f"{self._stage} {self._done}/{self._total} {_shown(numbers)}".rstrip()
            )

    def finish(self) -> None:
        """See `AbstractProgress.finish`."""


def progress_for(console: Console) -> AbstractProgress:
    """The progress that suits where the output goes."""
    return TerminalProgress(console) if console.is_terminal else LineProgress(console)


def _shown(numbers: dict[str, float]) -> str:
    return "  ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in numbers.items())
