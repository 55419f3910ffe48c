"""Names of bifurcations above the first panel of a figure against the step."""

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import figure_of
from bifbridge.plotting._events import event_steps
from bifbridge.plotting._groups import Group, values
from bifbridge.plotting._special_points import kind_in_words
from bifbridge.plotting._theme import Theme

#: Width of a character of 7 points, in inches.
CHARACTER = 0.058
#: Rows of names at most; what finds no room in them stays unnamed.
ROWS = 3


def name_events(
    ax: Axes, events: Group | None, window: tuple[float, float] | None, theme: Theme
) -> None:
    """Write kind and step of each crossing above the axes, in rows where they would overlap."""
    if events is None:
        return
    low, high = window or ax.get_xlim()
    per_step = 0.85 * figure_of(ax).get_figwidth() / (high - low)
    ends = [-np.inf] * ROWS
    for position in np.argsort(event_steps(events)):
        step = float(event_steps(events)[position])
        if not low <= step <= high:
            continue
        text = f"{kind_in_words(str(values(events, 'kind')[position]))}, step {step:.2f}"
        length = CHARACTER * len(text) / per_step
        side = "left" if step + length < high else "right"
        start = step if side == "left" else step - length
        row = next((k for k in range(ROWS) if ends[k] <= start), None)
        if row is None:
            continue
        ends[row] = start + length
        _write(ax, step, text, side, row, theme)


def _write(ax: Axes, step: float, text: str, side: str, row: int, theme: Theme) -> None:
    ax.annotate(
        text,
        (step, 1.0),
        xytext=(0, 3 + 9 * row),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha=side,
        va="bottom",
        fontsize=7,
        color=theme.ink,
    )
