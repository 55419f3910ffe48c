"""Eigenvalues in the complex plane: along a branch, and as a movie through a crossing."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from bifbridge._atomic import atomic_path, write_text
from bifbridge.continuation import Branch, SpecialPoint, StabilityRule
from bifbridge.continuation.curves import FLOW
from bifbridge.plotting._canvas import SINGLE_COLUMN, canvas, figure_of, new_figure, styled
from bifbridge.plotting._special_points import draw_special_point, kind_in_words
from bifbridge.plotting._theme import LIGHT, Theme

#: Lightness falls along the branch, in colour and in print.
MAP = "cividis_r"


def plot_eigenvalues(branch: Branch, *, ax: Axes | None = None, theme: Theme = LIGHT) -> Axes:
    """The eigenvalues of a branch in the complex plane, darker as the parameter grows.

    The border of stability is drawn: the imaginary axis, or the unit circle of multipliers. Where
    a branch was located crossing it, the crossing eigenvalues carry the shape of the special point.

    Args:
        branch: of a continuation.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.

    Raises:
        ValueError: if the branch has no points.
    """
    if len(branch) == 0:
        raise ValueError("plot_eigenvalues: the branch has no points.")
    with canvas(ax, theme, height=2.8) as axes:
        _ground(axes, theme, branch.solution.rule)
        values, p = followed(branch.eigenvalues), branch.parameters
        for curve in values.T:
            points = np.stack([np.real(curve), np.imag(curve)], axis=1)
            pieces = np.stack([points[:-1], points[1:]], axis=1)
            lines = LineCollection(list(pieces), cmap=MAP, linewidths=1.3, zorder=2)
            lines.set_array((p[:-1] + p[1:]) / 2)
            lines.set_clim(p.min(), p.max())
            axes.add_collection(lines)
        shown = axes.scatter(
            np.real(values).ravel(), np.imag(values).ravel(), c=np.repeat(p, values.shape[1]), s=5,
            cmap=MAP, linewidths=0, zorder=3,
        )  # fmt: skip
        for point in branch.bifurcations:
            for value in _crossing(np.asarray(point.eigenvalues), branch.solution.rule):
                draw_special_point(
                    axes, value.real, value.imag, point.kind, converged=point.converged,
                    theme=theme,
                )  # fmt: skip
        bar = figure_of(axes).colorbar(shown, ax=axes, pad=0.02, aspect=30)
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
        bar.set_label("parameter p")
        named = axes.get_legend_handles_labels()
        if named[0]:
            unique = dict(zip(named[1], named[0], strict=True))
            axes.legend(unique.values(), unique.keys(), loc="best")
    return axes


def plot_special_point(
    point: SpecialPoint, *, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """The eigenvalues at a special point, with the border of stability.

    Unstable ones are diamonds, stable ones discs, and those on the border carry the shape of the
    special point.

    Args:
        point: of a curve.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    values, rule = np.asarray(point.eigenvalues, complex), point.solution.rule
    critical = np.isin(values, _crossing(values, rule))
    unstable = (rule.size(values) > rule.bound) & ~critical
    looks: dict[str, Any] = {"linestyle": "none", "markersize": 5.0, "zorder": 3}
    with canvas(ax, theme, height=2.8) as axes:
        _ground(axes, theme, rule)
        for chosen, marker, colour in (
            (~unstable & ~critical, "o", theme.primary),
            (unstable, "D", theme.secondary),
        ):
            axes.plot(
                np.real(values[chosen]), np.imag(values[chosen]), marker, color=colour, **looks
            )
        for value in values[critical]:
            draw_special_point(
                axes, value.real, value.imag, point.kind, converged=point.converged, theme=theme
            )
        # Rounding must not fill the picture: an eigenvalue on the border is drawn on it.
        reach = np.max(np.abs(values), initial=1e-9)
        low, high = axes.get_xlim()
        axes.set_xlim(min(low, -0.25 * reach), max(high, 0.25 * reach))
        axes.set_title(
            f"{kind_in_words(point.kind, point.criticality)} at p = {point.parameter:.6g}"
        )
    return axes


def eigenvalue_movie(
    branch: Branch, *, frames: int = 60, theme: Theme = LIGHT, width: float = SINGLE_COLUMN
) -> FuncAnimation:
    """A movie of the eigenvalues of a branch as its parameter moves through the crossings.

    Frames are equally spaced along the branch; unstable eigenvalues are diamonds, stable ones
    discs, and each draws its recent path behind it.

    Args:
        branch: of a continuation, with at least two points.
        frames: how many pictures.
        theme: the colours.
        width: in inches.

    Returns:
        The animation, for `save_movie`.

    Raises:
        ValueError: if the branch has fewer than two points.
    """
    if len(branch) < 2:
        raise ValueError("eigenvalue_movie: got a branch of fewer than two points.")
    values, p = _resampled(branch, frames)
    rule = branch.solution.rule
    with styled(theme):
        figure = new_figure(theme, width=width, height=0.8 * width)
        axes = figure.subplots()
        _ground(axes, theme, branch.solution.rule)
        low, high = np.real(values).min(), np.real(values).max()
        margin = 0.08 * max(high - low, 1e-12)
        top = 1.15 * max(float(np.abs(np.imag(values)).max()), 0.25 * (high - low), 1e-12)
        axes.set(xlim=(min(low, 0) - margin, max(high, 0) + margin), ylim=(-top, top))
        tails = [axes.plot([], [], color=theme.muted, linewidth=0.9)[0] for _ in values.T]
        looks: dict[str, Any] = {"linestyle": "none", "markersize": 5.5, "zorder": 4}
        (calm,) = axes.plot([], [], "o", color=theme.primary, **looks)
        (wild,) = axes.plot([], [], "D", color=theme.secondary, **looks)
        title = axes.set_title(" ")

    def draw(frame: int) -> list[Any]:
        now, start = values[frame], max(0, frame - frames // 6)
        for tail, path in zip(tails, values[start : frame + 1].T, strict=True):
            tail.set_data(path.real, path.imag)
        unstable = rule.size(now) > rule.bound
        calm.set_data(now[~unstable].real, now[~unstable].imag)
        wild.set_data(now[unstable].real, now[unstable].imag)
        title.set_text(f"p = {p[frame]:.4g}, {int(unstable.sum())} unstable".replace("-", "−"))
        return [*tails, calm, wild, title]

    return FuncAnimation(figure, draw, frames=frames, interval=80)  # pyright: ignore[reportArgumentType]


def save_movie(path: str | os.PathLike[str], movie: FuncAnimation, *, theme: Theme = LIGHT) -> Path:
    """Save an animation as .gif, or as .html with controls and every frame inside.

    Args:
        path: the file; it appears whole or not at all.
        movie: from `eigenvalue_movie`.
        theme: the colours that it was drawn with.

    Returns:
        The file.

    Raises:
        ValueError: if the ending is neither .gif nor .html.
    """
    file = Path(path)
    if file.suffix not in {".gif", ".html"}:
        raise ValueError(f"save_movie: got {file.name!r}, expected an ending .gif or .html.")
    with styled(theme):
        if file.suffix == ".html":
            write_text(file, movie.to_jshtml(fps=12))
        else:
            with atomic_path(file) as temporary:
                movie.save(temporary, writer=PillowWriter(fps=12), dpi=120)
    return file


def followed(eigenvalues: np.ndarray) -> np.ndarray:
    """Eigenvalues in an order in which each column moves least from point to point."""
    from scipy.optimize import linear_sum_assignment

    rows = [np.asarray(eigenvalues[0], complex)]
    for row in eigenvalues[1:]:
        columns = linear_sum_assignment(np.abs(rows[-1][:, None] - row[None, :]))[1]
        rows.append(row[columns])
    return np.stack(rows)


def _resampled(branch: Branch, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and parameters at equal distances along the branch."""
    values = followed(branch.eigenvalues)
    step = np.hypot(
        np.diff(branch.parameters), np.linalg.norm(np.diff(branch.states, axis=0), axis=1)
    )
    along = np.concatenate([[0.0], np.cumsum(step)])
    at = np.linspace(0.0, along[-1], frames)
    columns = [np.interp(at, along, c.real) + 1j * np.interp(at, along, c.imag) for c in values.T]
    return np.stack(columns, axis=1), np.interp(at, along, branch.parameters)


def _crossing(values: np.ndarray, rule: StabilityRule) -> np.ndarray:
    """The eigenvalues nearest the border of stability: one, or a pair."""
    nearest = values[np.argmin(np.abs(rule.size(values) - rule.bound))]
    if abs(nearest.imag) < 1e-9:
        return np.array([nearest])
    return np.array([nearest, np.conj(nearest)])


def _ground(axes: Axes, theme: Theme, rule: StabilityRule) -> None:
    letter = "λ" if rule is FLOW else "μ"
    if rule is FLOW:
        axes.axvline(0.0, color=theme.muted, linewidth=0.8, zorder=1)
    else:
        turn = np.linspace(0, 2 * np.pi, 181)
        axes.plot(np.cos(turn), np.sin(turn), color=theme.muted, linewidth=0.8, zorder=1)
    axes.axhline(0.0, color=theme.grid, linewidth=0.6, zorder=0)
    axes.set(xlabel=f"real part, Re {letter}", ylabel=f"imaginary part, Im {letter}")
