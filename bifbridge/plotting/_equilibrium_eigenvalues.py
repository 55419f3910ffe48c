"""Leading eigenvalues of the tracked equilibrium along training."""

from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._events import mark_events
from bifbridge.plotting._groups import Group, by_step
from bifbridge.plotting._theme import LIGHT, Theme


def plot_equilibrium_eigenvalues(
    equilibrium: Group,
    *,
    events: Group | None = None,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """Real parts of the leading eigenvalues of the Jacobian against training step.

    Args:
        equilibrium: /equilibrium of a run.
        events: /events; their special points lie on the line of zero.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        steps, real = by_step(equilibrium, "eigenvalues_real")
        axes.axhline(0.0, color=theme.ink, linewidth=0.7, zorder=1)
        for k in range(real.shape[1] - 1, 0, -1):
            label = "next" if k == 1 else "_next"
            axes.plot(steps, real[:, k], color=theme.muted, linewidth=0.8, label=label)
        axes.plot(steps, real[:, 0], color=theme.primary, label="leading", zorder=3)
        mark_events(axes, events, height=0.0, theme=theme)
        axes.set(xlabel="training step", ylabel="Re λ of the\nequilibrium")
    return axes
