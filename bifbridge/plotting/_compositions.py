"""Figures of several panels, made from a whole run."""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bifbridge.plotting._canvas import DOUBLE_COLUMN, new_figure, styled
from bifbridge.plotting._direction import plot_direction_entries, plot_direction_matrix
from bifbridge.plotting._effective_rank import plot_effective_rank
from bifbridge.plotting._equilibrium_eigenvalues import plot_equilibrium_eigenvalues
from bifbridge.plotting._event_names import name_events
from bifbridge.plotting._events import event_steps
from bifbridge.plotting._groups import values
from bifbridge.plotting._learning_diagram import plot_learning_diagram
from bifbridge.plotting._log_axis import log_ordinate
from bifbridge.plotting._loss import plot_loss
from bifbridge.plotting._theme import LIGHT, Theme


def plot_training(
    tree: xr.DataTree,
    *,
    window: tuple[float, float] | None = None,
    width: float = DOUBLE_COLUMN,
    theme: Theme = LIGHT,
) -> Figure:
    """Loss, effective rank and leading eigenvalues against training step, one above the other.

    Args:
        tree: a run; groups that it lacks leave out their panel.
        window: first and last step shown; None shows all.
        width: in inches.
        theme: the colours.

    Returns:
        The figure.
    """
    events = tree.children.get("events")
    panels = [
        (plot, tree.children[name])
        for name, plot in (
            ("training", plot_loss),
            ("kernel", plot_effective_rank),
            ("equilibrium", plot_equilibrium_eigenvalues),
        )
        if name in tree.children
    ]
    with styled(theme):
        figure = new_figure(theme, width=width, height=0.5 + 1.45 * len(panels))
        axes = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
        for ax, (plot, data) in zip(axes, panels, strict=True):
            plot(data, events=events, ax=ax, theme=theme)
        if window is not None:
            _zoom(axes, window)
        name_events(axes[0], events, window, theme)
        _tidy(figure, axes)
    return figure


def plot_learning(
    tree: xr.DataTree, *, width: float = DOUBLE_COLUMN, theme: Theme = LIGHT
) -> Figure:
    """The learning bifurcation diagram, the loss beneath it.

    Args:
        tree: a run with /diagram and /training.
        width: in inches.
        theme: the colours.

    Returns:
        The figure.
    """
    events = tree.children.get("events")
    with styled(theme):
        figure = new_figure(theme, width=width, height=3.9)
        axes = figure.subplots(2, sharex=True, height_ratios=(2.0, 1.0))
        plot_learning_diagram(
            tree.children["diagram"],
            events=events,
            equilibrium=tree.children.get("equilibrium"),
            ax=axes[0],
            theme=theme,
        )
        plot_loss(tree.children["training"], events=events, ax=axes[1], theme=theme)
        _tidy(figure, axes)
    return figure


def plot_direction(
    tree: xr.DataTree, *, width: float = DOUBLE_COLUMN, theme: Theme = LIGHT
) -> Figure:
    """∇θμ beside the leading right singular vector of S: two heat maps and a scatter.

    Args:
        tree: a run whose /crossing has both directions.
        width: in inches; below two columns the scatter goes beneath the maps.
        theme: the colours.

    Returns:
        The figure.
    """
    crossing, narrow = tree.children["crossing"], width < 0.8 * DOUBLE_COLUMN
    mosaic: Any = [["p", "m"], ["s", "s"]] if narrow else [["p", "m", "s"]]
    options: dict[str, Any] = {"height_ratios": (1.0, 1.4)} if narrow else {}
    with styled(theme):
        figure = new_figure(theme, width=width, height=4.9 if narrow else 2.6)
        axes = figure.subplot_mosaic(mosaic, **options)
        plot_direction_matrix(crossing, "predicted", ax=axes["p"], theme=theme)
        plot_direction_matrix(crossing, "measured", ax=axes["m"], theme=theme)
        axes["m"].set_ylabel("")
        bar = figure.colorbar(
            axes["m"].images[0],
            ax=[axes["p"], axes["m"]],
            location="bottom",
            shrink=0.6,
            aspect=30,
            label="entry of the unit vector",
            ticks=MaxNLocator(5),
        )
        bar.outline.set_visible(False)
        plot_direction_entries(crossing, ax=axes["s"], theme=theme)
    return figure


def window_around(tree: xr.DataTree, *, steps: float = 60.0) -> tuple[float, float] | None:
    """The steps around the first crossing, within the run.

    Args:
        tree: the run.
        steps: how many on each side.

    Returns:
        First and last step, or None without a crossing.
    """
    crossings = event_steps(tree.children.get("events"))
    if crossings.size == 0:
        return None
    known = values(tree.children["training"], "step")
    low, high = float(known.min()), float(known.max())
    return max(low, crossings.min() - steps), min(high, crossings.min() + steps)


def _zoom(axes: np.ndarray, window: tuple[float, float]) -> None:
    """Limit the shared x axis, and each y axis to what is left of its lines."""
    axes[0].set_xlim(*window)
    for ax in axes:
        _hide_points_outside(ax, window)
        shown = [
            line.get_ydata()[(line.get_xdata() >= window[0]) & (line.get_xdata() <= window[1])]
            for line in ax.get_lines()
            if len(line.get_xdata()) > 2
        ]
        heights = np.concatenate([np.asarray(s, float) for s in shown]) if shown else np.empty(0)
        heights = heights[np.isfinite(heights)]
        if heights.size:
            _fit(ax, heights)


def _hide_points_outside(ax: Axes, window: tuple[float, float]) -> None:
    """Special points are drawn over the edge of the axes, so they must not lie beyond it."""
    for line in ax.get_lines():
        steps = np.asarray(line.get_xdata(), float)
        if len(steps) == 1 and not window[0] <= steps[0] <= window[1]:
            line.set_visible(False)


def _fit(ax: Axes, heights: np.ndarray) -> None:
    low, high = heights.min(), heights.max()
    if ax.get_yscale() == "log":
        margin = 1.02 * (high / low) ** 0.08
        ax.set_ylim(low / margin, high * margin)
        log_ordinate(ax)
    else:
        margin = 0.08 * (high - low) or 0.1
        ax.set_ylim(low - margin, high + margin)


def _tidy(figure: Figure, axes: np.ndarray) -> None:
    """Keep one x label and line up the y labels."""
    for ax in axes[:-1]:
        ax.set_xlabel("")
    figure.align_ylabels(list(axes))
