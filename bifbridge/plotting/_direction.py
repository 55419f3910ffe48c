"""The direction in parameter space along which the kernel collapses."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._groups import Group, values
from bifbridge.plotting._theme import LIGHT, Theme


def plot_direction_entries(
    crossing: Group, *, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """Entries of the leading right singular vector of S against those of ∇θμ.

    Args:
        crossing: /crossing of a run, of a network whose θ is its weight matrix.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme, height=3.2) as axes:
        predicted, measured = aligned_directions(crossing)
        limit = 1.08 * max(abs(predicted).max(), abs(measured).max())
        axes.axline((0.0, 0.0), slope=1.0, color=theme.ink, linewidth=0.8, label="equal")
        axes.plot(
            predicted.ravel(),
            measured.ravel(),
            linestyle="none",
            marker=".",
            markersize=4.5,
            color=theme.primary,
            label="one weight",
            zorder=3,
        )
        axes.text(
            0.04,
            0.95,
            f"cosine {_cosine(predicted, measured):.4f}",
            va="top",
            transform=axes.transAxes,
        )
        axes.set(xlim=(-limit, limit), ylim=(-limit, limit))
        axes.set_aspect("equal", "box")
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.set(xlabel="entry of ∇μ, predicted", ylabel="entry of the singular vector")
    return axes


def plot_direction_matrix(
    crossing: Group,
    which: Literal["predicted", "measured"],
    *,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """∇θμ, or the leading right singular vector of S, as the weight matrix it would change.

    Both share one scale, symmetric about zero, in a map whose lightness is monotone.

    Args:
        crossing: /crossing of a run, of a network whose θ is its weight matrix.
        which: of the two.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes; its image is `ax.images[0]`.
    """
    with canvas(ax, theme, height=3.2) as axes:
        predicted, measured = aligned_directions(crossing)
        limit = max(abs(predicted).max(), abs(measured).max())
        matrix = predicted if which == "predicted" else measured
        draw_matrix(axes, matrix, limit)
        axes.set_title(which)
        axes.set(xlabel="from unit", ylabel="to unit")
    return axes


def draw_matrix(ax: Axes, matrix: np.ndarray, limit: float) -> AxesImage:
    """A matrix as a heat map between −limit and limit."""
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return ax.imshow(matrix, cmap="cividis", vmin=-limit, vmax=limit, interpolation="nearest")


def aligned_directions(crossing: Group) -> tuple[np.ndarray, np.ndarray]:
    """Both directions, the measured one with the sign that agrees with the predicted."""
    predicted = values(crossing, "predicted_direction")
    measured = values(crossing, "measured_direction")
    return predicted, measured * (-1.0 if np.sum(predicted * measured) < 0 else 1.0)


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b))
