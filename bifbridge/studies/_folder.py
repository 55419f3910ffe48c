"""The folder of a study: results, failures and claims, each named by its task's key."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bifbridge._atomic import write_text
from bifbridge._short_repr import short_repr
from bifbridge.studies._claim import LEASE, is_stale


@dataclass(frozen=True)
class StudyFolder:
    """Where the files of a study lie.

    Attributes:
        path: the folder.

    Example:
        >>> from bifbridge.studies import StudyFolder
        >>> StudyFolder("gains").result("0123abcd").name
        '0123abcd.nc'
    """

    path: Path

    def __init__(self, path: str | os.PathLike[str]):
        object.__setattr__(self, "path", Path(path).absolute())

    def create(self) -> None:
        """Make the folders, unless they are there."""
        for name in ("results", "failures", "claims"):
            (self.path / name).mkdir(parents=True, exist_ok=True)

    def result(self, key: str) -> Path:
        """The result of a task.

        Args:
            key: its key.

        Returns:
            The netCDF file, which is whole if it exists.
        """
        return self.path / "results" / f"{key}.nc"

    def claim(self, key: str) -> Path:
        """The claim on a task.

        Args:
            key: its key.

        Returns:
            The file.
        """
        return self.path / "claims" / key

    def failure(self, key: str) -> dict[str, Any] | None:
        """Why a task failed.

        Args:
            key: its key.

        Returns:
            The reason and what belongs to it, or None if it did not fail.
        """
        try:
            return json.loads(self._failure(key).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            return {"reason": "The record of the failure is damaged.", "traceback": ""}

    def record_failure(self, key: str, reason: str, traceback: str = "", **more: Any) -> None:
        """Write down why a task failed.

        Args:
            key: its key.
            reason: one sentence.
            traceback: where it went wrong.
            **more: plain data.
        """
        record = {"reason": reason, "traceback": traceback, **more}
        write_text(self._failure(key), json.dumps(record, indent=1) + "\n")

    def forget_failure(self, key: str) -> None:
        """Let a task be tried again.

        Args:
            key: its key.
        """
        self._failure(key).unlink(missing_ok=True)

    def state(self, key: str, lease: float = LEASE) -> str:
        """Where a task stands.

        Args:
            key: its key.
            lease: as in `run_study`.

        Returns:
            "done", "failed", "running" or "pending".
        """
        if self.result(key).exists():
            return "done"
        if self._failure(key).exists():
            return "failed"
        claimed = self.claim(key)
        return "running" if claimed.exists() and not is_stale(claimed, lease) else "pending"

    def is_open(self, key: str) -> bool:
        """Whether a task has neither result nor failure.

        Args:
            key: its key.

        Returns:
            True if it is still to be done, by whomever.
        """
        return not (self.result(key).exists() or self._failure(key).exists())

    def _failure(self, key: str) -> Path:
        return self.path / "failures" / f"{key}.json"

    __repr__ = short_repr
