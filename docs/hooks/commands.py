"""The command reference, from the commands' own help."""

import re

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.cli import get_docs_for_click

HEAD = """# Commands

Made from the help of the commands, which `--help` prints, too. `python -m bifbridge` is the same
as `bifbridge`.

`bifbridge --install-completion` makes the shell (bash, zsh, fish or PowerShell) complete commands
and options; `bifbridge --show-completion` prints what that would install.
"""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the page."""
    files.append(File.generated(config, "commands.md", content=_page()))
    return files


def _page() -> str:
    from bifbridge.cli import app
    from bifbridge.cli._exit import EXIT_STATUSES

    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="bifbridge")
    text = get_docs_for_click(obj=command, ctx=context, name="bifbridge")
    # The epilogue of every command is said once.
    text = text.replace(EXIT_STATUSES + "\n\n", "")
    _, _, commands = text.partition("\n## ")
    return "\n".join([HEAD, _exit_statuses(EXIT_STATUSES), _examples("## " + commands)])


def _exit_statuses(sentence: str) -> str:
    """The table of exit statuses that the sentence lists."""
    listed, rest = re.fullmatch(r"Exit status: (.*?)\. (.*)", sentence, re.DOTALL).groups()
    rows = [part.strip().partition(" ") for part in listed.split(";")]
    lines = [f"| {number} | {meaning} |" for number, _, meaning in rows]
    return "\n".join([
        "## Exit status",
        "",
        "| status | meaning |",
        "|---|---|",
        *lines,
        "",
        rest,
        "",
    ])


def _examples(text: str) -> str:
    """Examples in the help as blocks of code."""
    spoken = re.compile(r"^(?:(?:For e|E)xamples?: *)?(bifbridge .+?);?$", re.MULTILINE)
    blocks = spoken.sub(r"```console\n$ \1\n```", text)
    joined = re.sub(r"\n```\n+```console\n", "\n", blocks)
    return re.sub(r"^For example:\n\n", "", joined, flags=re.MULTILINE)
