"""Branches split where their stability changes: stable solid thick, unstable dashed thin."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._theme import Theme

STABLE = {"linestyle": "-", "linewidth": 2.0}
UNSTABLE = {"linestyle": (0, (4, 2)), "linewidth": 0.9}


def stability_runs(
    x: np.ndarray, y: np.ndarray, stable: np.ndarray, breaks: Sequence[float] = ()
) -> list[tuple[np.ndarray, np.ndarray, bool]]:
    """Cut a curve into pieces of one stability."""
    # Between a stable and an unstable neighbour the cut lies at the first of `breaks` between
    # them, else midway. A NaN ends a piece.
    runs: list[tuple[list[float], list[float], bool]] = []
    previous = None
    for point in zip(x, y, stable, strict=True):
        here, there, is_stable = float(point[0]), float(point[1]), bool(point[2])
        if not (np.isfinite(here) and np.isfinite(there)):
            previous = None
            continue
        if previous is None:
            runs.append(([], [], is_stable))
        elif previous[2] != is_stable:
            cut = _cut(previous, (here, there), breaks)
            _append(runs[-1], cut)
            runs.append(([cut[0]], [cut[1]], is_stable))
        _append(runs[-1], (here, there))
        previous = (here, there, is_stable)
    return [(np.array(a), np.array(b), s) for a, b, s in runs]


def draw_by_stability(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    stable: np.ndarray,
    *,
    colour: str,
    theme: Theme,
    breaks: Sequence[float] = (),
    labels: tuple[str, str] = ("stable", "unstable"),
) -> None:
    """Draw a curve, stable pieces solid and thick, unstable ones dashed and thin."""
    for piece_x, piece_y, is_stable in stability_runs(x, y, stable, breaks):
        look = STABLE if is_stable else UNSTABLE
        label = labels[0] if is_stable else labels[1]
        ink = colour if is_stable else theme.ink
        ax.plot(piece_x, piece_y, color=ink, label=label, zorder=3 if is_stable else 2, **look)


def _cut(
    left: tuple[float, float, bool], right: tuple[float, float], breaks: Sequence[float]
) -> tuple[float, float]:
    low, high = sorted((left[0], right[0]))
    inside = [b for b in breaks if low <= b <= high and high > low]
    share = (inside[0] - left[0]) / (right[0] - left[0]) if inside else 0.5
    return left[0] + share * (right[0] - left[0]), left[1] + share * (right[1] - left[1])


def _append(run: tuple[list[float], list[float], bool], point: tuple[float, float]) -> None:
    """Add a point, unless the piece already ends there."""
    if run[0] and (run[0][-1], run[1][-1]) == point:
        return
    run[0].append(point[0])
    run[1].append(point[1])
