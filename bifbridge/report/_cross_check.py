"""A cross check as one self-contained page."""

import os
from pathlib import Path

from bifbridge._atomic import write_text
from bifbridge._version import __version__
from bifbridge.continuation import CrossCheck
from bifbridge.continuation._cross_check import Match, Quantity
from bifbridge.plotting import kind_in_words
from bifbridge.report._parts import paragraphs, table
from bifbridge.report._shell import document
from bifbridge.report._words import MINUS, counted, escape, number


def write_cross_check(path: str | os.PathLike[str], check: CrossCheck) -> Path:
    """Write the page of a cross check.

    Args:
        path: the file.
        check: the check.

    Returns:
        The file.
    """
    page = Path(path)
    write_text(page, render_cross_check(check))
    return page


def render_cross_check(check: CrossCheck) -> str:
    """The page of a cross check.

    Args:
        check: the check.

    Returns:
        A whole HTML document that needs nothing but itself.
    """
    return document(
        "cross_check.html",
        title=_title(check),
        brand="cross check",
        content="comparison",
        sections={
            "engines": "Engines",
            "points": "Special points",
            "unmatched": "Unmatched",
            "terms": "Terms",
        },
        parts={
            "lead": paragraphs(_lead(check)),
            "engines": _engines(check),
            "points": "\n".join(_match(check, k, match) for k, match in enumerate(check.matches))
            or "<p>No special point was found by two engines.</p>",
            "unmatched": _unmatched(check),
            "tolerance": number(check.tolerance),
            "version": escape(__version__),
        },
    )


def _title(check: CrossCheck) -> str:
    points = counted(len(check.matches), "special point")
    names = " and ".join(escape(name) for name in check.engines)
    if check.unmatched:
        return f"{names}: {points} matched, {len(check.unmatched)} missing somewhere"
    return f"{names}: {points}, all matched"


def _lead(check: CrossCheck) -> list[str]:
    texts = []
    largest = check.largest_differences
    if largest:
        listed = ", ".join(f"{escape(name)} {number(value, 2)}" for name, value in largest.items())
        texts.append(f"Largest relative differences: {listed}.")
    different = sum(not match.same_kind for match in check.matches)
    if different:
        texts.append(f"Of {counted(different, 'point')} the engines say different kinds.")
    return texts


def _engines(check: CrossCheck) -> str:
    rows = [
        (
            escape(name),
            str(len(branch)),
            escape(repr(branch.balance)),
            escape(branch.status.sentence),
        )
        for name, branch in zip(check.engines, check.branches, strict=True)
    ]
    return table("What each engine returned", ("Engine", "Points", "Balance", "End"), rows)


def _match(check: CrossCheck, k: int, match: Match) -> str:
    point = next(point for point in match.points if point is not None)
    form = point.normal_form
    criticality = None if form is None else form.criticality
    kind = kind_in_words(match.kind, criticality)
    doubts = "" if match.same_kind else f'<p class="bad">{_kinds(check, match)}</p>'
    rows = [_quantity(quantity) for quantity in match.quantities]
    head = ("", *check.engines, "Difference")
    caption = f"{k + 1}. {kind} at p = {_digits(point.parameter)}"
    return doubts + table(caption, head, rows)


def _kinds(check: CrossCheck, match: Match) -> str:
    said = zip(check.engines, match.kinds, strict=True)
    return "Different kinds: " + ", ".join(
        f"{escape(kind)} ({escape(name)})" for name, kind in said if kind is not None
    )


def _quantity(quantity: Quantity) -> tuple[str, ...]:
    name = "|z|" if quantity.name == "state" else quantity.name
    if quantity.name == "eigenvalue":
        name = "Re λ"
    return (escape(name), *map(_digits, quantity.values), _difference(quantity.difference))


def _unmatched(check: CrossCheck) -> str:
    if not check.unmatched:
        return "<p>Nothing: every engine has every point.</p>"
    rows = [
        (
            escape(kind_in_words(entry.kind, None)),
            _digits(entry.parameter),
            escape(", ".join(entry.found_by)),
            escape(entry.missed_by),
            escape(entry.reason),
        )
        for entry in check.unmatched
    ]
    head = ("Point", "p", "Found by", "Missing in", "Why")
    return table("Points that an engine lacks", head, rows)


def _digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.10g}".replace("-", MINUS)


def _difference(value: float | None) -> str:
    return "–" if value is None else number(value, 2)
