"""Special points: shape and colour by kind, filled when converged."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bifbridge.plotting._theme import LIGHT, Theme


@dataclass(frozen=True)
class PointStyle:
    """How a kind of special point is drawn.

    Attributes:
        label: the kind in words.
        short: AUTO's label.
        marker: Matplotlib's marker.
        colour: index into `Theme.cycle`.
        size: marker size in points; shapes look equally large.
    """

    label: str
    short: str
    marker: str
    colour: int
    size: float = 6.0


STYLES = {
    "fold": PointStyle("fold", "LP", "v", 1, 6.5),
    "hopf": PointStyle("Hopf", "HB", "o", 2),
    "pitchfork": PointStyle("pitchfork", "BP", "D", 1, 5.2),
    "transcritical": PointStyle("transcritical", "BP", "X", 1, 6.5),
    "branch_point": PointStyle("branch point", "BP", "s", 1, 5.5),
    "neutral_saddle": PointStyle("neutral saddle", "NS", "+", 3, 7.0),
    "flip": PointStyle("flip", "PD", "P", 3, 6.5),
    "neimark_sacker": PointStyle("Neimark–Sacker", "TR", "h", 3, 6.5),
    "bogdanov_takens": PointStyle("Bogdanov–Takens", "BT", "*", 3, 8.5),
    "cusp": PointStyle("cusp", "CP", "^", 3, 6.5),
    "bautin": PointStyle("Bautin", "GH", "p", 3, 6.5),
    "zero_hopf": PointStyle("zero-Hopf", "ZH", "<", 3, 6.5),
    "hopf_hopf": PointStyle("Hopf–Hopf", "HH", "H", 3, 6.5),
    "double_zero": PointStyle("double zero", "DZ", ">", 3, 6.5),
    "degenerate_transcritical": PointStyle("degenerate transcritical", "DT", "x", 3, 6.0),
    "degenerate_pitchfork": PointStyle("degenerate pitchfork", "DP", "8", 3, 6.5),
    "cycle_fold": PointStyle("fold of cycles", "LPC", "1", 1, 7.5),
    "period_doubling": PointStyle("period doubling", "PD", "|", 3, 7.5),
    "branch_point_of_cycles": PointStyle("branch point of cycles", "BPC", "_", 1, 7.5),
}
UNKNOWN = PointStyle("special point", "?", "d", 3)


def point_style(kind: str) -> PointStyle:
    """How points of a kind are drawn."""
    return STYLES.get(kind, UNKNOWN)


def kind_in_words(kind: str, criticality: str | None = None) -> str:
    """A kind as prose has it.

    Args:
        kind: such as "branch_point".
        criticality: "supercritical", "subcritical", or nothing.

    Returns:
        Such as "supercritical pitchfork" or "branch point".
    """
    name = STYLES[kind].label if kind in STYLES else kind.replace("_", " ")
    return f"{criticality} {name}" if criticality in {"supercritical", "subcritical"} else name


def draw_special_point(
    ax: Axes, x: float, y: float, kind: str, *, converged: bool = True, theme: Theme = LIGHT
) -> Line2D:
    """One special point.

    Args:
        ax: axes to draw on.
        x: where.
        y: where.
        kind: gives shape and colour.
        converged: located to tolerance (filled) or only detected (hollow).
        theme: the colours.

    Returns:
        The marker.
    """
    style = point_style(kind)
    colour = theme.cycle[style.colour]
    (line,) = ax.plot(
        [x],
        [y],
        linestyle="none",
        marker=style.marker,
        markersize=style.size,
        markeredgecolor=theme.ink if converged else colour,
        markeredgewidth=0.6 if converged else 1.3,
        markerfacecolor=colour if converged else "none",
        label=style.label,
        zorder=5,
        clip_on=False,
    )
    return line
