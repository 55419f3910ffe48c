"""Cycles from the Hopf points of a branch, and what is said about them."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from bifbridge.cli._numbers import number
from bifbridge.cli._reports import curve_report

if TYPE_CHECKING:
    from bifbridge.continuation import AbstractFamily, Branch, SpecialPoint

CYCLES = typer.Option("--cycles", help="Follow the cycles from each Hopf point, too.")


def told(
    result: Any,
    report: Callable[[Any], dict[str, Any]],
    born: "Sequence[tuple[SpecialPoint, Branch]] | None",
    *,
    as_json: bool,
) -> str:
    """What a command says of a branch or diagram and of the cycles on it."""
    if not as_json:
        return "\n".join([repr(result), *(repr(one) for _, one in born or ())])
    data = report(result)
    if born is not None:
        data["cycles"] = [
            {"hopf": number(point.parameter), **curve_report(one)} for point, one in born
        ]
    return json.dumps(data, indent=1, allow_nan=False)


def cycles_from(
    family: "AbstractFamily", points: "Sequence[SpecialPoint]", span: tuple[float, float]
) -> "list[tuple[SpecialPoint, Branch]]":
    """The branches of cycles that are born at special points of equilibria."""
    from bifbridge.continuation import Status, continue_cycles, start_from_hopf

    found: list[tuple[SpecialPoint, Branch]] = []
    for point in points:
        if point.kind != "hopf" or point.normal_form is None or not point.converged:
            continue
        if any(
            one.status == Status.HOPF and _near(one.parameters[-1], point.parameter, span)
            for _, one in found
        ):
            continue
        start = start_from_hopf(family, point.parameter, point.normal_form)  # pyright: ignore[reportArgumentType]
        found.append((point, continue_cycles(start, span)))
    return found


def _near(a: float, b: float, span: tuple[float, float]) -> bool:
    return abs(a - b) < 1e-2 * (span[1] - span[0])
