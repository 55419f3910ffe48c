"""Bifurcations met along training, marked on figures against the step."""

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._groups import Group, values
from bifbridge.plotting._special_points import draw_special_point
from bifbridge.plotting._theme import LIGHT, Theme


def mark_events(
    ax: Axes, events: Group | None, *, height: float | None = None, theme: Theme = LIGHT
) -> None:
    """A dotted line at the step of each event, and its special point.

    Args:
        ax: axes with training steps along x.
        events: /events of a run; None draws nothing.
        height: ordinate of the special points in the units of the data; None draws lines only.
        theme: the colours.
    """
    if events is None:
        return
    kinds, converged = values(events, "kind"), values(events, "converged")
    for step, kind, is_converged in zip(event_steps(events), kinds, converged, strict=True):
        ax.axvline(step, color=theme.muted, linestyle=":", linewidth=1.0, zorder=1)
        if height is not None:
            is_filled = bool(is_converged)
            draw_special_point(ax, step, height, str(kind), converged=is_filled, theme=theme)


def event_steps(events: Group | None) -> np.ndarray:
    """Fractional steps of the events."""
    return np.empty(0) if events is None else values(events, "step").astype(float)
