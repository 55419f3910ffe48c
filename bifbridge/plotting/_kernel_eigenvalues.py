"""The spectrum of the state-space NTK along training."""

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._events import mark_events
from bifbridge.plotting._groups import Group, by_step
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._log_axis import log_ordinate
from bifbridge.plotting._theme import LIGHT, Theme


def plot_kernel_eigenvalues(
    kernel: Group, *, events: Group | None = None, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """Leading kernel eigenvalues and the trace against training step, logarithmic.

    Args:
        kernel: /kernel of a run.
        events: /events; marks the crossings.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        steps, eigenvalues, trace = by_step(kernel, "eigenvalues", "trace")
        positive = np.where(eigenvalues > 0, eigenvalues, np.nan)
        axes.plot(steps, trace, color=theme.ink, linewidth=0.9, linestyle="--", label="trace")
        axes.plot(steps, positive[:, 0], color=theme.primary, linewidth=1.8, label="first")
        for k in range(1, positive.shape[1]):
            label = {1: "second", 2: f"third to {positive.shape[1]}th"}.get(k, "_further")
            colour, width = (theme.secondary, 1.2) if k == 1 else (theme.muted, 0.6)
            axes.plot(steps, positive[:, k], color=colour, linewidth=width, label=label, zorder=2)
        log_ordinate(axes)
        mark_events(axes, events, theme=theme)
        axes.set(xlabel="training step", ylabel="kernel eigenvalue")
        legend_above(axes)
    return axes
