"""What a normal form predicts: how each trial answers over time."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._temporal_profile import DASHES
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.landscape import PredictedKernel


def plot_predicted_kernel(
    predicted: "PredictedKernel",
    *,
    trials: int = 4,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """|∇θμ| g(t), the predicted movement of the critical coordinate, trial by trial.

    At a Hopf point, with two channels and two coordinates, the size of the movement is drawn.

    Args:
        predicted: from `predict_kernel`.
        trials: how many trials to show, spread over their initial amplitudes.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    response, scalar = _response(predicted)
    starts = np.asarray(predicted.amplitudes)[:, 0]
    sizes = starts[:, 0] if scalar else np.linalg.norm(starts, axis=1)
    spread = np.linspace(0, sizes.size - 1, min(trials, sizes.size)).round().astype(int)
    with canvas(ax, theme) as axes:
        for position, trial in enumerate(np.argsort(sizes)[spread][::-1]):
            name = "a₀" if scalar else "|y₀|"
            axes.plot(
                np.asarray(predicted.times), response[trial], DASHES[position % len(DASHES)],
                color=theme.cycle[position % len(theme.cycle)], linewidth=1.2,
                label=f"{name} = {sizes[trial]:.2g}".replace("-", "−"),
            )  # fmt: skip
        axes.axhline(0.0, color=theme.muted, linewidth=0.6, zorder=1)
        axes.set(xlabel="time t", ylabel="predicted sensitivity along ∇μ")
        legend_above(axes)
    return axes


def _response(predicted: "PredictedKernel") -> tuple[np.ndarray, bool]:
    """The movement per unit length of each channel's direction, shape (N, T)."""
    factors = np.asarray(predicted.coordinate_factors)
    lengths = np.linalg.norm(np.asarray(predicted.directions), axis=1)
    scaled = factors * lengths[:, None, None, None]
    if scaled.shape[0] == scaled.shape[3] == 1:
        return scaled[0, :, :, 0], True
    return np.sqrt(np.sum(scaled**2, axis=(0, 3))), False
