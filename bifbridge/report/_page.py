"""One self-contained page per run."""

import os
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from bifbridge._atomic import write_text
from bifbridge._errors import RunFolderError
from bifbridge.report import _story as story
from bifbridge.report._catalogue import RunFigure, available
from bifbridge.report._criteria import findings
from bifbridge.report._figures import draw_figures, pictures, write_figures
from bifbridge.report._parts import (
    events_table,
    findings_table,
    paragraphs,
    picture,
    settings_table,
)
from bifbridge.report._run import read_run
from bifbridge.report._shell import document
from bifbridge.report._words import escape
from bifbridge.training import Run

#: The figures that belong to each section; all others go with the comparisons.
HAPPENED = ("training", "crossing", "learning-diagram", "kernel-spectrum")


def write_report(run_folder: str | os.PathLike[str]) -> Path:
    """Render report.html and figures/ of a run folder from its data alone.

    Args:
        run_folder: holds run.nc and summary.json.

    Returns:
        The page.

    Raises:
        RunFolderError: if the data are missing or the folder cannot be written.
        FileFormatError: if the data are truncated, foreign or of a newer release.
    """  # noqa: DOC502 (read_run raises)
    folder = Path(run_folder)
    run = read_run(folder)
    drawn = draw_figures(run.tree)
    write_figures(run.tree, folder / "figures", drawn=drawn)
    page = folder / "report.html"
    try:
        write_text(page, render(run, drawn=drawn))
    except OSError as error:
        raise RunFolderError(f"{page} cannot be written: {error.strerror}.") from error
    return page


def render(run: Run, *, drawn: Mapping[str, Figure] | None = None) -> str:
    """The page of a run.

    Args:
        run: the run.
        drawn: what `draw_figures` gave, if that is done.

    Returns:
        A whole HTML document that needs nothing but itself.
    """
    results = findings(run)
    drawn = draw_figures(run.tree) if drawn is None else drawn
    figures = {entry.name: _figure(run, entry, drawn[entry.name]) for entry in available(run.tree)}
    return document(
        "page.html",
        title=story.headline(run),
        brand="student–teacher run",
        content="report",
        sections={
            "trained": "What was trained",
            "bifurcated": "When it bifurcated",
            "predicted": "How well theory predicted it",
            "terms": "Terms and units",
            "provenance": "Settings",
        },
        parts={
            "notice": _notice(story.notice(run)),
            "lead": paragraphs(story.lead(run)),
            "trained": paragraphs(story.what_was_trained(run)),
            "bifurcation_heading": story.bifurcation_heading(run),
            "bifurcated": paragraphs(story.when_it_bifurcated(run)),
            "events": events_table(run.events) if run.events else "",
            "happened": "\n".join(figures[name] for name in HAPPENED if name in figures),
            "findings": _comparison(results),
            "reservations": _reservations(story.reservations(results), bool(results)),
            "compared": "\n".join(text for name, text in figures.items() if name not in HAPPENED),
            "settings": settings_table("Settings", run.config),
            "versions": settings_table("Versions", run.part("versions")),
        },
    )


def _figure(run: Run, entry: RunFigure, drawn: Figure) -> str:
    image = picture(*pictures(entry, run.tree, drawn), entry.alt)
    css = "wide" if entry.wide else "single"
    return (
        f'<figure class="{css}" id="{entry.name}"><h3>{escape(entry.title)}</h3>\n{image}\n'
        f"<figcaption>{entry.caption(run)} <small>figures/{entry.name}.pdf</small></figcaption>"
        "</figure>"
    )


def _comparison(results: list) -> str:
    if results:
        return findings_table(results)
    return "<p>Without a bifurcation there is no normal form to hold against the kernel.</p>"


def _reservations(items: list[str], compared: bool) -> str:
    if not compared:
        return ""
    text = "<p>Nothing: every comparison above reached what was asked of it.</p>"
    if items:
        text = "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    return f'<section id="reservations"><h3>What did not match</h3>\n{text}</section>'


def _notice(text: str) -> str:
    return f'<p class="notice" role="note">{text}</p>' if text else ""
