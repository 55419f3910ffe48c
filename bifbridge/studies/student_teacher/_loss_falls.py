"""Whether the loss falls where the equilibrium bifurcates."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

#: Steps over which a fall is measured, on either side of its onset.
WIDTH = 200

#: Half-width of the running median that takes spikes and two-cycles out of the loss.
HALF_MEDIAN = 15


class LossFall(NamedTuple):
    """The fall of the loss that follows a crossing.

    Attributes:
        onset: the step at which a tenth of the fall has happened; NaN if the loss does not fall.
        factor: loss before the crossing over the loss `WIDTH` steps after it.
        percentile: the share of all steps of the run that are followed by a smaller fall.
    """

    onset: float
    factor: float
    percentile: float


def loss_fall(
    losses: Float[np.ndarray, " K"], crossing: float, previous: float | None = None
) -> LossFall:
    """The fall of the loss after a crossing, dated and ranked against the whole run."""
    # The loss is smoothed by a running median over 31 steps. The fall is log L at the crossing
    # minus log L `WIDTH` steps later; its onset is sought from half a width before the crossing,
    # but not before half the way from the previous crossing, whose fall is another one. The
    # percentile tells whether a fall this large is special: falls over the same width are
    # computed from every step of the run.
    smooth = smoothed_log(losses)
    last = len(smooth) - 1
    start = min(round(crossing), last)
    end = min(start + WIDTH, last)
    falls = smooth[:-WIDTH] - smooth[WIDTH:] if last > WIDTH else smooth[:1] - smooth[-1:]
    fall = float(smooth[start] - smooth[end])
    percentile = float(np.mean(falls < fall))
    if fall <= 0:
        return LossFall(float("nan"), float(np.exp(fall)), percentile)
    first = max(start - WIDTH // 2, 0)
    if previous is not None:
        first = min(max(first, round((previous + crossing) / 2)), start)
    before = float(smooth[first])
    reached = smooth[first : end + 1] <= before - 0.1 * (before - smooth[end])
    return LossFall(float(first + np.argmax(reached)), float(np.exp(fall)), percentile)


def distinct_crossings(steps: Float[np.ndarray, " e"], gap: float = 50.0) -> list[int]:
    """The first of each cluster of crossings."""
    # Near a crossing descent may jump to and fro across it; such crossings follow each other
    # within a few steps and count as one.
    return [k for k in range(len(steps)) if k == 0 or steps[k] - steps[k - 1] > gap]


def previous_crossings(steps: Float[np.ndarray, " e"]) -> list[float | None]:
    """The distinct crossing before each crossing."""
    starts = [float(steps[k]) for k in distinct_crossings(steps)]
    cluster = np.searchsorted(starts, steps, side="right") - 1
    return [starts[k - 1] if k > 0 else None for k in cluster]


def smoothed_log(losses: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """Running median of log L."""
    padded = np.pad(np.log(np.maximum(losses, 1e-300)), HALF_MEDIAN, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * HALF_MEDIAN + 1)
    return np.median(windows, axis=1)
