"""Branches of cycles as envelopes: the largest and the smallest value over a period."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._special_points import draw_special_point
from bifbridge.plotting._stability import draw_by_stability
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.continuation import Branch


def plot_cycles(
    cycles: "Branch",
    *,
    component: int = 0,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """Maximum and minimum of a state over each cycle: stable solid and thick, unstable dashed.

    Between the envelopes of stable cycles the ground is tinted, so that they are told from
    equilibria without colour.

    Args:
        cycles: of `continue_cycles`.
        component: of the state.
        ax: axes to draw on, such as those of `plot_branch`; None makes a figure.
        theme: the colours.

    Returns:
        The axes.

    Raises:
        ValueError: if there is no such component.
    """
    size = cycles.maxima.shape[1]
    if not 0 <= component < size:
        raise ValueError(
            f"plot_cycles: got component={component}, expected one from 0 to {size - 1}."
        )
    with canvas(ax, theme) as axes:
        colour, p = theme.cycle[2], cycles.parameters
        upper, lower = cycles.maxima[:, component], cycles.minima[:, component]
        breaks = [point.parameter for point in cycles.special_points]
        for heights in (upper, lower):
            draw_by_stability(
                axes, p, heights, cycles.stable, colour=colour, theme=theme, breaks=breaks,
                labels=("stable cycle", "unstable cycle"),
            )  # fmt: skip
        axes.fill_between(p, lower, upper, where=cycles.stable, color=colour, alpha=0.12, lw=0)
        for point in cycles.special_points:
            extremes = () if point.cycle is None else (point.cycle.maximum, point.cycle.minimum)
            for height in (values[component] for values in extremes):
                draw_special_point(
                    axes, point.parameter, float(np.asarray(height)), point.kind,
                    converged=point.converged, theme=theme,
                )  # fmt: skip
        axes.set(xlabel="parameter p", ylabel=f"state z[{component}]")
        legend_above(axes)
    return axes
