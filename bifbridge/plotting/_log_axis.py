"""Ticks of logarithmic axes that span less than a few decades."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter


def log_ordinate(ax: Axes) -> None:
    """Make the y axis logarithmic, with as many plain numbers as its limits need."""
    # Call it again when the limits have changed.
    ax.set_yscale("log", nonpositive="mask")
    _set_ticks(ax.yaxis, *ax.get_ylim())


def log_abscissa(ax: Axes) -> None:
    """The same for the x axis."""
    ax.set_xscale("log", nonpositive="mask")
    _set_ticks(ax.xaxis, *ax.get_xlim())


def _set_ticks(axis: Axis, low: float, high: float) -> None:
    decades = np.log10(high / low)
    subs = (1.0,) if decades > 2.2 else (1.0, 3.0) if decades > 1.5 else (1.0, 2.0, 5.0)
    axis.set_major_locator(LogLocator(subs=subs))
    axis.set_major_formatter(FuncFormatter(_plain))
    axis.set_minor_formatter(NullFormatter())


def _plain(value: float, _position: int | None = None) -> str:
    """0.02, 30 and 10⁻⁵ rather than 2×10⁻², 30.0 and 1e-05."""
    if 1e-3 <= value < 1e4:
        return f"{value:g}"
    exponent = int(np.floor(np.log10(value) + 1e-9))
    digit = value / 10.0**exponent
    power = f"10^{{{exponent}}}"
    return f"${power}$" if abs(digit - 1) < 1e-6 else f"${digit:.0f}\\times{power}$"
