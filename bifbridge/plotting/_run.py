"""A run at a glance."""

from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes

from bifbridge.plotting._compositions import plot_training
from bifbridge.plotting._loss import plot_loss
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.training import Run


def plot_run(run: "Run", *, ax: Axes | None = None, theme: Theme = LIGHT, **options: Any) -> Axes:
    """The loss, and without given axes also effective rank and leading eigenvalues beneath it.

    Args:
        run: from `bb.load(folder)`.
        ax: axes for the loss alone; None makes the figure of `plot_training`.
        theme: the colours.
        **options: of `plot_training`, for the figure.

    Returns:
        The axes of the loss.
    """
    if ax is None:
        return plot_training(run.tree, theme=theme, **options).axes[0]
    return plot_loss(run.tree.children["training"], events=run.group("events"), ax=ax, theme=theme)
