"""The learning bifurcation diagram of a tracked run, loss and effective rank beneath."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bifbridge.plotting._canvas import DOUBLE_COLUMN, canvas, new_figure, styled
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._log_axis import log_ordinate
from bifbridge.plotting._special_points import draw_special_point
from bifbridge.plotting._stability import draw_by_stability
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.training.tracking import BifurcationTrack

#: Steps and values of a curve against the training step.
Series = tuple[Any, Any]


def plot_track(
    track: "BifurcationTrack",
    *,
    loss: Series | None = None,
    rank: Series | None = None,
    direction: Any = None,
    width: float = DOUBLE_COLUMN,
    theme: Theme = LIGHT,
) -> Figure:
    """Equilibria and cycles on the critical direction against training step, loss and rank beneath.

    Args:
        track: from `track_bifurcations`.
        loss: training steps and loss; None leaves out the panel.
        rank: steps and effective rank of the kernel; None takes the values before, at and after
            the events, where a probe measured them, and else leaves out the panel.
        direction: covector w of the projection w·z, shape (n,); None for `critical_direction`.
        width: in inches.
        theme: the colours.

    Returns:
        The figure.
    """
    panels = [("loss", loss), ("participation ratio", _ranks(track) if rank is None else rank)]
    shown = [(name, series) for name, series in panels if series is not None]
    heights = [2.4] + [1.0] * len(shown)
    with styled(theme):
        figure = new_figure(theme, width=width, height=2.7 + 1.2 * len(shown))
        axes = figure.subplots(len(heights), sharex=True, squeeze=False, height_ratios=heights)
        column = axes[:, 0]
        plot_tracked_equilibria(track, direction=direction, ax=column[0], theme=theme)
        for ax, (name, series) in zip(column[1:], shown, strict=True):
            _draw_series(ax, name, series, track, theme)
        for ax in column[:-1]:
            ax.set_xlabel("")
        figure.align_ylabels(list(column))
    return figure


def plot_tracked_equilibria(
    track: "BifurcationTrack",
    *,
    direction: Any = None,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """Projection w·z of every equilibrium against training step, events marked by kind.

    Of cycles, where they were followed, the least and the largest value is shown.

    Args:
        track: from `track_bifurcations`.
        direction: w, shape (n,); None for `critical_direction`.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    covector = critical_direction(track) if direction is None else np.asarray(direction)
    with canvas(ax, theme) as axes:
        breaks = [event.step for event in track.events]
        for followed in track.equilibria:
            draw_by_stability(
                axes, track.steps, followed.states @ covector, followed.stable,
                colour=theme.primary, theme=theme, breaks=breaks,
            )  # fmt: skip
        for orbit in track.cycles:
            for edge in orbit.extremes(covector):
                draw_by_stability(
                    axes, track.steps, edge, orbit.stable,
                    colour=theme.secondary, theme=theme, breaks=breaks,
                )  # fmt: skip
        for event in track.events:
            height = float(np.asarray(event.event.state) @ covector)
            is_filled = bool(event.event.point.converged)
            draw_special_point(
                axes, event.step, height, event.kind, converged=is_filled, theme=theme
            )
        _mark(axes, track, theme)
        legend_above(axes)
        axes.set(xlabel="training step", ylabel="equilibria, w·z")
    return axes


def critical_direction(track: "BifurcationTrack") -> np.ndarray:
    """The covector on which a track is shown.

    Args:
        track: from `track_bifurcations`.

    Returns:
        The left critical vector w of the first event with a normal form (of a Hopf point its real
        part); without one, the direction in which the equilibria vary most. Shape (n,).

    Raises:
        ValueError: for a track without equilibria.
    """
    if not track.equilibria:
        raise ValueError("plot_track: the track holds no equilibrium; give more start states.")
    for event in track.events:
        if event.event.normal_form is not None:
            return np.real(np.asarray(event.event.normal_form.left))
    states = np.concatenate([followed.states for followed in track.equilibria])
    states = states[np.isfinite(states).all(axis=1)]
    return np.linalg.svd(states - states.mean(axis=0), full_matrices=False)[2][0]


def _ranks(track: "BifurcationTrack") -> Series | None:
    """What the probe measured around the events, in the order of the steps."""
    low, high = track.steps[0], track.steps[-1]
    known = [
        (float(np.clip(event.step + offset, low, high)), value)
        for event in track.events
        for offset, value in (
            (-event.window, event.rank_before), (0.0, event.rank_at),
            (event.window, event.rank_after),
        )
        if np.isfinite(value)
    ]  # fmt: skip
    return tuple(zip(*sorted(known), strict=True)) if known else None  # pyright: ignore


def _draw_series(
    ax: Axes, name: str, series: Series, track: "BifurcationTrack", theme: Theme
) -> None:
    steps, values = (np.asarray(part, float) for part in series)
    dots = {"marker": ".", "markersize": 3.5} if steps.size <= 120 else {}
    ax.plot(steps, values, color=theme.primary, zorder=3, **dots)
    if np.any(values > 0):
        log_ordinate(ax)
    _mark(ax, track, theme)
    ax.set(xlabel="training step", ylabel=name)


def _mark(ax: Axes, track: "BifurcationTrack", theme: Theme) -> None:
    for event in track.events:
        ax.axvline(event.step, color=theme.muted, linestyle=":", linewidth=1.0, zorder=1)
