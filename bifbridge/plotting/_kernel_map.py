"""A kernel as a heat map over the times of two trials, or over trials."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas, figure_of
from bifbridge.plotting._direction import draw_matrix
from bifbridge.plotting._theme import LIGHT, Theme


def plot_kernel(
    kernel: Any,
    *,
    blocks: int = 1,
    label: str = "",
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """A kernel matrix as a heat map: one scale, symmetric about zero, lightness monotone.

    Args:
        kernel: a square matrix, such as that of `StateSpaceNTK.dense`, or any block of one.
        blocks: lines part it into so many equal blocks along each side, such as one per trial.
        label: what rows and columns run over; empty for "row" and "column".
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes; its image is `ax.images[0]`.

    Raises:
        ValueError: if it is no matrix, or does not part into the blocks.
    """
    matrix = np.asarray(kernel, float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"plot_kernel: got shape {matrix.shape}, expected a square matrix.")
    size = matrix.shape[0]
    if blocks < 1 or size % blocks:
        raise ValueError(f"plot_kernel: got blocks={blocks}, expected a divisor of {size}.")
    with canvas(ax, theme, height=2.9) as axes:
        limit = float(np.max(np.abs(matrix), initial=0.0)) or 1.0
        image = draw_matrix(axes, matrix, limit)
        for edge in np.arange(1, blocks) * size / blocks - 0.5:
            axes.axhline(edge, color=theme.ground, linewidth=0.8)
            axes.axvline(edge, color=theme.ground, linewidth=0.8)
        bar = figure_of(axes).colorbar(image, ax=axes, pad=0.03, aspect=25)
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
        bar.set_label("kernel entry")
        axes.set(xlabel=label or "column", ylabel=label or "row")
    return axes
