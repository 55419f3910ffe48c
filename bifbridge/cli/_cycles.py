"""Cycles from the Hopf points of a branch, and what is said about them."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from bifbridge.cli._numbers import complex_pair, number, numbers

if TYPE_CHECKING:
    from bifbridge.continuation import (
        AbstractFamily,
        CycleBranch,
        CycleSpecialPoint,
        SpecialPoint,
    )

CYCLES = typer.Option("--cycles", help="Follow the cycles from each Hopf point, too.")


def told(
    result: Any,
    report: Callable[[Any], dict[str, Any]],
    born: "Sequence[tuple[SpecialPoint, CycleBranch]] | None",
    *,
    as_json: bool,
) -> str:
    """What a command says of a branch or diagram and of the cycles on it."""
    if not as_json:
        return "\n".join([repr(result), *(repr(one) for _, one in born or ())])
    data = report(result)
    if born is not None:
        data["cycles"] = [cycles_report(point, one) for point, one in born]
    return json.dumps(data, indent=1, allow_nan=False)


def cycles_from(
    family: "AbstractFamily", points: "Sequence[SpecialPoint]", span: tuple[float, float]
) -> "list[tuple[SpecialPoint, CycleBranch]]":
    """The branches of cycles that are born at special points of equilibria."""
    from bifbridge.continuation import Status, continue_cycles, start_from_hopf

    found: list[tuple[SpecialPoint, CycleBranch]] = []
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


def cycles_report(point: "SpecialPoint", cycles: "CycleBranch") -> dict[str, Any]:
    """A branch of cycles as plain data for JSON."""
    homoclinic = cycles.homoclinic
    return {
        "hopf": number(point.parameter),
        "n_points": len(cycles),
        "status": cycles.status.word,
        "message": cycles.status.sentence,
        "balance": repr(cycles.balance),
        "parameters": numbers(cycles.parameters),
        "periods": numbers(cycles.periods),
        "maxima": [numbers(row) for row in cycles.maxima],
        "minima": [numbers(row) for row in cycles.minima],
        "multipliers": [[complex_pair(v) for v in row] for row in cycles.multipliers],
        "stable": [bool(value) for value in cycles.stable],
        "special_points": [cycle_point_report(one) for one in cycles.special_points],
        **(
            {}
            if homoclinic is None
            else {"homoclinic": {"parameter": number(homoclinic.parameter)}}
        ),
    }


def cycle_point_report(point: "CycleSpecialPoint") -> dict[str, Any]:
    """A bifurcation of cycles as plain data for JSON."""
    report = {
        "kind": point.kind,
        "parameter": number(point.parameter),
        "period": number(point.period),
        "multipliers": [complex_pair(value) for value in point.multipliers],
        "converged": point.converged,
    }
    form = point.normal_form
    if form is not None:
        report["normal_form"] = {
            "kind": form.kind,
            "coefficient": complex_pair(form.coefficient),
            "angle": number(form.angle),
        }
        if form.criticality is not None:
            report["criticality"] = form.criticality
    return report


def _near(a: float, b: float, span: tuple[float, float]) -> bool:
    return abs(a - b) < 1e-2 * (span[1] - span[0])
