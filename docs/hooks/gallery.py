"""The gallery of examples from their scripts, and the changelog from its file.

`BIFBRIDGE_DOCS_EXAMPLES=1` runs every example at its reduced size, for its figure; that takes
minutes, so a build without it shows the scripts alone.
"""

import ast
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add both pages, and the figures of the examples."""
    run = os.environ.get("BIFBRIDGE_DOCS_EXAMPLES", "0") not in {"", "0"}
    parts = [
        "# Examples",
        "Each is a script that runs by itself (`python examples/NAME.py`, with `--quick` at a "
        "reduced size) and ends with a figure.",
    ]
    for script in sorted((ROOT / "examples").glob("[!_]*.py")):
        figures = _figures(script) if run else {}
        for name, content in figures.items():
            files.append(File.generated(config, f"examples/{name}", content=content))
        parts += _entry(script, list(figures))
    files.append(File.generated(config, "examples.md", content="\n\n".join(parts) + "\n"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "changelog.md", content=changes))
    return files


def _entry(script: Path, figures: list[str]) -> list[str]:
    source = script.read_text(encoding="utf-8").rstrip()
    text = ast.get_docstring(ast.parse(source)) or script.stem
    first, _, rest = text.partition("\n\n")
    title = re.sub(r"\s+", " ", first).rstrip(".")
    pictures = [f"![{title}](examples/{name})" for name in figures]
    code = "\n".join(
        "    " + line if line else "" for line in f"```python\n{source}\n```".split("\n")
    )
    return [f"## {title}", rest.strip(), *pictures, f'??? example "{script.name}"\n\n{code}']


def _figures(script: Path) -> dict[str, bytes]:
    """What the example draws at its reduced size."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, str(script), "--quick"],
            cwd=folder,
            env=os.environ | {"BIFBRIDGE_FIGURES": folder},
            check=True,
        )
        return {path.name: path.read_bytes() for path in sorted(Path(folder).glob("*.png"))}
