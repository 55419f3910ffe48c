"""Reference pages, one per room: every public name, none written by hand."""

import importlib
import inspect
import textwrap
from types import ModuleType

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

#: In the order of the work, which is that of the navigation.
ROOMS = (
    "fields",
    "trajectories",
    "sntk",
    "families",
    "continuation",
    "cycles",
    "two_parameter",
    "normal_forms",
    "landscape",
    "tasks",
    "training",
    "tracking",
    "studies",
    "studies.student_teacher",
    "plotting",
    "report",
    "julia",
    "errors",
)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page for each room, and one that says where each top-level name is described."""
    homes: dict[int, str] = {}
    for room in ROOMS:
        module = importlib.import_module(f"bifbridge.{room}")
        for name in _names(module):
            homes.setdefault(id(getattr(module, name)), f"{module.__name__}.{name}")
        path = f"reference/{room}.md"
        files.append(File.generated(config, path, content=_page(module)))
    top = importlib.import_module("bifbridge")
    page = _top_page(top, homes)
    files.append(File.generated(config, "reference/bifbridge.md", content=page))
    return files


def _names(module: ModuleType) -> list[str]:
    """The public names of a room that are described there: classes and functions."""
    public = getattr(module, "__all__", vars(module))
    return [name for name in public if _is_described(name, getattr(module, name))]


def _is_described(name: str, value: object) -> bool:
    ours = getattr(value, "__module__", None) or ""
    described = inspect.isclass(value) or inspect.isfunction(value)
    return not name.startswith("_") and described and ours.startswith("bifbridge")


def _page(module: ModuleType) -> str:
    parts = [f"# {module.__name__}", _told(module)]
    names = _names(module)
    for title, wanted in (("Functions", inspect.isfunction), ("Classes", inspect.isclass)):
        chosen = [name for name in names if wanted(getattr(module, name))]
        if chosen:
            parts += [f"## {title}", *(f"::: {module.__name__}.{name}" for name in sorted(chosen))]
    return "\n\n".join(parts) + "\n"


def _told(module: ModuleType) -> str:
    """What a room says of itself, with its example as a block of code."""
    prose, _, example = (inspect.getdoc(module) or "").partition("\nExample:\n")
    return f"{prose}\n```pycon\n{textwrap.dedent(example).strip()}\n```" if example else prose


def _top_page(top: ModuleType, homes: dict[int, str]) -> str:
    lines = [
        "# bifbridge",
        (inspect.getdoc(top) or "").strip(),
        "",
        "These names are there after `import bifbridge as bb`.",
        "",
        "| name | what it is |",
        "|---|---|",
    ]
    alone = []
    for name in sorted(_names(top), key=str.lower):
        value = getattr(top, name)
        home = homes.get(id(value))
        if home is None:
            alone.append(name)
            home = f"bifbridge.{name}"
        summary = (inspect.getdoc(value) or "").partition("\n\n")[0].replace("\n", " ")
        lines.append(f"| [`{name}`][{home}] | {_plain(summary)} |")
    parts = ["\n".join(lines), _rooms_table(), *(f"::: bifbridge.{name}" for name in alone)]
    return "\n\n".join(parts) + "\n"


def _rooms_table() -> str:
    """Every room with the first line of what it says of itself."""
    rows = [f"| [`bifbridge.{room}`]({room}.md) | {_plain(_first_line(room))} |" for room in ROOMS]
    return "\n".join(["## Rooms", "", "| room | what it holds |", "|---|---|", *rows])


def _first_line(room: str) -> str:
    return (inspect.getdoc(importlib.import_module(f"bifbridge.{room}")) or "").partition("\n")[0]


def _plain(text: str) -> str:
    """Text that stays as it is within a cell of a table."""
    for mark in "|*[":
        text = text.replace(mark, f"\\{mark}")
    return text
