"""A task: a function's name and plain data, and the hash that names its result."""

import hashlib
import importlib
import inspect
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bifbridge._errors import ConfigError
from bifbridge._short_repr import short_repr

#: Built-in tasks by the name that a specification uses.
BUILT_IN = {
    name: f"bifbridge.studies._built_in:{name}"
    for name in ("continuation", "sntk", "student_teacher", "track", "train")
}


def task(*, version: int, files: Sequence[str] = ()) -> Callable[[Callable], Callable]:
    """Mark a function as a task of a study.

    Args:
        version: part of the hash of every result; raise it when the function's results change.
        files: arguments that are paths, or lists of paths: their contents enter the hash.

    Returns:
        A decorator that leaves the function as it is.

    Example:
        >>> from bifbridge.studies import task
        >>> @task(version=1)
        ... def square(x):
        ...     return {"y": x**2}
    """

    def mark(function: Callable) -> Callable:
        function.task_version, function.task_files = version, tuple(files)  # pyright: ignore
        return function

    return mark


@dataclass(frozen=True)
class Task:
    """One computation of a study.

    Attributes:
        function: a built-in's name, or module:function.
        arguments: plain data: numbers, texts, booleans, lists and tables of them.
        files: further arguments that are paths, beside those that the function declares.
        search_path: folder from which modules are imported, and to which paths are relative.

    Example:
        See `Study`.
    """

    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    search_path: str = "."

    def load(self) -> Callable[..., Any]:
        """The function.

        Returns:
            It.

        Raises:
            ConfigError: if there is no such function.
        """
        target = BUILT_IN.get(self.function, self.function)
        module_name, _, name = target.partition(":")
        if not (module_name and name):
            raise ConfigError(
                f"Got the task {self.function!r}; expected one of {', '.join(BUILT_IN)}, or "
                "module:function of your own."
            )
        folder = str(Path(self.search_path).absolute())
        if folder not in sys.path:
            sys.path.insert(0, folder)
        try:
            return getattr(importlib.import_module(module_name), name)
        except (ImportError, AttributeError) as error:
            raise ConfigError(f"Cannot load the task {self.function!r}: {error}") from error

    def resolved(self) -> dict[str, Any]:
        """The arguments, with paths made absolute.

        Returns:
            What the function is called with.
        """
        return dict(self.arguments) | {
            name: _each(self.arguments[name], self._absolute)
            for name in self._file_arguments(self.load())
        }

    def identity(self) -> dict[str, Any]:
        """Everything that the result depends on: function, version, arguments, file contents.

        Returns:
            Plain data. A path stands as the hash of its file, so that a moved study keeps its
            results.

        Raises:
            ConfigError: if a file is missing or an argument is no plain data.
        """
        function = self.load()
        arguments: dict[str, Any] = dict(self.arguments)
        try:
            for name in self._file_arguments(function):
                arguments[name] = _each(arguments[name], lambda p: file_hash(self._absolute(p)))
        except OSError as error:
            raise ConfigError(f"{self.function}: cannot read {error.filename}.") from error
        return {
            "function": self.function,
            "version": _version(function),
            "arguments": arguments,
        }

    @property
    def key(self) -> str:
        """Name of the result: 32 hexadecimal digits of the SHA-256 of `identity()`."""
        return hash_of(self.identity())

    def _file_arguments(self, function: Callable) -> list[str]:
        """Those given; a text such as module:function is no path."""
        names = dict.fromkeys([*getattr(function, "task_files", ()), *self.files])
        return [name for name in names if name in self.arguments]

    def _absolute(self, path: str) -> str:
        found = Path(self.search_path, path).absolute()
        return path if ":" in path and not found.exists() else str(found)

    __repr__ = short_repr


def hash_of(identity: Mapping[str, Any]) -> str:
    """The key of an identity."""
    try:
        text = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"The arguments of {identity.get('function')!r} are no plain data ({error}); expected "
            "finite numbers, texts, booleans, and lists and tables of them."
        ) from error
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def file_hash(path: str) -> str:
    """SHA-256 of a file's content."""
    if ":" in path and not Path(path).exists():
        return _version(Task(path).load())
    with open(path, "rb") as stream:
        return "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()


def _version(function: Callable) -> str:
    """The declared version; without one, the hash of the function's source."""
    declared = getattr(function, "task_version", None)
    if declared is not None:
        return str(declared)
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return "unknown"
    return "source:" + hashlib.sha256(source.encode()).hexdigest()[:32]


def _each(value: Any, change: Callable[[str], Any]) -> Any:
    return [change(item) for item in value] if isinstance(value, list | tuple) else change(value)
