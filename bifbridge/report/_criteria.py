"""What the prediction is held to, and how it came out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bifbridge.plotting._distance import error_name
from bifbridge.plotting._groups import values
from bifbridge.report._bars import BARS, ELSEWHERE, Bar
from bifbridge.report._run import at_step
from bifbridge.report._words import fixed, is_number, number, percent
from bifbridge.training import Run

#: Steps around the crossing within which the effective rank must fall.
NEARBY = 50.0
#: How far a fitted slope may stay below the order that theory gives.
SLOPE_TOLERANCE = 0.25


@dataclass(frozen=True)
class Finding:
    """One comparison of theory with the run.

    Attributes:
        group: the heading that it belongs under.
        name: what was compared.
        meaning: how, in a sentence; may be empty.
        found: the number, as HTML.
        bar: what would count as agreement, in words; empty where nothing was asked.
        met: whether it was reached; None where nothing was asked.
    """

    group: str
    name: str
    meaning: str
    found: str
    bar: str = ""
    met: bool | None = None


#: Heading of the distance study.
ORDERS = (
    "Order at which each error falls with the distance |μ| from the bifurcation "
    f"(up to {SLOPE_TOLERANCE} less is let pass)"
)


def findings(run: Run) -> list[Finding]:
    """Everything that theory said of the run, with its verdict."""
    if run.crossing is None:
        return []
    return [*_rank(run), *_prediction(run), *_loss_drops(run), *_orders(run)]


def rank_before(run: Run) -> float | None:
    """The largest participation ratio within fifty steps of the first crossing."""
    known = run.part("effective_rank").get("highest_within_50_steps")
    if is_number(known):
        return float(known)
    kernel, crossing = run.group("kernel"), run.crossing
    if kernel is None or crossing is None or not is_number(crossing.get("step")):
        return None
    steps, rank = values(kernel, "step"), values(kernel, "participation_ratio")
    near = np.abs(steps - crossing["step"]) <= NEARBY
    start = crossing["step"] - NEARBY
    edge = [at_step(kernel, "participation_ratio", start)] if start >= steps.min() else []
    found = [*rank[near], *edge]
    return float(np.max(found)) if found else None


def _rank(run: Run) -> Iterator[Finding]:
    at, group = run.part("effective_rank").get("at_bifurcation"), "Collapse of the kernel"
    if not is_number(at):
        return
    meaning = "Participation ratio (tr K)²/tr K² of the kernel of the states."
    name = "Effective rank at the crossing"
    yield Finding(group, name, meaning, number(at), "at most 2", at <= 2)
    before = rank_before(run)
    if before is not None:
        meaning = f"How many times larger it is within {NEARBY:.0f} steps of the crossing."
        found = f"{number(before / at)} times"
        yield Finding(group, "Fall", meaning, found, "at least 10 times", before >= 10 * at)


def _prediction(run: Run) -> Iterator[Finding]:
    prediction, group = run.part("prediction"), "Prediction at the crossing"
    for key in [*BARS, *(k for k in prediction if k not in BARS)]:
        value = prediction.get(key)
        if not is_number(value) or key in ELSEWHERE:
            continue
        bar = BARS.get(key, Bar(key.replace("_", " ").capitalize(), "", number))
        met = None if bar.test is None else bar.test(float(value))
        yield Finding(group, bar.name, bar.meaning, bar.show(value), bar.bar, met)


def _loss_drops(run: Run) -> Iterator[Finding]:
    drops = loss_drops(run)
    for position, drop in enumerate(drops):
        yield Finding(
            "Falls of the loss, each with its crossing",
            f"Crossing at step {fixed(drop.get('crossing'), 1)}",
            _drop_meaning(drop, drops[:position]),
            _drop_found(drop),
            "a marked fall, begun within 100 steps",
            bool(drop.get("matched")),
        )


def loss_drops(run: Run) -> list[Mapping[str, Any]]:
    """The fall of the loss at each crossing."""
    known = run.summary.get("loss_drops")
    if known is not None:
        return list(known)
    found = []
    for event in run.events:
        offset = event.get("loss_drop_offset")
        near = is_number(offset) and abs(offset) <= 100
        found.append({"crossing": event.get("step"), "offset": offset, "matched": near})
    return found


def _drop_found(drop: Mapping[str, Any]) -> str:
    factor, offset = drop.get("factor"), drop.get("offset")
    if is_number(factor):
        return f"{number(factor)} times smaller"
    return _offset(offset) if is_number(offset) else "no fall"


def _drop_meaning(drop: Mapping[str, Any], earlier: list[Mapping[str, Any]]) -> str:
    factor, share, offset = (drop.get(name) for name in ("factor", "percentile", "offset"))
    if not is_number(factor):
        return "Where the loss begins to fall, seen from the crossing."
    meaning = "The loss 200 steps after the crossing against the loss at it"
    meaning += f", a larger fall than after {percent(share)} of all steps." if share else "."
    if is_number(offset):
        meaning += f" The fall begins {_offset(offset)} the crossing"
        shared = any(drop.get("onset") == other.get("onset") for other in earlier)
        meaning += ", in the fall that the crossing before it began." if shared else "."
    return meaning


def _offset(offset: float) -> str:
    count = fixed(abs(offset), 0)
    return f"{count} step{'' if count == '1' else 's'} {'after' if offset >= 0 else 'before'}"


def _orders(run: Run) -> Iterator[Finding]:
    study = run.part("distance_study")
    expected = study.get("expected") or {}
    for key, slope in (study.get("slopes") or {}).items():
        order = expected.get(key)
        if is_number(slope) and is_number(order):
            yield Finding(
                ORDERS,
                error_name(str(key)).capitalize(),
                "",
                fixed(slope, 2),
                f"order {order:g}",
                slope >= order - SLOPE_TOLERANCE,
            )
