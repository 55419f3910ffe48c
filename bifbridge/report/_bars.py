"""How each number of the prediction is named, shown and judged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bifbridge.report._words import cosine, number, percent


@dataclass(frozen=True)
class Bar:
    """How one number of the summary's prediction is shown and judged.

    Attributes:
        name: what was compared.
        meaning: how.
        show: number to HTML.
        bar: what counts as agreement, in words; empty where nothing is asked.
        test: number to verdict; None where nothing is asked.
    """

    name: str
    meaning: str
    show: Callable[[Any], str]
    bar: str = ""
    test: Callable[[float], bool] | None = None


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
        "1 within 15\N{NO-BREAK SPACE}%",
        lambda x: abs(x - 1) <= 0.15,
    ),
    "restricted_kernel_error": Bar(
        "Kernel along ∇θμ",
        "Relative error of the predicted kernel against the measured one restricted to ∇θμ, "
        "in all states.",
        percent,
        "at most 15\N{NO-BREAK SPACE}%",
        lambda x: x <= 0.15,
    ),
    "critical_restricted_kernel_error": Bar(
        "Reduced equation",
        "The same in the critical coordinate alone: the kernel of the scalar equation.",
        percent,
        "at most 15\N{NO-BREAK SPACE}%",
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
    "profile_cosine": Bar(
        "Course in time",
        "Cosine between predicted and measured movement of the critical coordinate.",
        cosine,
    ),
    "critical_channel_share": Bar(
        "Share of the critical direction",
        "Part of the kernel’s trace that lies along ∇θμ.",
        percent,
        "at least 50\N{NO-BREAK SPACE}%",
        lambda x: x >= 0.5,
    ),
    "state_channel_share": Bar(
        "Share of the critical states",
        "Part of the trace in the critical coordinate; the cross terms have either sign.",
        percent,
    ),
    "critical_participation_ratio": Bar(
        "Effective rank of the critical coordinate",
        "Participation ratio of the kernel of that coordinate alone.",
        number,
    ),
    "loss_landscape_relative_error": Bar(
        "Loss along the dominant direction",
        "Relative error of the predicted loss on the line through the crossing along ∇θμ.",
        percent,
        "at most 15\N{NO-BREAK SPACE}%",
        lambda x: x <= 0.15,
    ),
    "loss_landscape_relative_error_of_variation": Bar(
        "Change of the loss along it",
        "The same error relative to how much the loss changes on that line.",
        percent,
    ),
}

#: Numbers of the prediction that stand elsewhere on the page.
ELSEWHERE = {"participation_ratio"}
