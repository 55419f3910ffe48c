"""The eigenvalues of one kernel."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._log_axis import log_ordinate
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.sntk import Spectrum

#: Eigenvalues that rounding alone explains, relative to the largest one, are left out.
_ROUNDING = 1e-15


def plot_spectrum(
    spectrum: "Spectrum", *, modes: int = 20, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """Kernel eigenvalues against their rank, logarithmic, and the participation ratio.

    Args:
        spectrum: from `spectrum`.
        modes: how many eigenvalues at most.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    values = np.asarray(spectrum.eigenvalues, float)[:modes]
    shown = np.where(values > _ROUNDING * values.max(initial=0.0), values, np.nan)
    with canvas(ax, theme) as axes:
        ranks = np.arange(1, values.size + 1)
        axes.plot(
            ranks, shown, "o-", color=theme.primary, markersize=4.5, linewidth=0.9,
            label="eigenvalue", zorder=3,
        )  # fmt: skip
        ratio = spectrum.participation_ratio
        if np.isfinite(ratio) and 0 < ratio <= values.size:
            axes.axvline(
                ratio, color=theme.secondary, linestyle="--", linewidth=1.0, zorder=2,
                label=f"participation ratio {ratio:.3g}",
            )  # fmt: skip
        if np.any(np.isfinite(shown)):
            log_ordinate(axes)
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        axes.set(xlabel="mode", ylabel="kernel eigenvalue")
        legend_above(axes)
    return axes
