"""Predicted, measured and residual spectrum of a kernel at a bifurcation."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._log_axis import log_ordinate
from bifbridge.plotting._predicted import draw_rings
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.landscape import Agreement


def plot_agreement(agreement: "Agreement", *, ax: Axes | None = None, theme: Theme = LIGHT) -> Axes:
    """Measured kernel eigenvalues, those predicted as rings, and those left after deflation.

    Args:
        agreement: from `compare`.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        measured = _positive(agreement.measured_eigenvalues)
        residual = _positive(agreement.residual_eigenvalues)
        predicted = _positive(agreement.predicted_eigenvalues)
        modes = np.arange(1, max(measured.size, residual.size, predicted.size) + 1)
        axes.plot(
            modes[: measured.size], measured, "o-", color=theme.primary, markersize=4.5,
            linewidth=0.9, label="measured",
        )  # fmt: skip
        axes.plot(
            modes[: residual.size], residual, "s--", color=theme.muted, markersize=4.5,
            linewidth=0.9, label="channel removed",
        )  # fmt: skip
        rings = draw_rings(
            axes, modes[: predicted.size], predicted, colour=theme.primary, label="predicted"
        )
        rings.set_markersize(9.5)
        log_ordinate(axes)
        axes.set_xticks(modes)
        axes.set(xlabel="mode", ylabel="kernel eigenvalue")
        axes.legend(loc="upper right")
    return axes


def _positive(eigenvalues: object) -> np.ndarray:
    values = np.asarray(eigenvalues, float)
    return np.where(values > 0, values, np.nan)
