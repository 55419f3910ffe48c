"""Curves in words: their text, and the small tables of notebooks."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bifbridge.continuation.curves._branch import Branch
    from bifbridge.continuation.curves._special_point import SpecialPoint


def branch_text(branch: "Branch") -> str:
    """What is solved, from where to where, how it ended, and the special points."""
    points = [f"  {k}: {point!r}" for k, point in enumerate(branch.special_points)]
    return "\n".join([_head(branch), *(f"  {line}" for line in remarks(branch)), *points])


def remarks(branch: "Branch") -> list[str]:
    """Sentences on a curve: its end, its balance, what it heads for, what is unexplained."""
    lines = [branch.status.sentence]
    if len(branch) == 0:
        return lines
    if branch.solution.parameters == 1:
        lines.append(repr(branch.balance))
    if branch.homoclinic is not None:
        lines.append(repr(branch.homoclinic))
    if np.any(branch.neutral):
        lines.append(f"{int(np.sum(branch.neutral))} of them are neutral saddles.")
    if branch.solution.parameters > 1 and branch.unresolved:
        lines.append(f"{branch.unresolved} changes of stability are not explained.")
    return lines


def branch_summary(branch: "Branch") -> list[tuple[str, str]]:
    """Rows of the table that a notebook shows."""
    lines = remarks(branch)
    rows = [("Curve", _head(branch)), ("End", lines[0])]
    rows += [("Balance" if k == 0 else "", line) for k, line in enumerate(lines[1:])]
    return rows + [(point.kind, repr(point)) for point in branch.special_points]


def special_point_summary(point: "SpecialPoint") -> list[tuple[str, str]]:
    """Rows of the table that a notebook shows."""
    values = ", ".join(f"{value:.6g}" for value in point.eigenvalues[:4])
    rows = [("Special point", repr(point)), ("Leading eigenvalues", values)]
    rows.append(("Located", "to machine precision" if point.converged else "only bracketed"))
    return rows


def _head(branch: "Branch") -> str:
    one = branch.solution.parameters == 1
    name, n = ("Branch" if one else "Curve"), branch.states.shape[1]
    if len(branch) == 0 and not one:
        return f"{name} of 0 {branch.solution.plural}, n = {n}"
    if len(branch) == 0:
        return f"{name} without {branch.solution.plural}, n = {n}"
    text = f"{name} of {len(branch)} {branch.solution.plural}, n = {n}, "
    first, last = branch.parameters[0], branch.parameters[-1]
    if one:
        text += f"p from {first:.6g} to {last:.6g}"
    else:
        (p0, q0), (p1, q1) = first, last
        text += f"(p, q) from ({p0:.6g}, {q0:.6g}) to ({p1:.6g}, {q1:.6g})"
    if one and branch.orbits is not None:
        periods = branch.orbits.periods
        text += f", T from {periods[0]:.6g} to {periods[-1]:.6g}"
    return text
