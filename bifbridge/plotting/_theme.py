"""Colours and text sizes of figures, on light and on dark ground.

The palette is that of Okabe and Ito (2008), which stays apart for every common colour vision;
each role takes the member that stands out at least 3:1 from its ground.
"""

from dataclasses import dataclass
from typing import Any

from bifbridge._short_repr import short_repr

#: Okabe and Ito's colours by name.
OKABE_ITO = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky blue": "#56B4E9",
    "bluish green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "reddish purple": "#CC79A7",
}


@dataclass(frozen=True)
class Theme:
    """What a figure is painted with.

    Attributes:
        name: "light" or "dark".
        ground: colour behind everything.
        ink: text, axes and reference lines.
        muted: secondary text and lines.
        grid: lines that should almost vanish.
        cycle: data colours in order of importance.
    """

    name: str
    ground: str
    ink: str
    muted: str
    grid: str
    cycle: tuple[str, ...]

    @property
    def primary(self) -> str:
        """The colour of the quantity a figure is about."""
        return self.cycle[0]

    @property
    def secondary(self) -> str:
        """The colour of what it is held against."""
        return self.cycle[1]

    @property
    def settings(self) -> dict[str, Any]:
        """Matplotlib settings for `matplotlib.rc_context`: 8 pt text at journal column width."""
        return {
            "font.family": ["sans-serif"],
            "font.sans-serif": ["DejaVu Sans"],
            "font.size": 8,
            "axes.labelsize": 8,
            "axes.titlesize": 8,
            "axes.titlelocation": "left",
            "xtick.labelsize": 7,
            "ytick.labelsize": 7,
            "legend.fontsize": 7,
            "legend.frameon": False,
            "legend.labelcolor": self.ink,
            "text.color": self.ink,
            "axes.labelcolor": self.ink,
            "axes.edgecolor": self.muted,
            "axes.facecolor": self.ground,
            "axes.linewidth": 0.7,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "xtick.color": self.muted,
            "ytick.color": self.muted,
            "xtick.labelcolor": self.ink,
            "ytick.labelcolor": self.ink,
            "figure.facecolor": self.ground,
            "savefig.facecolor": self.ground,
            "lines.linewidth": 1.4,
            "pdf.fonttype": 42,
            "svg.fonttype": "path",
            "svg.hashsalt": "bifbridge",
        }

    __repr__ = short_repr


LIGHT = Theme(
    name="light",
    ground="#FFFFFF",
    ink="#1A1C1E",
    muted="#5B6066",
    grid="#E2E4E6",
    cycle=tuple(OKABE_ITO[c] for c in ("blue", "vermillion", "bluish green", "reddish purple")),
)
DARK = Theme(
    name="dark",
    ground="#15181C",
    ink="#E9EAEB",
    muted="#A5ABB2",
    grid="#30353B",
    cycle=tuple(OKABE_ITO[c] for c in ("sky blue", "orange", "bluish green", "reddish purple")),
)
