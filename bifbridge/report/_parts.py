"""Pieces of a page: paragraphs, tables and pictures."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bifbridge.report._criteria import Finding
from bifbridge.report._figures import Picture
from bifbridge.report._words import bifurcation, escape, fixed, is_number, number

#: Rows of the table of events.
MOST_EVENTS = 8


def paragraphs(texts: Iterable[str]) -> str:
    """Paragraphs."""
    return "\n".join(f"<p>{text}</p>" for text in texts if text)


def findings_table(results: Sequence[Finding]) -> str:
    """The comparisons, one per row under their group, with a verdict that needs no colour."""
    # Narrow screens stack the cells of a row, so the roles of a table are spelt out.
    bodies = "".join(
        '<tbody role="rowgroup"><tr role="row"><th class="group" role="rowheader" '
        f'scope="rowgroup" colspan="3">{escape(group)}</th></tr>\n'
        + "\n".join(_finding(r) for r in members)
        + "</tbody>"
        for group, members in itertools.groupby(results, key=lambda r: r.group)
    )
    head = "".join(
        f'<th role="columnheader" scope="col">{title}</th>'
        for title in ("Comparison", "Found", "Asked")
    )
    return (
        '<table class="stacked" role="table"><caption>What was compared</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>{bodies}</table>'
    )


def events_table(events: Sequence[Mapping[str, Any]]) -> str:
    """The bifurcations, one per row."""
    rows = "\n".join(
        f'<tr><th scope="row">{fixed(e.get("step"), 2)}</th><td>{bifurcation(e)}'
        f"{_doubt(e)}</td><td>{_change(e)}</td><td>{_drop(e)}</td></tr>"
        for e in events[:MOST_EVENTS]
    )
    more = len(events) - MOST_EVENTS
    if more > 0:
        rows += f'\n<tr><td colspan="4">and {more} more, in summary.json</td></tr>'
    head = ("Step", "Bifurcation", "Unstable directions", "Loss")
    return _table("Bifurcations met along training", head, f"<tbody>{rows}</tbody>")


def settings_table(name: str, settings: Mapping[str, Any]) -> str:
    """Settings or versions, one per row."""
    rows = "\n".join(
        f'<tr><th scope="row"><code>{escape(key)}</code></th><td>{escape(value)}</td></tr>'
        for key, value in _flat(settings)
    )
    return _table(name, ("Name", "Value"), f"<tbody>{rows}</tbody>")


def picture(wide: Picture, narrow: Picture | None, alt: str) -> str:
    """A figure in every colour and layout, of which the style sheet shows one."""
    # The choice is left to CSS because a `picture` element keeps its choice for the screen when
    # the page is printed.
    layouts = [("any", wide)] if narrow is None else [("wide", wide), ("narrow", narrow)]
    return "\n".join(
        f'<img class="on-{ground} {layout}" src="{uri}" width="{image.width}" '
        f'height="{image.height}" alt="{escape(alt)}">'
        for layout, image in layouts
        for ground, uri in (("light", image.light), ("dark", image.dark))
    )


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose rows begin with their heading."""
    body = "".join(
        f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    )
    return _table(caption, head, f"<tbody>{body}</tbody>")


def _table(caption: str, head: Sequence[str], bodies: str) -> str:
    columns = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead>"
        f"{bodies}</table></div>"
    )


def _finding(result: Finding) -> str:
    meaning = f'<span class="meaning">{escape(result.meaning)}</span>' if result.meaning else ""
    return (
        f'<tr role="row"><th role="rowheader" scope="row">{escape(result.name)}{meaning}</th>'
        f'<td role="cell" class="number">{result.found}</td>'
        f'<td role="cell">{_verdict(result)}</td></tr>'
    )


def _verdict(result: Finding) -> str:
    if result.met is None:
        return '<span class="meaning">no bar</span>'
    mark, word = ("✓", "met") if result.met else ("✗", "missed")
    css = "good" if result.met else "bad"
    return f'<span class="{css}">{mark} {word}</span>: {escape(result.bar)}'


def _doubt(event: Mapping[str, Any]) -> str:
    return " (not converged)" if event.get("converged") is False else ""


def _change(event: Mapping[str, Any]) -> str:
    change = event.get("unstable_change")
    if not is_number(change):
        return "not known"
    return f"{'+' if change > 0 else ''}{fixed(change, 0)}"


def _drop(event: Mapping[str, Any]) -> str:
    if not is_number(event.get("loss_drop_step")):
        return "no fall of the loss near"
    onset, factor = fixed(event["loss_drop_step"], 0), event.get("loss_factor")
    if is_number(factor):
        return f"{number(factor)} times smaller after 200 steps"
    before, after = number(event.get("loss_before")), number(event.get("loss_after"))
    return f"{before} → {after}, from step {onset}"


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            yield f"{prefix}{key}", ", ".join(map(str, value))
        else:
            yield f"{prefix}{key}", str(value)
