"""The document: one table per claim, and what matches and what does not, from the numbers."""

import math
from collections.abc import Mapping, Sequence

from claims._claim import Claim, Outcome

_HEAD = "| measured | earlier runs or theory | median | range | criterion | seeds that meet it |"


_CAPTION = (
    "Lines in a, b and f are seeds; c, d and e show medians over the seeds, dashed lines the "
    "expected powers. In g lines are measured and rings predicted for one seed, dotted lines mark "
    "ln(1/a₀)/T; in f the dotted line is 0.015. In h every dot is a seed. In i the dashed line is "
    "the first crossing."
)


def document(claims: Sequence[Claim], found: Mapping[str, Sequence[Outcome]], how: str) -> str:
    """The whole page in Markdown.

    Args:
        claims: in order.
        found: outcomes by claim name.
        how: the command, seeds and versions that made the numbers.

    Returns:
        Markdown.
    """
    parts = [
        "# Evidence",
        "",
        "What the paper claims, held against measurements. Every row is measured on each seed; it "
        "*holds* if all seeds meet its criterion. The sentences below the tables are made from "
        "the numbers.",
        "",
        how,
        "",
        "![Evidence](figures/evidence.png)",
        "",
        _CAPTION,
        "",
        *_summary(claims, found),
    ]
    for claim in claims:
        parts += ["", f"## {claim.title}", "", claim.statement, "", *_table(found[claim.name])]
        parts += ["", *_sentences(found[claim.name])]
    return "\n".join(parts) + "\n"


def _summary(claims: Sequence[Claim], found: Mapping[str, Sequence[Outcome]]) -> list[str]:
    lines = [
        "| claim | rows that hold on every seed | on most | on half or fewer |",
        "|---|---|---|---|",
    ]
    for claim in claims:
        judged = [outcome for outcome in found[claim.name] if outcome.met is not None]
        counts = [sum(_grade(outcome) == grade for outcome in judged) for grade in range(3)]
        lines.append(
            f"| {claim.title} | {counts[0]} of {len(judged)} | {counts[1]} | {counts[2]} |"
        )
    return lines


def _grade(outcome: Outcome) -> int:
    """0 if every seed meets the criterion, 1 if more than half do, 2 otherwise."""
    met = outcome.met or 0
    return 0 if met == outcome.seeds else 1 if 2 * met > outcome.seeds else 2


def _table(found: Sequence[Outcome]) -> list[str]:
    lines = [_HEAD, "|" + "---|" * 6]
    for outcome in found:
        quantity, (low, high) = outcome.quantity, outcome.span
        criterion = "–" if quantity.criterion is None else quantity.criterion.text
        met = "–" if outcome.met is None else f"{outcome.met} of {outcome.seeds}"
        if len(outcome.values) < outcome.seeds:
            met += f" ({outcome.seeds - len(outcome.values)} without it)"
        cells = (
            quantity.label.replace("|", "\\|"),
            quantity.expected,
            number(outcome.median),
            f"{number(low)} … {number(high)}",
            criterion,
            met,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _sentences(found: Sequence[Outcome]) -> list[str]:
    judged = [outcome for outcome in found if outcome.met is not None]
    short = [outcome for outcome in judged if _grade(outcome) > 0]
    if not judged:
        return []
    if not short:
        return [f"**Matches**: all {len(judged)} criteria hold on every seed."]
    lines = [
        f"**Matches**: {len(judged) - len(short)} of {len(judged)} criteria on every seed.",
        "",
    ]
    lines.append("**Does not match** on every seed:")
    lines.append("")
    return [*lines, *(_shortfall(outcome) for outcome in short)]


def _shortfall(outcome: Outcome) -> str:
    quantity, (low, high) = outcome.quantity, outcome.span
    assert quantity.criterion is not None
    where = "no seed" if outcome.met == 0 else f"{outcome.met} of {outcome.seeds} seeds"
    return (
        f"- {quantity.label}: wanted {quantity.criterion.text}, met by {where}; median "
        f"{number(outcome.median)}, from {number(low)} to {number(high)}."
    )


def number(value: float) -> str:
    """Three digits, without an exponent where that is readable.

    Args:
        value: any number.

    Returns:
        Its text.
    """
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    if 0.9 <= abs(value) < 1 and abs(1 - abs(value)) >= 1e-7:
        # Near one the distance from it is what counts.
        digits = max(3, 1 - math.floor(math.log10(1 - abs(value))))
        return f"{value:.{digits}f}".replace("-", "−")
    if 1e-3 <= abs(value) < 1e5:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:.{digits}f}".replace("-", "−")
    return f"{value:.2g}".replace("-", "−")
