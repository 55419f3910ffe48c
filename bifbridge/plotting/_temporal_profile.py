"""The time course of the critical channel, trial by trial."""

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._groups import Group, values
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._predicted import draw_rings, predicted_handles, thinned
from bifbridge.plotting._theme import LIGHT, Theme

#: Trials stay apart without colour.
DASHES = ("-", "--", "-.", ":")


def plot_temporal_profile(
    crossing: Group, *, trials: int = 4, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """w·(S ∇̂θμ)(t), measured, and |∇θμ| g(t), predicted by the reduced equation.

    Args:
        crossing: /crossing of a run.
        trials: how many trials to show, spread over their initial amplitudes a₀.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        time, amplitude = values(crossing, "time"), values(crossing, "amplitude")
        measured = values(crossing, "measured_profile")
        predicted = values(crossing, "predicted_profile")
        spread = np.linspace(0, amplitude.size - 1, min(trials, amplitude.size)).round()
        chosen = np.argsort(amplitude)[spread.astype(int)]
        at = thinned(time.size, 9)
        for position, trial in enumerate(chosen[::-1]):
            colour = theme.cycle[position % len(theme.cycle)]
            label = f"a₀ = {amplitude[trial]:.2g}".replace("-", "−")
            dashes = DASHES[position % len(DASHES)]
            axes.plot(time, measured[trial], dashes, color=colour, linewidth=1.2, label=label)
            draw_rings(axes, time[at], predicted[trial, at], colour=colour)
        axes.axhline(0.0, color=theme.muted, linewidth=0.6, zorder=1)
        axes.set(xlabel="time t", ylabel="sensitivity along ∇μ")
        trial_lines = axes.get_legend_handles_labels()[0]
        legend_above(axes, [*predicted_handles(theme), *trial_lines])
    return axes
