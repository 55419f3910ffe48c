"""What the prediction is held to, and how it came out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bifbridge.plotting._groups import values
from bifbridge.report._run import Run, at_step
from bifbridge.report._words import bifurcation, cosine, fixed, is_number, number, percent

#: Steps around the crossing within which the effective rank must fall.
NEARBY = 50.0
#: How far a fitted slope may stay below the order that theory gives.
SLOPE_TOLERANCE = 0.25


@dataclass(frozen=True)
class Finding:
    """One comparison of theory with the run.

    Attributes:
        name: what was compared.
        meaning: how, in a sentence.
        found: the number, as HTML.
        bar: what would count as agreement, in words; empty where nothing was asked.
        met: whether it was reached; None where nothing was asked.
    """

    name: str
    meaning: str
    found: str
    bar: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Bar:
    """How one number of the summary's prediction is shown and judged.

    Attributes:
        name: what was compared.
        meaning: how.
        show: number to HTML.
        bar: what counts as agreement, in words.
        test: number to verdict.
    """

    name: str
    meaning: str
    show: Callable[[Any], str]
    bar: str
    test: Callable[[float], bool]


BARS = {
    "parameter_direction_cosine": Bar(
        "Direction in parameter space",
        "Cosine between ∇θμ and the leading right singular vector of S.",
        cosine,
        "at least 0.99",
        lambda x: x >= 0.99,
    ),
    "top_eigenvalue_ratio": Bar(
        "Leading eigenvalue",
        "Predicted over measured leading eigenvalue of the kernel.",
        number,
        "1 within 15 %",
        lambda x: abs(x - 1) <= 0.15,
    ),
    "restricted_kernel_error": Bar(
        "Kernel along ∇θμ",
        "Relative error of the predicted kernel against the measured one restricted to ∇θμ, "
        "all states.",
        percent,
        "at most 15 %",
        lambda x: x <= 0.15,
    ),
    "critical_restricted_kernel_error": Bar(
        "Reduced equation",
        "The same in the critical coordinate alone: the kernel of the scalar equation.",
        percent,
        "at most 15 %",
        lambda x: x <= 0.15,
    ),
    "operator_cosine": Bar(
        "Whole kernel",
        "Cosine between the predicted rank-one kernel and the whole measured kernel.",
        cosine,
        "at least 0.95",
        lambda x: x >= 0.95,
    ),
    "critical_channel_operator_cosine": Bar(
        "Critical channel",
        "The same for the kernels of the critical coordinate.",
        cosine,
        "at least 0.99",
        lambda x: x >= 0.99,
    ),
    "critical_channel_share": Bar(
        "Share of the critical direction",
        "Part of the kernel’s trace that lies along ∇θμ.",
        percent,
        "at least 50 %",
        lambda x: x >= 0.5,
    ),
    "loss_landscape_relative_error": Bar(
        "Loss along the dominant direction",
        "Relative error of the predicted loss on the line through the crossing along ∇θμ.",
        percent,
        "at most 15 %",
        lambda x: x <= 0.15,
    ),
}


def findings(run: Run) -> list[Finding]:
    """Everything that theory said of the run, with its verdict.

    Args:
        run: the run.

    Returns:
        Findings in the order of the story; empty without a bifurcation.
    """
    if run.crossing is None:
        return []
    return [*_rank(run), *_prediction(run), *_loss_drops(run), *_orders(run)]


def rank_before(run: Run) -> float | None:
    """The largest participation ratio within fifty steps before the first crossing.

    Args:
        run: the run.

    Returns:
        It, or None where the kernel was not followed there.
    """
    kernel, crossing = run.group("kernel"), run.crossing
    if kernel is None or crossing is None or not is_number(crossing.get("step")):
        return None
    steps, rank = values(kernel, "step"), values(kernel, "participation_ratio")
    near = (steps <= crossing["step"]) & (steps >= crossing["step"] - NEARBY)
    start = crossing["step"] - NEARBY
    edge = [at_step(kernel, "participation_ratio", start)] if start >= steps.min() else []
    known = [*rank[near], *edge]
    return float(np.max(known)) if known else None


def _rank(run: Run) -> Iterator[Finding]:
    at = run.part("effective_rank").get("at_bifurcation")
    if not is_number(at):
        return
    yield Finding(
        "Effective rank at the crossing",
        "Participation ratio (tr K)²/tr K² of the kernel of the states.",
        number(at),
        "at most 2",
        at <= 2,
    )
    before = rank_before(run)
    if before is not None:
        yield Finding(
            "Collapse",
            f"How many times the effective rank falls in the {NEARBY:.0f} steps before.",
            f"{number(before / at)} times",
            "at least 10 times",
            before >= 10 * at,
        )


def _prediction(run: Run) -> Iterator[Finding]:
    prediction = run.part("prediction")
    for key in [*BARS, *(k for k in prediction if k not in BARS)]:
        value = prediction.get(key)
        if not is_number(value):
            continue
        if key in BARS:
            bar = BARS[key]
            shown, met = bar.show(value), bar.test(float(value))
            yield Finding(bar.name, bar.meaning, shown, bar.bar, met)
        else:
            yield Finding(key.replace("_", " ").capitalize(), "", number(value))


def _loss_drops(run: Run) -> Iterator[Finding]:
    for event in run.events:
        offset = event.get("loss_drop_offset")
        matched = is_number(offset)
        side = "after" if matched and offset >= 0 else "before"
        found = f"{fixed(abs(offset), 0)} steps {side}" if matched else "none near"
        yield Finding(
            f"Loss drop at step {fixed(event.get('step'), 1)}",
            f"Where the loss begins to fall, seen from the {bifurcation(event)}.",
            found,
            "within 100 steps",
            matched and abs(float(offset or 0.0)) <= 100,
        )


def _orders(run: Run) -> Iterator[Finding]:
    study = run.part("distance_study")
    expected = study.get("expected") or {}
    for key, slope in (study.get("slopes") or {}).items():
        order = expected.get(key)
        if not (is_number(slope) and is_number(order)):
            continue
        name = str(key).removesuffix("_error").replace("_", " ")
        yield Finding(
            f"Order of the error: {name}",
            "Slope of the error against the distance |μ| on log–log axes; "
            f"{SLOPE_TOLERANCE} less than the order is let pass.",
            fixed(slope, 2),
            f"order {order:g}",
            slope >= order - SLOPE_TOLERANCE,
        )
