"""The gallery of examples from their scripts, and the changelog from its file."""

import ast
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add both pages, and the figures that lie beside the examples."""
    scripts = sorted((ROOT / "examples").glob("[!_]*.py"))
    parts = ["# Examples", "Each is a script that runs by itself and ends with a figure."]
    for script in scripts:
        source = script.read_text(encoding="utf-8")
        text = ast.get_docstring(ast.parse(source)) or ""
        title, _, rest = text.partition("\n")
        parts += [f"## {title.strip().rstrip('.')}", rest.strip()]
        for figure in _figures(script):
            path = f"examples/{figure.name}"
            files.append(File.generated(config, path, content=figure.read_bytes()))
            parts.append(f"![{title.strip()}]({path})")
        parts.append(f'??? example "{script.name}"\n\n{_indented(source)}')
    if not scripts:
        parts.append("There are none yet.")
    files.append(File.generated(config, "examples.md", content="\n\n".join(parts) + "\n"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "changelog.md", content=changes))
    return files


def _figures(script: Path) -> list[Path]:
    places = (script.parent, script.parent / "figures")
    found = [path / f"{script.stem}{end}" for path in places for end in (".svg", ".png")]
    return [path for path in found if path.exists()][:1]


def _indented(source: str) -> str:
    block = f"```python\n{source.rstrip()}\n```"
    return "\n".join("    " + line if line else "" for line in block.splitlines())
