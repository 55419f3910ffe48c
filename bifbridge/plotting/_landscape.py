"""The loss along the dominant direction."""

from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._groups import Group, values
from bifbridge.plotting._predicted import draw_rings, thinned
from bifbridge.plotting._theme import LIGHT, Theme


def plot_landscape(landscape: Group, *, ax: Axes | None = None, theme: Theme = LIGHT) -> Axes:
    """Loss on the line through the crossing along ∇θμ, measured and predicted.

    Args:
        landscape: /landscape of a run.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        mu, predicted = values(landscape, "mu"), values(landscape, "predicted")
        at = thinned(mu.size, 15)
        axes.axvline(0.0, color=theme.muted, linestyle=":", linewidth=1.0, zorder=1)
        axes.plot(mu, values(landscape, "measured"), color=theme.primary, label="measured")
        draw_rings(axes, mu[at], predicted[at], colour=theme.primary, label="predicted")
        axes.set(xlabel="distance μ past the crossing, along ∇μ", ylabel="loss")
        axes.legend()
    return axes
