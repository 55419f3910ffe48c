"""Pieces of a page: paragraphs, tables and pictures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bifbridge.report._criteria import Finding
from bifbridge.report._figures import Picture
from bifbridge.report._words import bifurcation, escape, fixed, is_number, number

#: Below this width of the screen the narrow layout of a figure is shown.
NARROW = "(max-width: 40rem)"


def paragraphs(texts: Iterable[str]) -> str:
    """Paragraphs.

    Args:
        texts: HTML.

    Returns:
        HTML.
    """
    return "\n".join(f"<p>{text}</p>" for text in texts if text)


def findings_table(results: Sequence[Finding]) -> str:
    """The comparisons, one per row, with a verdict that needs no colour.

    Args:
        results: the findings.

    Returns:
        HTML.
    """
    rows = "\n".join(
        f'<tr><th scope="row">{escape(r.name)}<span class="meaning">{escape(r.meaning)}</span></th>'
        f'<td class="number">{r.found}</td><td>{_verdict(r)}</td></tr>'
        for r in results
    )
    return _table("What was compared", ("Comparison", "Found", "Asked"), rows)


def events_table(events: Sequence[Mapping[str, Any]]) -> str:
    """The bifurcations, one per row.

    Args:
        events: from summary.json.

    Returns:
        HTML.
    """
    rows = "\n".join(
        f'<tr><th scope="row">{fixed(e.get("step"), 2)}</th><td>{bifurcation(e)}</td>'
        f"<td>{number(e.get('eigenvalue'), 2)}</td><td>{_drop(e)}</td></tr>"
        for e in events
    )
    head = ("Step", "Bifurcation", "Critical eigenvalue", "Loss")
    return _table("Bifurcations met along training", head, rows)


def settings_table(name: str, settings: Mapping[str, Any]) -> str:
    """Settings or versions, one per row.

    Args:
        name: what they are.
        settings: name to value; nested ones are joined by dots.

    Returns:
        HTML.
    """
    rows = "\n".join(
        f'<tr><th scope="row"><code>{escape(key)}</code></th><td>{escape(value)}</td></tr>'
        for key, value in _flat(settings)
    )
    return _table(name, ("Name", "Value"), rows)


def picture(
    light: tuple[Picture, Picture | None], dark: tuple[Picture, Picture | None], alt: str
) -> str:
    """A figure that follows the reader's theme and the width of the screen; printed light.

    Args:
        light: wide and narrow picture on light ground.
        dark: the same on dark ground.
        alt: what it shows.

    Returns:
        HTML.
    """
    on_dark = "(prefers-color-scheme: dark)"
    sources = [
        (f"screen and {on_dark} and {NARROW}", dark[1]),
        (f"screen and {on_dark}", dark[0]),
        (f"screen and {NARROW}", light[1]),
    ]
    tags = "".join(
        f'<source media="{media}" srcset="{p.uri}" width="{p.width}" height="{p.height}">'
        for media, p in sources
        if p is not None
    )
    wide = light[0]
    size = f'width="{wide.width}" height="{wide.height}"'
    return f'<picture>{tags}<img src="{wide.uri}" {size} alt="{escape(alt)}"></picture>'


def _table(caption: str, head: Sequence[str], rows: str) -> str:
    columns = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _verdict(result: Finding) -> str:
    if result.met is None:
        return ""
    mark, word = ("✓", "met") if result.met else ("✗", "missed")
    css = "good" if result.met else "bad"
    return f'<span class="{css}">{mark} {word}</span>: {escape(result.bar)}'


def _drop(event: Mapping[str, Any]) -> str:
    if not is_number(event.get("loss_drop_step")):
        return "no fall of the loss near"
    before, after = number(event.get("loss_before")), number(event.get("loss_after"))
    return f"{before} → {after}, from step {fixed(event['loss_drop_step'], 0)}"


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            yield f"{prefix}{key}", ", ".join(map(str, value))
        else:
            yield f"{prefix}{key}", str(value)
