"""Predicted against measured: rings over lines of the same colour."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bifbridge.plotting._theme import Theme

RING: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 5.5,
    "markerfacecolor": "none",
    "markeredgewidth": 1.1,
}


def draw_rings(ax: Axes, x: np.ndarray, y: np.ndarray, *, colour: str, label: str = "") -> Line2D:
    """Predicted values as rings."""
    (line,) = ax.plot(x, y, **RING, markeredgecolor=colour, label=label or "_predicted", zorder=4)
    return line


def predicted_handles(theme: Theme) -> list[Line2D]:
    """Legend entries that tell lines (measured) from rings (predicted), whatever their colours."""
    return [
        Line2D([], [], color=theme.muted, label="measured"),
        Line2D([], [], **RING, markeredgecolor=theme.muted, label="predicted"),
    ]


def thinned(length: int, at_most: int) -> np.ndarray:
    """Spread positions, evenly where the length allows."""
    if length <= at_most:
        return np.arange(length)
    least = -(-(length - 1) // (at_most - 1))
    for stride in range(least, 2 * least):
        if (length - 1) % stride == 0:
            return np.arange(0, length, stride)
    return np.unique(np.linspace(0, length - 1, at_most).round().astype(int))
