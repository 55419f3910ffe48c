"""Branches, cycles and special points as plain data for the script of the page."""

from typing import Any

import numpy as np

from bifbridge.continuation import Branch, SpecialPoint
from bifbridge.plotting._branch import rows_with_special_points
from bifbridge.plotting._special_points import point_style
from bifbridge.report._diagram._content import Content

#: Eigenvalues or multipliers that are told of a point.
TOLD = 4
#: Components of the state that the page offers.
COMPONENTS = 8
#: Plotly's names of Matplotlib's markers.
SYMBOLS = {
    "v": "triangle-down", "o": "circle", "D": "diamond", "X": "x", "s": "square",
    "+": "cross-thin-open", "P": "cross", "h": "hexagon", "*": "star", "^": "triangle-up",
    "p": "pentagon", "d": "diamond-tall", "<": "triangle-left", ">": "triangle-right",
    "H": "hexagon2", "x": "x-thin-open", "8": "octagon", "1": "y-down-open", "|": "line-ns-open",
    "_": "line-ew-open",
}  # fmt: skip


def page_data(content: Content) -> dict[str, Any]:
    """Everything that the diagram draws."""
    shown = observed(content)
    names = [f"z[{k}]" for k in shown] + (["|z|"] if content.size > 1 else [])
    return {
        "parameter": content.parameter,
        "observables": names,
        "branches": [
            {"name": f"branch {k}", **_branch(entry.branch, shown)}
            for k, entry in enumerate(content.diagram.branches)
            if len(entry.branch)
        ],
        "cycles": [
            {"name": f"cycles {k}", **_cycles(cycles, shown)}
            for k, cycles in enumerate(content.cycles)
            if len(cycles)
        ],
        "points": [_point(point, shown) for point in content.points],
    }


def observed(content: Content) -> list[int]:
    """The components of the state that vary most."""
    states = np.concatenate([branch.states for branch in content.branches])
    states = np.concatenate([states, *(c.maxima for c in content.cycles)])
    spread = np.max(states, axis=0) - np.min(states, axis=0)
    return sorted(int(k) for k in np.argsort(-spread, kind="stable")[:COMPONENTS])


def rounded(values: Any, digits: int = 6) -> Any:
    """Numbers with so many significant digits, in lists; None where one is not finite."""
    array = np.asarray(values, float)
    if array.ndim:
        return [rounded(part, digits) for part in array]
    return float(f"{array:.{digits}g}") if np.isfinite(array) else None


def pairs(values: Any) -> list[list[float | None]]:
    """The first complex numbers as pairs."""
    return [[rounded(v.real), rounded(v.imag)] for v in np.asarray(values, complex)[:TOLD]]


def _branch(branch: Branch, shown: list[int]) -> dict[str, Any]:
    rows = rows_with_special_points(branch)
    states = np.stack([row.state for row in rows])
    return {
        "p": rounded([row.parameter for row in rows], 8),
        "y": _heights(states, shown),
        "unstable": [row.unstable for row in rows],
        "eigenvalues": [pairs(row.eigenvalues) for row in rows],
    }


def _cycles(cycles: Branch, shown: list[int]) -> dict[str, Any]:
    return {
        "p": rounded(cycles.parameters, 8),
        "upper": [rounded(cycles.maxima[:, k]) for k in shown],
        "lower": [rounded(cycles.minima[:, k]) for k in shown],
        "period": rounded(cycles.periods),
        "unstable": [int(count) for count in cycles.unstable],
        "multipliers": [pairs(row) for row in cycles.multipliers],
    }


def _point(point: SpecialPoint, shown: list[int]) -> dict[str, Any]:
    style = point_style(point.kind)
    steady = point.cycle is None
    state = np.asarray(point.state if point.cycle is None else point.cycle.maximum)
    return {
        "kind": style.label if style.short != "?" else point.kind.replace("_", " "),
        "symbol": SYMBOLS[style.marker],
        "colour": style.colour,
        "converged": bool(point.converged),
        "p": rounded(point.parameter, 8),
        "y": [column[0] for column in _heights(state[None], shown)][: None if steady else -1],
    }


def _heights(states: np.ndarray, shown: list[int]) -> list[Any]:
    columns = [rounded(states[:, k]) for k in shown]
    if states.shape[1] > 1:
        columns.append(rounded(np.linalg.norm(states, axis=1)))
    return columns
