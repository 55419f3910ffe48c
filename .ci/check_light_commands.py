"""Refuse a command line that loads heavy packages only to tell its version, help or completions.

Judged by the names of the modules that are loaded, not by time, which depends on the machine.
"""

import os
import subprocess
import sys

HEAVY = {
    "diffrax", "equinox", "h5netcdf", "h5py", "jax", "jaxlib", "jaxtyping", "juliacall", "lineax",
    "matfree", "matplotlib", "numpy", "optax", "optimistix", "pandas", "plotly", "scipy", "xarray",
}  # fmt: skip

#: Runs the command as its own script does, and says at the end what it has loaded.
CODE = """
import sys
from bifbridge.cli import main
sys.argv[0] = "bifbridge"
try:
    main()
finally:
    print("loaded:", *sys.modules, file=sys.stderr)
"""


def completing(line: str) -> dict[str, str]:
    """The variables by which bash asks for what may follow a line."""
    words = line.split(" ")
    return {
        "_BIFBRIDGE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }


def commands() -> list[tuple[str, ...]]:
    """Every command and group, as words."""
    from typer.main import get_command

    from bifbridge.cli import app

    def within(command: object, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        parts = getattr(command, "commands", {})
        return [words, *(one for name in parts for one in within(parts[name], (*words, name)))]

    return within(get_command(app), ())


def run(arguments: tuple[str, ...], variables: dict[str, str]) -> tuple[str, set[str]]:
    """What a call prints, and the modules that it loads."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, set(done.stderr.rpartition("loaded:")[2].split())


def calls() -> list[tuple[tuple[str, ...], dict[str, str]]]:
    """The calls that must stay light, as arguments and variables."""
    told = [(("--version",), {}), *(((*words, "--help"), {}) for words in commands())]
    lines = ("bifbridge stu", "bifbridge continue --pa", "bifbridge julia ")
    return [*told, *(((), completing(line)) for line in lines)]


def main() -> int:
    """Check every call, and give the exit status."""
    status = 0
    for arguments, variables in calls():
        printed, loaded = run(arguments, variables)
        heavy = sorted(loaded & HEAVY)
        good = bool(printed.strip()) and not heavy
        status = status if good else 1
        name = " ".join(arguments) or "completion of " + repr(variables["COMP_WORDS"])
        print("ok  " if good else "FAIL", name, *heavy)
    return status


if __name__ == "__main__":
    sys.exit(main())
