"""A cross check as text."""

from typing import TYPE_CHECKING

from bifbridge._short_repr import shortened
from bifbridge.continuation._cross_check._compare import Quantity
from bifbridge.continuation._cross_check._match import Match, Unmatched

if TYPE_CHECKING:
    from bifbridge.continuation._cross_check._check import CrossCheck

_NAME, _VALUE, _DIFFERENCE = 12, 20, 12


def as_text(check: "CrossCheck") -> str:
    """The check as a table."""
    lines = _heads(check)
    columns = "".join(f"{name[: _VALUE - 1]:>{_VALUE}}" for name in check.engines)
    for k, match in enumerate(check.matches):
        lines.append(f"{k}: {described_kind(check.engines, match)}")
        lines.append(f"  {'':<{_NAME}}{columns}{'difference':>{_DIFFERENCE}}")
        lines += [_row(quantity) for quantity in match.quantities]
    if check.unmatched:
        lines.append("Unmatched")
        lines += [f"  {described_lack(entry)}" for entry in check.unmatched]
    return "\n".join(lines)


def short_text(check: "CrossCheck") -> str:
    """One line per engine, match and lack, as far as ten lines go."""
    matched = [
        f"  {described_kind(check.engines, match)}{_largest(match)}" for match in check.matches
    ]
    lines = [*_heads(check), *(f"  {described_lack(entry)}" for entry in check.unmatched), *matched]
    return shortened(lines, "print(check.text())")


def _heads(check: "CrossCheck") -> list[str]:
    return [
        f"CrossCheck of {', '.join(check.engines)}: {len(check.matches)} special points matched, "
        f"{len(check.unmatched)} unmatched",
        *(
            f"  {name}: {len(branch)} points, {branch.balance!r}. {branch.status.sentence}"
            for name, branch in zip(check.engines, check.branches, strict=False)
        ),
    ]


def _largest(match: Match) -> str:
    known = [(q.difference, q.name) for q in match.quantities if q.difference is not None]
    where = next((x for x in match.quantities[0].values if x is not None), float("nan"))
    if not known:
        return f" at p = {where:.10g}"
    return f" at p = {where:.10g}, largest difference {max(known)[0]:.1e} ({max(known)[1]})"


def described_kind(names: tuple[str, ...], match: Match) -> str:
    """What a match is, and who calls it what if they differ."""
    if match.same_kind:
        return match.kind
    said = [f"{kind} ({name})" for name, kind in zip(names, match.kinds, strict=True) if kind]
    return "DIFFERENT KINDS: " + ", ".join(said)


def described_lack(entry: Unmatched) -> str:
    """Which point is missing where, and why."""
    return (
        f"{entry.kind} at p = {entry.parameter:.10g}, found by {', '.join(entry.found_by)}, "
        f"is missing in {entry.missed_by}: {entry.reason.rstrip('.')}."
    )


def _row(quantity: Quantity) -> str:
    values = "".join(
        f"{'–' if value is None else format(value, '.12g'):>{_VALUE}}" for value in quantity.values
    )
    difference = "–" if quantity.difference is None else f"{quantity.difference:.1e}"
    return f"  {quantity.name:<{_NAME}}{values}{difference:>{_DIFFERENCE}}"


def summary(check: "CrossCheck") -> list[tuple[str, str]]:
    """The rows of the table in a notebook."""
    largest = [
        (f"largest difference, {name}", f"{value:.1e}")
        for name, value in check.largest_differences.items()
    ]
    return [
        ("engines", ", ".join(check.engines)),
        ("matched special points", str(len(check.matches))),
        ("unmatched", str(len(check.unmatched))),
        *largest,
    ]
