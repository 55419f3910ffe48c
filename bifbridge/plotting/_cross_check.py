"""The branches of several engines over each other."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._special_points import draw_special_point
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.continuation import CrossCheck

#: Width and dashes of the engines' lines, the first beneath all others.
_LOOKS: tuple[tuple[float, Any], ...] = ((3.2, "-"), (1.3, "-"), (1.3, (0, (4, 2))))


def plot_cross_check(
    check: "CrossCheck", *, state: int = 0, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """One state of every engine's branch against the parameter, with the matched points.

    Points that an engine lacks are crossed out.

    Args:
        check: from `cross_check`.
        state: index of the state.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme, height=2.9) as axes:
        for k, (name, branch) in enumerate(zip(check.engines, check.branches, strict=False)):
            width, dashes = _LOOKS[min(k, len(_LOOKS) - 1)]
            colour = theme.muted if k == 0 else theme.cycle[(k - 1) % len(theme.cycle)]
            axes.plot(
                branch.parameters, branch.states[:, state], color=colour,
                linewidth=width, linestyle=dashes, alpha=0.45 if k == 0 else 1.0, label=name,
                zorder=2 + k,
            )  # fmt: skip
        for match in check.matches:
            point = next(one for one in match.points if one is not None)
            draw_special_point(
                axes, point.parameter, float(point.state[state]), match.kind,
                converged=match.same_kind, theme=theme,
            )  # fmt: skip
        _cross_out(axes, check, state, theme)
        axes.set(xlabel="parameter", ylabel=f"state z[{state}]")
        legend_above(axes)
    return axes


def _cross_out(axes: Axes, check: "CrossCheck", state: int, theme: Theme) -> None:
    lacking = [entry for entry in check.unmatched if np.isfinite(entry.state[state])]
    if lacking:
        axes.plot(
            [entry.parameter for entry in lacking], [entry.state[state] for entry in lacking], "x",
            color=theme.ink, markersize=7, markeredgewidth=1.4, linestyle="none",
            label="found by one engine only", zorder=9,
        )  # fmt: skip
