"""Equilibria and slow points on the plane in which they differ most."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.continuation import Equilibria


def plot_equilibria(found: "Equilibria", *, ax: Axes | None = None, theme: Theme = LIGHT) -> Axes:
    """Stable points filled, unstable ones hollow with their number of unstable directions.

    The axes are the first two principal directions of the states; up to two states are drawn as
    they are, a single one against its growth rate.

    Args:
        found: from `find_equilibria`.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    points, names = _places(found)
    with canvas(ax, theme, height=2.9) as axes:
        for place, kind, unstable in zip(points, found.kinds, found.unstable, strict=True):
            _draw(axes, place, kind, int(unstable), theme)
        axes.margins(0.12)
        axes.set(xlabel=names[0], ylabel=names[1])
        legend_above(axes)
    return axes


def _draw(axes: Axes, place: np.ndarray, kind: str, unstable: int, theme: Theme) -> None:
    marker, colour = ("D", theme.secondary) if kind == "slow" else ("o", theme.primary)
    label = "slow point" if kind == "slow" else f"{kind} equilibrium"
    axes.plot(
        *place, marker, markersize=6, markeredgecolor=colour, markeredgewidth=1.2,
        markerfacecolor=colour if kind == "stable" else theme.ground, linestyle="none",
        label=label, zorder=4,
    )  # fmt: skip
    if kind == "unstable":
        axes.annotate(
            str(unstable), (place[0], place[1]), xytext=(5, 4), textcoords="offset points",
            color=theme.muted, fontsize=7,
        )  # fmt: skip


def _places(found: "Equilibria") -> tuple[np.ndarray, tuple[str, str]]:
    states = np.asarray(found.states)
    if states.shape[1] == 1:
        return np.stack([states[:, 0], found.leading], axis=1), ("z[0]", "largest real part")
    if states.shape[1] == 2:
        return states, ("z[0]", "z[1]")
    centred = states - states.mean(axis=0) if len(states) else states
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    planar = np.zeros((len(states), 2))
    planar[:, : len(axes)] = centred @ axes.T
    return planar, ("first principal direction", "second principal direction")
