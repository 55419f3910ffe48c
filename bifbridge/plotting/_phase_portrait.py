"""Phase portraits: nullclines, trajectories and equilibria on a plane."""

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._portrait import PhasePortrait
from bifbridge.plotting._theme import LIGHT, Theme


def plot_phase_portrait(
    portrait: PhasePortrait, *, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """Nullclines, trajectories with their direction, and equilibria by stability.

    Stable equilibria are filled, unstable ones hollow. Of one state, the velocity is drawn
    against the state. Where the plane is a projection of a larger state space, trajectories may
    cross, and nullclines are those of the projected velocity.

    Args:
        portrait: from `phase_portrait`.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme, height=3.0) as axes:
        if len(portrait.ticks) == 1:
            _draw_line(axes, portrait, theme)
        else:
            _draw_plane(axes, portrait, theme)
        legend_above(axes)
    return axes


def _draw_plane(axes: Axes, portrait: PhasePortrait, theme: Theme) -> None:
    for path in portrait.trajectories:
        axes.plot(*path.T, color=theme.muted, linewidth=0.6, zorder=2)
        _arrow(axes, path, theme)
    looks = ((theme.primary, "-"), (theme.secondary, (0, (5, 1.5))))
    for component, (colour, dashes) in enumerate(looks):
        for line in portrait.nullclines(component):
            label = f"{_dotted(portrait.plane.names[component], component)} = 0"
            axes.plot(*line.T, color=colour, linestyle=dashes, linewidth=1.4, label=label, zorder=3)
    _draw_equilibria(axes, portrait.equilibria, portrait.stable, theme)
    names = portrait.plane.names
    axes.set(xlim=portrait.window[0], ylim=portrait.window[1], xlabel=names[0], ylabel=names[1])


def _draw_line(axes: Axes, portrait: PhasePortrait, theme: Theme) -> None:
    z, velocity = portrait.ticks[0], portrait.velocities[:, 0]
    axes.axhline(0.0, color=theme.muted, linewidth=0.6, zorder=1)
    axes.plot(z, velocity, color=theme.primary, label="velocity", zorder=3)
    for where in range(3, z.size - 1, 6):
        if velocity[where] != 0:
            head = ">" if velocity[where] > 0 else "<"
            axes.plot(z[where], 0.0, head, color=theme.muted, markersize=4, zorder=2)
    heights = np.stack([portrait.equilibria[:, 0], np.zeros(len(portrait.equilibria))], axis=1)
    _draw_equilibria(axes, heights, portrait.stable, theme)
    name = portrait.plane.names[0]
    axes.set(xlim=portrait.window[0], xlabel=name, ylabel=f"velocity of {name}")


def _draw_equilibria(axes: Axes, points: np.ndarray, stable: np.ndarray, theme: Theme) -> None:
    for point, is_stable in zip(points, stable, strict=True):
        axes.plot(
            *point, "o", markersize=6, markeredgecolor=theme.ink, markeredgewidth=1.1,
            markerfacecolor=theme.ink if is_stable else theme.ground,
            label="stable" if is_stable else "unstable",
            linestyle="none", zorder=5,
        )  # fmt: skip


def _arrow(axes: Axes, path: np.ndarray, theme: Theme) -> None:
    """An arrow head where the trajectory has run a third of its length within the window."""
    known = path[np.isfinite(path).all(axis=1)]
    if len(known) < 3:
        return
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(known, axis=0), axis=1))])
    if lengths[-1] == 0:
        return
    at = min(int(np.searchsorted(lengths, lengths[-1] / 3)), len(known) - 2)
    axes.annotate(
        "", known[at + 1], known[at], zorder=2,
        arrowprops={"arrowstyle": "-|>", "color": theme.muted, "lw": 0.6, "mutation_scale": 6},
    )  # fmt: skip


def _dotted(name: str, component: int) -> str:
    return f"d{name}/dt" if name.startswith("z[") else f"velocity {name}"
