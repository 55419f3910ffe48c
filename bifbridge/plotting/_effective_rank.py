"""The effective rank of the state-space NTK along training."""

from typing import Literal

from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._events import mark_events
from bifbridge.plotting._groups import Group, by_step
from bifbridge.plotting._log_axis import log_ordinate
from bifbridge.plotting._theme import LIGHT, Theme

RankMeasure = Literal["participation_ratio", "entropy_rank", "stable_rank"]


def plot_effective_rank(
    kernel: Group,
    *,
    measure: RankMeasure = "participation_ratio",
    events: Group | None = None,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """Effective rank against training step, logarithmic, with the floor of one.

    Args:
        kernel: /kernel of a run.
        measure: which effective rank; the axis names it. The participation ratio is
            (tr 𝒦)²/tr 𝒦².
        events: /events; marks the crossings.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        steps, rank = by_step(kernel, measure)
        dots = {"marker": ".", "markersize": 3.5} if len(steps) <= 120 else {}
        axes.plot(steps, rank, color=theme.primary, label=measure, zorder=3, **dots)
        axes.axhline(1.0, color=theme.muted, linewidth=0.7)
        log_ordinate(axes)
        mark_events(axes, events, theme=theme)
        axes.set(xlabel="training step", ylabel=measure.replace("_", " "))
    return axes
