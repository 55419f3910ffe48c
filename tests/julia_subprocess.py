"""A Julia, of any version from 1.5 on, that runs translated fields for the tests."""

import atexit
import functools
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bifbridge.continuation.bifurcationkit.translation import JuliaField

_HERE = Path(__file__).parent
_OLDEST = (1, 5)


class JuliaSubprocess:
    """One Julia process, fed through its standard input.

    The same process serves all tests of a session, since starting one takes a second or more.
    """

    def __init__(
        self, executable: str, options: Sequence[str] = ("--startup-file=no", "--compile=min")
    ):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [executable, *options, str(_HERE / "julia_server.jl")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        words = self.stdout.readline().split()
        if words[:1] != ["ready"]:
            raise RuntimeError(f"{executable} did not start: it said {words}.")
        self.version, self.derivatives = words[1], words[2]

    def load(self, field: JuliaField) -> None:
        """Make a field the current one."""
        lines = field.source.splitlines()
        request = [f"field {len(lines)} {len(field.constants)}", *lines]
        for name, value in field.constants.items():
            kind = {"f": "f", "i": "i", "b": "b"}[value.dtype.kind]
            entries = value.ravel(order="F")
            words = entries.astype(int) if kind == "b" else entries
            request.append(" ".join([name, kind, *(str(size) for size in value.shape)]))
            request.append(" ".join(repr(entry.item()) for entry in words))
        self._ask(request)

    def derivative(self, z: Any, p: Any, directions: Sequence[tuple[Any, Any]] = ()) -> np.ndarray:
        """A mixed directional derivative of the current field, one order per (v, q) pair."""
        request = [f"evaluate {len(directions)}", _line(z)]
        request.append(f"{'number' if np.ndim(p) == 0 else 'vector'} {_line(p)}")
        for v, q in directions:
            request += [_line(v), _line(q)]
        return np.array([float(word) for word in self._ask(request).split()[1:]])

    def evaluator(self, field: JuliaField) -> Any:
        """The field as `check_translation` wants it."""
        self.load(field)
        zero = np.zeros(field.n)

        def evaluate(kind: str, z: Any, p: Any, directions: Any = ()) -> np.ndarray:
            still = np.zeros_like(np.asarray(p, float))
            moves = [(v, still) for v in directions]
            if kind in ("parameter", "mixed"):
                units = [1.0] if still.ndim == 0 else list(np.eye(still.size))
                columns = [self.derivative(z, p, [*moves, (zero, unit)]) for unit in units]
                return columns[0] if still.ndim == 0 else np.stack(columns, axis=1)
            return self.derivative(z, p, moves)

        return evaluate

    def _ask(self, request: list[str]) -> str:
        try:
            self.stdin.write("\n".join(request) + "\n")
            self.stdin.flush()
            answer = self.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer.startswith("ok"):
            ended = f"the process ended with status {self.process.poll()}"
            raise RuntimeError(f"Julia: {answer.strip() or ended}")
        return answer

    def close(self) -> None:
        """End the process."""
        self.stdin.close()
        self.process.wait(timeout=60)
        self.stdout.close()


def find_julia() -> tuple[str | None, str]:
    """A Julia to test with, or None and why there is none."""
    wanted = os.environ.get("BIFBRIDGE_TEST_JULIA")
    executable = shutil.which(wanted or "julia")
    if executable is None:
        asked = f"BIFBRIDGE_TEST_JULIA={wanted} does not exist" if wanted else "no julia on PATH"
        return None, f"{asked}: translated fields are not run. See .ci/old_julia."
    answer = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
    words = answer.stdout.split()
    if answer.returncode != 0 or len(words) < 3:
        return None, f"{executable} --version failed: {answer.stderr.strip()}"
    if tuple(int(part) for part in words[2].split(".")[:2]) < _OLDEST:
        return None, f"{executable} is Julia {words[2]}, older than 1.5."
    return executable, ""


@functools.cache
def shared_julia() -> JuliaSubprocess:
    """The process of this session; skips the test, saying why, where there is no Julia."""
    executable, reason = find_julia()
    if executable is None:
        pytest.skip(reason)
    process = JuliaSubprocess(executable)
    atexit.register(process.close)
    return process


def _line(values: Any) -> str:
    return " ".join(repr(float(value)) for value in np.ravel(values))
