"""The sweep as a figure: losses at equal time, and how often and how far the loss rose."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import DOUBLE_COLUMN, new_figure, styled
from bifbridge.plotting._theme import LIGHT

#: Drawn instead of an infinite loss.
CEILING = 3.0
COLUMNS = (("final_equal_time", "loss at equal time / first"), ("rises", "rises of the loss"))


def draw(result: dict[str, Any], path: Path) -> None:
    """Draw medians and ranges of all optimisers, a row a task.

    Args:
        result: of the sweep.
        path: of the image.
    """
    tasks = result["tasks"]
    with styled(LIGHT):
        figure = new_figure(LIGHT, width=DOUBLE_COLUMN, height=1.75 * len(tasks) + 0.4)
        axes = figure.subplots(len(tasks), 2, squeeze=False, sharex="col", sharey="row")
        for row, (task, rows) in zip(axes, tasks.items(), strict=True):
            for ax, (column, label) in zip(row, COLUMNS, strict=True):
                _spreads(ax, rows, column)
                ax.set_xlabel(label)
                ax.label_outer()
            row[0].set_title(task, loc="left", fontsize="medium")
            row[0].set_xscale("log")
            row[0].axvline(1.0, color=LIGHT.muted, linewidth=0.8, linestyle=":")
        axes[0, 1].set_xlim(left=-3)
        figure.savefig(path, dpi=150)


def _spreads(ax: Axes, rows: dict[str, Any], column: str) -> None:
    for height, (name, row) in enumerate(reversed(rows.items())):
        values = np.asarray(row[column], float)
        if column == "final_equal_time":
            values = np.minimum(values, CEILING)
        colour = LIGHT.secondary if name.startswith(("low-rank", "adaptive")) else LIGHT.primary
        ax.plot([values.min(), values.max()], [height, height], color=colour, linewidth=1.2)
        ax.plot(values, np.full(values.size, height), "|", color=colour, markersize=4, alpha=0.6)
        ax.plot(np.median(values), height, "o", color=colour, markersize=4.5)
    ax.set_yticks(range(len(rows)), list(reversed(rows)), fontsize="x-small")
    ax.set_ylim(-0.7, len(rows) - 0.3)
