"""Scree of the state-space NTK: at the start of training and at the crossing."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._groups import Group, by_step, values
from bifbridge.plotting._log_axis import log_ordinate
from bifbridge.plotting._predicted import draw_rings
from bifbridge.plotting._theme import LIGHT, Theme


def plot_scree(
    kernel: Group, *, crossing: Group | None = None, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """Kernel eigenvalues against their rank, logarithmic.

    Args:
        kernel: /kernel of a run; its first checkpoint is drawn.
        crossing: /crossing; adds the spectrum there, and the eigenvalue that the normal form
            predicts as a ring.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        start = _positive(by_step(kernel, "eigenvalues")[1][0])
        modes = np.arange(1, start.size + 1)
        look: dict[str, Any] = {"markersize": 4.5, "linewidth": 0.9}
        label = "start of training"
        axes.plot(modes, start, "s--", color=theme.muted, label=label, **look)
        if crossing is not None:
            measured = _positive(values(crossing, "measured_eigenvalues"))
            modes = np.arange(1, max(start.size, measured.size) + 1)
            at = np.arange(1, measured.size + 1)
            axes.plot(at, measured, "o-", color=theme.primary, label="at the crossing", **look)
            predicted = values(crossing, "predicted_eigenvalue").reshape(1)
            rings = draw_rings(axes, modes[:1], predicted, colour=theme.primary, label="predicted")
            rings.set_markersize(9.5)
        log_ordinate(axes)
        axes.set_xticks(modes)
        axes.set(xlabel="mode", ylabel="kernel eigenvalue")
        axes.legend(loc="upper right")
    return axes


def _positive(eigenvalues: np.ndarray) -> np.ndarray:
    return np.where(eigenvalues > 0, eigenvalues, np.nan)
