"""Curves, diagrams and special points as plain data for JSON, whatever is solved."""

from typing import TYPE_CHECKING, Any

from bifbridge.cli._numbers import complex_pair, number, numbers

if TYPE_CHECKING:
    from bifbridge.continuation import Branch, Diagram, SpecialPoint


def branch_report(branch: "Branch") -> dict[str, Any]:
    """A branch: special points with its ends, balance and status."""
    from bifbridge.continuation import Status

    points = [point_report(point) for point in branch.special_points]
    if len(branch) and branch.ends[0] != Status.RUNNING:
        points.insert(0, _endpoint(branch, 0))
    if len(branch):
        points.append(_endpoint(branch, -1))
    balance = branch.balance
    return {
        "special_points": points,
        "n_points": len(branch),
        "balance": {
            "unstable_start": balance.unstable_start,
            "unstable_end": balance.unstable_end,
            "located": balance.located,
            "unresolved": balance.unresolved,
            "complete": balance.complete,
            "text": repr(balance),
        },
        **_ending(branch),
    }


def diagram_report(diagram: "Diagram") -> dict[str, Any]:
    """A diagram: its branches, and each special point once."""
    branches = [
        {
            "level": entry.level,
            "parent": entry.parent,
            "parent_point": entry.point,
            **branch_report(entry.branch),
        }
        for entry in diagram.branches
    ]
    return {
        "n_branches": len(diagram),
        "special_points": [point_report(point) for point in diagram.special_points],
        "branches": branches,
    }


def curve_report(curve: "Branch") -> dict[str, Any]:
    """A curve with every point of it: parameters, states or cycles, and stability."""
    report = {
        "kind": curve.kind,
        "n_points": len(curve),
        **_ending(curve),
        "balance": repr(curve.balance),
        "parameters": _nested(curve.parameters),
        "stable": [bool(value) for value in curve.stable],
        "neutral": [bool(value) for value in curve.neutral],
        "unresolved": curve.unresolved,
        "special_points": [point_report(point) for point in curve.special_points],
    }
    if curve.orbits is None:
        return report | {"states": _nested(curve.states)}
    report |= {
        "periods": numbers(curve.periods),
        "maxima": _nested(curve.maxima),
        "minima": _nested(curve.minima),
        curve.solution.rule.spectrum: [[complex_pair(v) for v in row] for row in curve.eigenvalues],
    }
    if curve.homoclinic is not None:
        report["homoclinic"] = {"parameter": number(curve.homoclinic.parameter)}
    return report


def point_report(point: "SpecialPoint") -> dict[str, Any]:
    """A special point: its kind, place, eigenvalues, and the coefficients that apply."""
    report: dict[str, Any] = {"kind": point.kind, "parameter": number(point.parameter)}
    if point.second_parameter is not None:
        report["parameters"] = numbers(point.parameters)
    report["state"] = numbers(point.state)
    if point.cycle is not None:
        report["period"] = number(point.cycle.period)
    report[point.solution.rule.spectrum] = [complex_pair(value) for value in point.eigenvalues]
    report |= {"converged": point.converged, "multiplicity": point.multiplicity}
    if point.normal_form is not None:
        report["normal_form"] = form_report(point.normal_form)
    if point.criticality is not None:
        report["criticality"] = point.criticality
    return report


def form_report(form: Any) -> dict[str, Any]:
    """A normal form: its kind and its coefficients."""
    from bifbridge.normal_forms import coefficients

    found = {name: _number(value) for name, value in coefficients(form).items()}
    return {"kind": form.kind, **found}


def _ending(branch: "Branch") -> dict[str, Any]:
    return {
        "status": branch.status.word,
        "message": branch.status.sentence,
        "ends": [status.word for status in branch.ends],
    }


def _endpoint(branch: "Branch", k: int) -> dict[str, Any]:
    return {
        "kind": "endpoint",
        "parameter": number(branch.parameters[k]),
        "state": numbers(branch.states[k]),
        branch.solution.rule.spectrum: [complex_pair(value) for value in branch.eigenvalues[k]],
        "converged": True,
    }


def _nested(values: Any) -> list[Any]:
    return [_nested(row) for row in values] if values.ndim > 1 else numbers(values)


def _number(value: Any) -> Any:
    if getattr(value, "ndim", 0):
        return numbers(value)
    turning = isinstance(value, complex) or "complex" in str(getattr(value, "dtype", ""))
    return complex_pair(value) if turning else number(value)
