"""A study: which tasks, written down in TOML or made in Python."""

import glob
import itertools
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bifbridge._errors import ConfigError
from bifbridge._short_repr import short_repr
from bifbridge.studies._task import Task

_KEYS = {"function", "arguments", "sweep", "files"}


@dataclass(frozen=True)
class Study:
    """Tasks whose results belong together.

    Attributes:
        name: of the study.
        tasks: in the order of the specification.

    Example:
        >>> from bifbridge.studies import Study, Task
        >>> one = Study("one", (Task("sntk", {"model": "student.eqx", "seed": 0}),))
        >>> many = Study.product("many", "sntk", {"seed": range(5)}, {"model": "student.eqx"})
        >>> len(Study.join("both", [one, many]).tasks)
        6
    """

    name: str
    tasks: tuple[Task, ...]

    @staticmethod
    def product(
        name: str,
        function: str,
        sweep: Mapping[str, Sequence[Any]],
        arguments: Mapping[str, Any] | None = None,
        *,
        files: Sequence[str] = (),
        search_path: str | os.PathLike[str] = ".",
    ) -> "Study":
        """Every combination of some values.

        Args:
            name: of the study.
            function: a built-in task's name, or module:function.
            sweep: values by argument; the last varies fastest.
            arguments: those that are the same everywhere.
            files: arguments that are paths.
            search_path: where modules and paths are looked up.

        Returns:
            The study.

        Example:
            >>> from bifbridge.studies import Study
            >>> sweep = {"seed": range(3), "gain": [0.5, 1.5]}
            >>> len(Study.product("gains", "mine:measure", sweep).tasks)
            6
        """
        fixed = dict(arguments or {})
        tasks = tuple(
            Task(
                function,
                fixed | dict(zip(sweep, values, strict=True)),
                tuple(files),
                os.fspath(search_path),
            )
            for values in itertools.product(*sweep.values())
        )
        return Study(name, tasks)

    @staticmethod
    def join(name: str, parts: Iterable["Study"]) -> "Study":
        """Several studies as one.

        Args:
            name: of the whole.
            parts: the studies.

        Returns:
            The study of all tasks.
        """
        return Study(name, tuple(one for part in parts for one in part.tasks))

    __repr__ = short_repr


def read_study(path: str | os.PathLike[str]) -> Study:
    """Read a specification in TOML.

    Args:
        path: the file. Paths in it, and modules, are looked up beside it.

    Returns:
        The study.

    Raises:
        ConfigError: if the file is missing, no TOML, or not a specification.

    Example:
        >>> import pathlib, tempfile
        >>> import bifbridge as bb
        >>> text = '''
        ... name = "gains"
        ... [[task]]
        ... function = "mine:measure"
        ... [task.sweep]
        ... gain = [0.5, 1.5]
        ... seed = {range = [0, 3]}
        ... '''
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder, "gains.toml")
        ...     _ = file.write_text(text)
        ...     study = bb.studies.read_study(file)
        >>> study.name, len(study.tasks)
        ('gains', 6)
    """
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(f"{path} is no TOML: {error}.") from error
    unknown = set(table) - {"name", "task"}
    entries = table.get("task")
    if unknown or not isinstance(entries, list) or not entries:
        raise ConfigError(
            f"{path}: got the keys {', '.join(table) or 'none'}; expected name and one or more "
            "[[task]] tables."
        )
    folder = path.parent
    parts = [_part(path, folder, entry) for entry in entries]
    return Study.join(str(table.get("name", path.stem)), parts)


def _part(path: Path, folder: Path, entry: Mapping[str, Any]) -> Study:
    unknown = set(entry) - _KEYS
    if unknown or "function" not in entry:
        raise ConfigError(
            f"{path}: a [[task]] has the keys {', '.join(entry)}; expected function, and perhaps "
            "arguments, sweep and files."
        )
    sweep = {
        name: _values(path, folder, name, values) for name, values in entry.get("sweep", {}).items()
    }
    return Study.product(
        "",
        entry["function"],
        sweep,
        entry.get("arguments", {}),
        files=entry.get("files", ()),
        search_path=folder,
    )


def _values(path: Path, folder: Path, name: str, given: Any) -> list[Any]:
    """A list as it is; {range = [first, stop, step]}; {glob = "runs/*.eqx"}, sorted."""
    found: list[Any] = []
    if isinstance(given, list):
        found = given
    elif isinstance(given, dict) and set(given) == {"range"}:
        found = list(range(*given["range"]))
    elif isinstance(given, dict) and set(given) == {"glob"}:
        found = sorted(glob.glob(given["glob"], root_dir=folder, recursive=True))
    else:
        raise ConfigError(
            f"{path}: got {name} = {given!r}; expected a list, {{range = [first, stop]}} or "
            '{glob = "runs/*.eqx"}.'
        )
    if not found:
        raise ConfigError(f"{path}: {name} = {given!r} has no values, so there is nothing to do.")
    return found
