"""The option that asks for JSON, and numbers as JSON has them: what is not finite is null."""

import math
from collections.abc import Iterable
from typing import Any

import typer

JSON = typer.Option("--json", help="Print JSON and nothing else.")


def number(value: Any) -> float | None:
    """A number for JSON."""
    converted = float(value)
    return converted if math.isfinite(converted) else None


def numbers(values: Iterable[Any]) -> list[float | None]:
    """Several numbers for JSON."""
    return [number(value) for value in values]


def complex_pair(value: Any) -> list[float | None]:
    """A complex number for JSON."""
    converted = complex(value)
    return [number(converted.real), number(converted.imag)]


def plain(value: Any) -> Any:
    """Tables and lists of numbers for JSON."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
