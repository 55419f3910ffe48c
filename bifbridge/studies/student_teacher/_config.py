"""Everything that determines a student-teacher run."""

import dataclasses
import difflib
import json
import math
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from bifbridge._errors import ConfigError
from bifbridge._short_repr import short_repr
from bifbridge.fields import NONLINEARITIES
from bifbridge.training import OPTIMISERS


@dataclasses.dataclass(frozen=True)
class StudentTeacherConfig:
    """Settings of a run; the defaults show the collapse in under two minutes on two cores.

    Attributes:
        seed: of teacher, student and initial states.
        units: states n of teacher and student.
        trials: shared initial states N.
        horizon: length of a trial, in units of the time constant.
        step_size: step of the solver, in the same unit.
        steps: training steps.
        optimizer: "sgd", "adam", "adamw" or "rmsprop".
        learning_rate: step size of the optimiser.
        momentum: of the optimiser, at least 0 and below 1.
        clip_norm: largest gradient norm that enters the optimiser; 0 for no bound.
        dtype: floating type of the training, "float64" or "float32". The analysis is always in
            double precision.
        nonlinearity: φ by name.
        teacher_eigenvalues: leading eigenvalues of the teacher's weights, one per read-out.
        student_radius: spectral radius of the student's initial weights.
        initial_state_scale: standard deviation of each state's initial value.
        separation: least size of the coordinates of initial states along the read-outs, in the
            same unit, between 0 and 1: keeps trials off the teacher's separatrices.
        trainable: the leaves of the student that are trained.
        checkpoint_every: training steps per checkpoint file.
        kernel_modes: leading eigenvalues of the kernel that are kept.

    Example:
        >>> from bifbridge.studies.student_teacher import StudentTeacherConfig
        >>> StudentTeacherConfig(seed=3, units=8).as_dict()["units"]
        8
    """

    seed: int = 0
    units: int = 16
    trials: int = 32
    horizon: float = 35.0
    step_size: float = 0.35
    steps: int = 3000
    optimizer: str = "sgd"
    learning_rate: float = 0.005
    momentum: float = 0.9
    clip_norm: float = 1.0
    dtype: str = "float64"
    nonlinearity: str = "tanh"
    teacher_eigenvalues: tuple[float, ...] = (1.5, 1.3, 0.5)
    student_radius: float = 0.5
    initial_state_scale: float = 0.3
    separation: float = 0.5
    trainable: tuple[str, ...] = ("weights",)
    checkpoint_every: int = 100
    kernel_modes: int = 10

    def __post_init__(self) -> None:
        """Refuse impossible values."""
        for name in ("units", "trials", "steps", "checkpoint_every", "kernel_modes"):
            _require(getattr(self, name) >= 1, name, getattr(self, name), "at least 1")
        for name in ("horizon", "step_size", "learning_rate", "initial_state_scale"):
            value = getattr(self, name)
            _require(math.isfinite(value) and value > 0, name, value, "a positive number")
        for name in ("clip_norm", "student_radius"):
            value = getattr(self, name)
            _require(math.isfinite(value) and value >= 0, name, value, "zero or a positive number")
        _require(0 <= self.separation <= 1, "separation", self.separation, "between 0 and 1")
        _require(0 <= self.momentum < 1, "momentum", self.momentum, "at least 0 and below 1")
        _require(self.step_size <= self.horizon, "step_size", self.step_size, "at most the horizon")
        _require_one_of("optimizer", self.optimizer, OPTIMISERS)
        _require_one_of("nonlinearity", self.nonlinearity, NONLINEARITIES)
        _require_one_of("dtype", self.dtype, ("float64", "float32"))
        count = len(self.teacher_eigenvalues)
        expected = f"between 1 and units = {self.units} numbers"
        _require(1 <= count <= self.units, "teacher_eigenvalues", count, expected)
        _require(len(self.trainable) > 0, "trainable", self.trainable, "at least one leaf")

    def as_dict(self) -> dict[str, Any]:
        """The settings as plain numbers, strings and lists."""
        plain = dataclasses.asdict(self)
        return {name: list(v) if isinstance(v, tuple) else v for name, v in plain.items()}

    def as_toml(self) -> str:
        """The settings as a TOML file that `read_config` reads back."""
        return "".join(f"{name} = {json.dumps(v)}\n" for name, v in self.as_dict().items())

    __repr__ = short_repr


def read_config(
    path: str | os.PathLike[str] | None = None, overrides: Mapping[str, Any] | None = None
) -> StudentTeacherConfig:
    """Settings from a TOML file, with values that take precedence over it.

    Args:
        path: the file, or None for the defaults.
        overrides: name to value; None values are skipped.

    Returns:
        The settings.

    Raises:
        ConfigError: for unknown keys, wrong types, impossible values or a file that is not TOML.

    Example:
        >>> from bifbridge.studies.student_teacher import read_config
        >>> read_config(overrides={"seed": 3, "units": None}).seed  # None leaves the default
        3
    """
    try:
        settings = {} if path is None else tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML ({error}).") from error
    settings |= {name: value for name, value in (overrides or {}).items() if value is not None}
    hints = get_type_hints(StudentTeacherConfig)
    for name in settings:
        if name not in hints:
            raise ConfigError(_unknown_key(name, list(hints)))
    return StudentTeacherConfig(**{n: _coerce(n, v, hints[n]) for n, v in settings.items()})


def _unknown_key(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known keys are {', '.join(known)}."
    return f"Unknown key {name!r} in the configuration; {hint}"


def _coerce(name: str, value: Any, hint: Any) -> Any:
    """A value of the hinted type; whole numbers pass for real ones, lists for tuples."""
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise ConfigError(f"Got {name} = {value!r}, expected a list.")
        return tuple(_coerce(name, item, get_args(hint)[0]) for item in value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or isinstance(value, bool):
        raise ConfigError(f"Got {name} = {value!r}, expected {_KINDS[hint]}.")
    return value


_KINDS = {int: "a whole number", float: "a number", str: "a text"}


def _require(condition: bool, name: str, got: Any, expected: str) -> None:
    if not condition:
        raise ConfigError(f"Got {name} = {got!r}, expected {expected}.")


def _require_one_of(name: str, got: str, known: Any) -> None:
    _require(got in known, name, got, "one of " + ", ".join(repr(k) for k in known))
