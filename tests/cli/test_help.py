"""The help of every command: an example that parses, and the exit statuses."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from bifbridge.cli import app
from bifbridge.cli._exit import EXIT_STATUSES


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("words", COMMANDS)
def test_help_has_an_example_with_options_that_exist(words):
    command = COMMANDS[words]
    found = re.findall(r"^(?:Examples?: )?(bifbridge .+?);?$", command.help or "", re.MULTILINE)
    assert found, f"bifbridge {words}: no example in its help"
    for line in found:
        spoken = shlex.split(line)
        assert spoken[: 2 + words.count(" ")] == ["bifbridge", *words.split()]
        # Parses options and converts values; nothing is run.
        command.make_context(words, spoken[2 + words.count(" ") :]).close()


@pytest.mark.parametrize("words", COMMANDS)
def test_help_ends_with_the_exit_statuses(words):
    assert COMMANDS[words].epilog == EXIT_STATUSES


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_commands(shell, monkeypatch, capsys):
    monkeypatch.setenv("_BIFBRIDGE_COMPLETE", f"complete_{shell}")
    for name, value in {
        "COMP_WORDS": "bifbridge con",
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": "bifbridge con",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as left:
        app(prog_name="bifbridge")
    assert not left.value.code
    assert "continue" in capsys.readouterr().out
