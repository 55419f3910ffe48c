"""Figures of journal width without pyplot, and the axes a plot draws on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bifbridge.plotting._theme import Theme

#: Width of one journal column, in inches.
SINGLE_COLUMN = 3.4
#: Width of two journal columns, in inches.
DOUBLE_COLUMN = 7.0


@contextmanager
def styled(theme: Theme) -> Iterator[None]:
    """Draw and save with a theme, and leave the session's settings as they were.

    Args:
        theme: the colours and sizes.

    Yields:
        Nothing.
    """
    settings: Any = theme.settings
    with matplotlib.rc_context(settings):
        yield


@contextmanager
def canvas(
    ax: Axes | None, theme: Theme, *, width: float = SINGLE_COLUMN, height: float = 2.5
) -> Iterator[Axes]:
    """The given axes, or those of a new themed figure."""
    if ax is not None:
        yield ax
        return
    with styled(theme):
        axes = new_figure(theme, width=width, height=height).subplots()
        axes.locator_params(nbins=7)
        yield axes


def new_figure(theme: Theme, *, width: float, height: float) -> Figure:
    """A figure outside pyplot's registry.

    Args:
        theme: gives its ground.
        width: in inches.
        height: in inches.

    Returns:
        An empty figure with constrained layout.
    """
    return Figure((width, height), layout="constrained", facecolor=theme.ground)


def figure_of(ax: Axes) -> Figure:
    """The figure that axes belong to.

    Args:
        ax: the axes.

    Returns:
        The top-level figure.

    Raises:
        ValueError: if the axes were removed from their figure.
    """
    figure = ax.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise ValueError("figure_of: these axes belong to no figure any more; plot again.")
    return figure
