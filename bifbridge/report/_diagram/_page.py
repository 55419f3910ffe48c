"""One self-contained, interactive page of a continuation."""

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bifbridge._atomic import write_text
from bifbridge._version import __version__
from bifbridge.continuation import Branch, Diagram
from bifbridge.plotting import DARK, LIGHT
from bifbridge.report._diagram._content import Content, content
from bifbridge.report._diagram._data import page_data
from bifbridge.report._diagram._panels import button, name_of, panel
from bifbridge.report._diagram._planes import orbit_of, portraits_of
from bifbridge.report._parts import paragraphs, table
from bifbridge.report._shell import asset, document
from bifbridge.report._words import counted, escape, number

Result = Branch | Diagram


def write_diagram(path: str | os.PathLike[str], result: Result, **options: Any) -> Path:
    """Write the page of a continuation.

    Args:
        path: the file; it appears whole or not at all.
        result: a branch or a diagram.
        **options: as for `render_diagram`.

    Returns:
        The file.
    """
    page = Path(path)
    write_text(page, render_diagram(result, **options))
    return page


def render_diagram(
    result: Result,
    *,
    cycles: Sequence[Branch] = (),
    family: Any = None,
    parameter: str = "p",
) -> str:
    """The page of a continuation: an interactive bifurcation diagram and its special points.

    Args:
        result: a branch or a diagram.
        cycles: branches of cycles over the same parameter, drawn as envelopes.
        family: the family of fields or f(z, p) that was continued: phase portraits are then
            those of the field, else those of the reduced equations.
        parameter: name of the parameter.

    Returns:
        A whole HTML document that needs nothing but itself; Plotly's script, compressed, is most
        of its two megabytes.

    Raises:
        ValueError: if no branch has a point.
    """  # noqa: DOC502 (content raises)
    known = content(result, cycles=cycles, family=family, parameter=parameter)
    data = page_data(known)
    for entry, point in zip(data["points"], known.points, strict=True):
        orbit = None if point.cycle is None else orbit_of(point.cycle)
        entry["portrait"] = orbit or portraits_of(known, point)
    data["colours"] = {"light": LIGHT.cycle, "dark": DARK.cycle}
    script, plotly = asset("diagram.js").template, _plotly()
    points = list(enumerate(known.points))
    return document(
        "diagram.html",
        title=_title(known),
        brand="continuation",
        content="diagram",
        sections={
            "diagram": "Diagram",
            "points": "Special points",
            "branches": "Branches",
            "terms": "Terms",
        },
        images="data: blob:",
        scripts=" ".join(f"'sha256-{_digest(text)}'" for text in (script, plotly)),
        more_style=asset("diagram.css").template,
        parts={
            "lead": paragraphs(_lead(known)),
            "list": "\n".join(button(k, point, parameter) for k, point in points)
            or "<li>No special point was found.</li>",
            "panels": "\n".join(panel(k, point, parameter) for k, point in points),
            "branches": _branches(known),
            "data": json.dumps(data, allow_nan=False, separators=(",", ":")).replace(
                "<", "\\u003c"
            ),
            "plotly": base64.b64encode(gzip.compress(plotly.encode("utf-8"), mtime=0)).decode(
                "ascii"
            ),
            "script": script,
            "version": escape(__version__),
        },
    )


def _plotly() -> str:
    from plotly.offline import get_plotlyjs  # only here, and only its script

    return get_plotlyjs()


def _digest(text: str) -> str:
    # The policy lets these two scripts run and nothing else.
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _title(known: Content) -> str:
    branches, points = len(known.branches), len(known.points)
    return f"Bifurcation diagram: {counted(branches, 'branch', 'es')}, " + counted(
        points, "special point"
    )


def _lead(known: Content) -> list[str]:
    low = min(float(branch.parameters.min()) for branch in known.branches)
    high = max(float(branch.parameters.max()) for branch in known.branches)
    kinds: dict[str, int] = {}
    for point in known.points:
        kinds[name_of(point)] = kinds.get(name_of(point), 0) + 1
    found = ", ".join(f"{count} × {escape(kind)}" for kind, count in kinds.items())
    return [
        f"Equilibria of a field of {counted(known.size, 'state')}, "
        f"{escape(known.parameter)} from {number(low, 4)} to {number(high, 4)}.",
        f"Found: {found}." if found else "No bifurcation was found.",
    ]


def _branches(known: Content) -> str:
    rows = []
    for k, entry in enumerate(known.diagram.branches):
        origin = "start" if entry.parent is None else f"from branch {entry.parent}"
        branch = entry.branch
        numbers = (str(len(branch)), escape(repr(branch.balance)), escape(branch.status.sentence))
        rows.append((f"branch {k}", origin, *numbers))
    for k, cycles in enumerate(known.cycles):
        numbers = (str(len(cycles)), escape(repr(cycles.balance)), escape(cycles.status.sentence))
        rows.append((f"cycles {k}", "Hopf point", *numbers))
    return table("Branches", ("Branch", "Origin", "Points", "Balance", "End"), rows)
