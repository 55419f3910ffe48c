"""How every error of the prediction falls as the bifurcation comes near."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._groups import Group, values
from bifbridge.plotting._theme import LIGHT, Theme

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SUFFIX = "_error"


def plot_distance(distance: Group, *, ax: Axes | None = None, theme: Theme = LIGHT) -> Axes:
    """Errors against the distance |μ| on log–log axes.

    Points are measured, thin lines have the fitted slope, dotted ones through the point nearest
    to the bifurcation the order that theory gives.

    Args:
        distance: /distance of a run: variables `<quantity>_error` with attributes slope and
            expected_order.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme, height=3.1) as axes:
        mu = np.abs(values(distance, "mu").astype(float))
        colours = (*theme.cycle, theme.ink, theme.muted)
        for position, variable in enumerate(error_variables(distance)):
            colour = colours[position % len(colours)]
            _draw_error(axes, mu, variable, colour, MARKERS[position % len(MARKERS)])
        axes.set(xscale="log", yscale="log", xlabel="distance |μ|", ylabel="relative error")
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2)
    return axes


def error_variables(distance: Group) -> list[xr.DataArray]:
    """The variables named `<quantity>_error`.

    Args:
        distance: /distance of a run.

    Returns:
        Them, in order.
    """
    dataset = distance.to_dataset() if isinstance(distance, xr.DataTree) else distance
    return [v for name, v in dataset.data_vars.items() if str(name).endswith(SUFFIX)]


def error_name(variable: xr.DataArray) -> str:
    """A quantity in words.

    Args:
        variable: such as `top_eigenvalue_error`.

    Returns:
        Such as "top eigenvalue".
    """
    return str(variable.name).removesuffix(SUFFIX).replace("_", " ")


def _draw_error(ax: Axes, mu: np.ndarray, variable: xr.DataArray, colour: str, marker: str) -> None:
    error = variable.values.astype(float)
    kept = (error > 0) & (mu > 0)
    if not kept.any():
        return
    x, y = mu[kept][np.argsort(mu[kept])], error[kept][np.argsort(mu[kept])]
    slope = float(variable.attrs.get("slope", np.nan))
    expected = float(variable.attrs.get("expected_order", np.nan))
    label = f"{error_name(variable)}: slope {slope:.2f}, expected {expected:g}"
    ax.plot(x, y, linestyle="none", marker=marker, markersize=4.5, color=colour, label=label)
    centre = np.exp(np.mean(np.log(x))), np.exp(np.mean(np.log(y)))
    ax.plot(x, centre[1] * (x / centre[0]) ** slope, color=colour, linewidth=1.0)
    guide = y[0] * (x / x[0]) ** expected
    ax.plot(x, guide, color=colour, linewidth=1.0, linestyle=":")
