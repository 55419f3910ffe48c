"""Colours of a page, on light and on dark ground."""

from bifbridge.plotting import DARK, LIGHT

#: CSS custom properties by name, for each theme.
COLOURS = {
    "light": {
        "ground": LIGHT.ground,
        "ink": LIGHT.ink,
        "muted": LIGHT.muted,
        "line": LIGHT.grid,
        "raised": "#F5F6F7",
        "link": "#005A8C",
        "good": "#00664B",
        "bad": "#A33F00",
    },
    "dark": {
        "ground": DARK.ground,
        "ink": DARK.ink,
        "muted": DARK.muted,
        "line": DARK.grid,
        "raised": "#1E2227",
        "link": "#7CC4EE",
        "good": "#4CC7A1",
        "bad": "#FFA36B",
    },
}


def custom_properties(theme: str) -> str:
    """The colours of a theme as CSS declarations."""
    return " ".join(f"--{name}: {colour};" for name, colour in COLOURS[theme].items())
