"""Curves of bifurcations in the plane of two parameters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._special_points import draw_special_point
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.continuation import Branch

#: Index of the colour, dashes and width of each kind of curve: told apart without colour.
LOOKS: dict[str, tuple[int, Any, float]] = {
    "fold": (1, "-", 1.8),
    "hopf": (2, (0, (6, 1.6)), 1.6),
    "branch_point": (0, (0, (1.2, 1.4)), 2.0),
    "cycle_fold": (1, (0, (6, 1.5, 1, 1.5)), 1.1),
    "period_doubling": (3, (0, (3, 1.2)), 1.1),
    "neimark_sacker": (3, (0, (1, 1, 4, 1, 1, 1)), 1.1),
}
_UNKNOWN: tuple[int, Any, float] = (3, (0, (4, 1, 1, 1)), 1.4)


def plot_two_parameters(
    curves: "Sequence[Branch]",
    *,
    names: tuple[str, str] = ("parameter p", "parameter q"),
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """Curves of folds, Hopf points, branch points and bifurcations of cycles in two parameters.

    Each kind has its own colour and dashes; the part of a Hopf curve that consists of neutral
    saddles is thin and dotted. Points of codimension two are marked by shape, filled where an
    augmented system converged.

    Args:
        curves: of `bifurcation_curve` and `cycle_bifurcation_curve`.
        names: of both parameters.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.

    Raises:
        ValueError: if there is no curve.
    """
    if not curves:
        raise ValueError("plot_two_parameters: got no curve, expected at least one.")
    with canvas(ax, theme, height=2.8) as axes:
        for curve in curves:
            _draw(axes, curve, theme)
        for curve in curves:
            for point in curve.special_points:
                p, q = (float(value) for value in point.parameters)
                draw_special_point(axes, p, q, point.kind, converged=point.converged, theme=theme)
        axes.set(xlabel=names[0], ylabel=names[1])
        axes.margins(0.04)
        _open(axes, np.concatenate([np.asarray(curve.parameters, float) for curve in curves]))
        legend_above(axes)
    return axes


def _open(axes: Axes, points: np.ndarray) -> None:
    """Room around curves that keep one parameter to rounding."""
    for axis, values in zip("xy", points.T, strict=True):
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if high - low < 1e-9 * (1 + abs(low)):
            axes.set(**{f"{axis}lim": (low - 0.5, high + 0.5)})  # pyright: ignore[reportArgumentType]


def _draw(axes: Axes, curve: "Branch", theme: Theme) -> None:
    index, dashes, width = LOOKS.get(curve.kind, _UNKNOWN)
    points, neutral = np.asarray(curve.parameters, float), np.asarray(curve.neutral)
    label = curve.solution.plural
    shown = np.where(neutral[:, None], np.nan, points)
    if not np.all(neutral):
        axes.plot(
            *shown.T, color=theme.cycle[index], linestyle=dashes, linewidth=width, label=label,
            zorder=3,
        )  # fmt: skip
    if np.any(neutral):
        # One point more at each end, so that the pieces meet.
        near = neutral | np.append(neutral[1:], False) | np.append(False, neutral[:-1])
        hidden = np.where(near[:, None], points, np.nan)
        axes.plot(
            *hidden.T, color=theme.muted, linestyle=":", linewidth=1.0, label="neutral saddles",
            zorder=2,
        )  # fmt: skip
