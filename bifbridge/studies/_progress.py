"""How a long computation says where it is, without knowing who listens."""

import abc


class AbstractProgress(abc.ABC):
    """A listener to the stages of a computation."""

    @abc.abstractmethod
    def start(self, stage: str, total: int, done: int = 0) -> None:
        """A stage begins.

        Args:
            stage: what is done, as a short phrase.
            total: units of work in it.
            done: units that were done before, by an earlier process.
        """

    @abc.abstractmethod
    def advance(self, amount: int, **numbers: float) -> None:
        """Work was done.

        Args:
            amount: units of work.
            **numbers: what is worth showing beside it, by name.
        """

    @abc.abstractmethod
    def finish(self) -> None:
        """The stage ended."""


class Silence(AbstractProgress):
    """A listener that says nothing."""

    def start(self, stage: str, total: int, done: int = 0) -> None:
        """See `AbstractProgress.start`."""

    def advance(self, amount: int, **numbers: float) -> None:
        """See `AbstractProgress.advance`."""

    def finish(self) -> None:
        """See `AbstractProgress.finish`."""
