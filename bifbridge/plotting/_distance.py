"""How every error of the prediction falls as the bifurcation comes near."""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._groups import Group, values
from bifbridge.plotting._log_axis import log_abscissa, log_ordinate
from bifbridge.plotting._theme import LIGHT, Theme

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

#: What the errors of a distance study mean, in a few words.
NAMES = {
    "parameter_direction_cosine_deficit": "1 − cosine of directions",
    "operator_cosine_deficit": "1 − cosine of kernels",
    "critical_channel_operator_cosine_deficit": "1 − cosine, critical channel",
    "critical_channel_share_deficit": "1 − share of ∇μ",
    "top_eigenvalue_ratio": "leading eigenvalue",
    "restricted_kernel": "kernel along ∇μ",
    "critical_restricted_kernel": "reduced equation",
    "loss_landscape_relative": "loss along ∇μ",
}


def plot_distance(distance: Group, *, ax: Axes | None = None, theme: Theme = LIGHT) -> Axes:
    """Errors against the distance |μ| on log–log axes.

    Points are measured and share a colour where theory expects the same order; thin lines have
    the fitted slope, and one dotted line per order has the slope that theory gives.

    Args:
        distance: /distance of a run: variables with the attributes slope and expected_order.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    variables = error_variables(distance)
    orders = sorted({expected_order(v) for v in variables if np.isfinite(expected_order(v))})
    colours = dict(zip(orders, (*theme.cycle, theme.ink), strict=False))
    with canvas(ax, theme, height=2.5 + 0.16 * len(variables)) as axes:
        mu = np.abs(values(distance, "mu").astype(float))
        for position, variable in enumerate(variables):
            colour = colours.get(expected_order(variable), theme.muted)
            marker = MARKERS[position % len(MARKERS)]
            hollow = position % 2 == 1
            face: dict[str, Any] = {"markerfacecolor": theme.ground} if hollow else {}
            _draw_error(axes, mu, variable, color=colour, marker=marker, **face)
        for order in orders:
            _draw_guide(
                axes, mu, [v for v in variables if expected_order(v) == order], order, theme
            )
        log_abscissa(axes)
        log_ordinate(axes)
        axes.set(xlabel="distance |μ|", ylabel="error")
        if variables:
            axes.legend(loc="lower left", bbox_to_anchor=(-0.1, 1.0), borderaxespad=0.2)
    return axes


def error_variables(distance: Group) -> list[xr.DataArray]:
    """The errors of a distance study: every variable with a fitted slope."""
    dataset = distance.to_dataset() if isinstance(distance, xr.DataTree) else distance
    return [v for v in dataset.data_vars.values() if "slope" in v.attrs]


def expected_order(variable: xr.DataArray) -> float:
    """The order that theory gives."""
    return float(variable.attrs.get("expected_order", np.nan))


def error_name(variable: str) -> str:
    """An error in words."""
    stem = variable.removesuffix("_error")
    return NAMES.get(stem, stem.replace("_", " "))


def _draw_error(ax: Axes, mu: np.ndarray, variable: xr.DataArray, **look: Any) -> None:
    error = variable.values.astype(float)
    kept = (error > 0) & (mu > 0)
    if not kept.any():
        return
    x, y = mu[kept][np.argsort(mu[kept])], error[kept][np.argsort(mu[kept])]
    slope = float(variable.attrs["slope"])
    label = f"{error_name(str(variable.name))}: {slope:.2f} (theory {expected_order(variable):g})"
    ax.plot(x, y, linestyle="none", markersize=4.2, markeredgewidth=0.9, label=label, **look)
    centre = np.exp(np.mean(np.log(x))), np.exp(np.mean(np.log(y)))
    ax.plot(x, centre[1] * (x / centre[0]) ** slope, color=look["color"], linewidth=0.7, zorder=1)


def _draw_guide(
    ax: Axes, mu: np.ndarray, variables: list[xr.DataArray], order: float, theme: Theme
) -> None:
    """A dotted line of the expected order, below the errors that should have it."""
    errors = np.array([v.values for v in variables], float)
    x = np.sort(mu[mu > 0])
    below = np.nanmin(np.where(errors > 0, errors, np.nan) / mu**order) / 2.5
    guide = below * x**order
    ax.plot(x, guide, color=theme.ink, linewidth=1.0, linestyle=":", label="_theory")
    ax.annotate(
        f"|μ|$^{{{order:g}}}$",
        (x[-1], guide[-1]),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        color=theme.ink,
        annotation_clip=False,
    )
