"""Figures of the pages, drawn while the site is built.

Each module of `docs/figures` names its file and has a function `figure()`. Where making the numbers
takes too long for a build they lie in `docs/figures/data`, and the module says what made them. A
drawn figure takes the place of a file of that name, which is there for readers of the repository.
"""

import importlib.util
import io
from pathlib import Path

import jax
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

FOLDER = Path(__file__).parents[1] / "figures"


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Draw all of them."""
    jax.config.update("jax_enable_x64", True)
    for script in sorted(FOLDER.glob("*.py")):
        name, content = _drawn(script)
        recorded = files.get_file_from_path(f"figures/{name}")
        if recorded is not None:
            files.remove(recorded)
        files.append(File.generated(config, f"figures/{name}", content=content))
    return files


def _drawn(script: Path) -> tuple[str, bytes]:
    spec = importlib.util.spec_from_file_location(f"docs_figure_{script.stem}", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    target = io.BytesIO()
    module.figure().savefig(target, format=Path(module.FILE).suffix[1:], dpi=160)
    return module.FILE, target.getvalue()
