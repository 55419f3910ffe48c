"""The loss along training."""

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._events import mark_events
from bifbridge.plotting._groups import Group, by_step, values
from bifbridge.plotting._log_axis import log_ordinate
from bifbridge.plotting._theme import LIGHT, Theme


def plot_loss(
    training: Group, *, events: Group | None = None, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """Loss against training step, logarithmic.

    Args:
        training: /training of a run: step and loss.
        events: /events; marks crossings, and the loss drop matched to each by a triangle.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        steps, loss = by_step(training, "loss")
        axes.plot(steps, loss, color=theme.primary, label="loss", zorder=3)
        if np.any(loss > 0):
            log_ordinate(axes)
        mark_events(axes, events, theme=theme)
        if events is not None:
            _mark_drops(axes, steps, loss, values(events, "loss_drop_step"), theme)
        axes.set(xlabel="training step", ylabel="loss")
    return axes


def _mark_drops(
    ax: Axes, steps: np.ndarray, loss: np.ndarray, drops: np.ndarray, theme: Theme
) -> None:
    """A triangle on the curve where it falls fastest after each crossing."""
    known = drops[np.isfinite(drops)]
    if known.size == 0:
        return
    ax.plot(
        known,
        np.interp(known, steps, loss),
        linestyle="none",
        marker=">",
        markersize=5.5,
        color=theme.secondary,
        markeredgecolor=theme.ink,
        markeredgewidth=0.5,
        label="loss drop matched to a crossing",
        zorder=5,
    )
