"""Legends above the axes, where they cover no data."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from bifbridge.plotting._canvas import DOUBLE_COLUMN, figure_of


def legend_above(ax: Axes, handles: Sequence[Any] = ()) -> None:
    """A legend over the axes with one entry per label."""
    named = handles or ax.get_legend_handles_labels()[0]
    unique = {str(handle.get_label()): handle for handle in named}
    if not unique:
        return
    figure = figure_of(ax)
    wide = figure.get_figwidth() > 0.8 * DOUBLE_COLUMN
    columns = min(6 if wide else 2 if len(unique) == 4 else 3, len(unique))
    while True:
        legend = ax.legend(
            unique.values(),
            unique.keys(),
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            borderaxespad=0.3,
            ncols=columns,
            handlelength=1.8,
            columnspacing=1.2,
        )
        # Beside the axes' own labels some four fifths of the width are left.
        if columns == 1 or legend.get_window_extent().width <= 0.84 * figure.bbox.width:
            return
        columns -= 1
