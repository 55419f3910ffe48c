"""Which figures a run has, and how each is drawn, named and explained."""

from collections.abc import Callable
from dataclasses import dataclass

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bifbridge.plotting import (
    DOUBLE_COLUMN,
    SINGLE_COLUMN,
    Theme,
    figure_of,
    new_figure,
    plot_direction,
    plot_distance,
    plot_kernel_eigenvalues,
    plot_landscape,
    plot_learning,
    plot_scree,
    plot_temporal_profile,
    plot_training,
    styled,
    window_around,
)
from bifbridge.report import _captions as captions
from bifbridge.training import Run

Draw = Callable[[xr.DataTree, Theme, float], Figure]


@dataclass(frozen=True)
class RunFigure:
    """One figure of a run.

    Attributes:
        name: of its files.
        title: its heading.
        alt: what it shows, for those who cannot see it.
        needs: group/variable names without which it is left out.
        draw: from run.nc, theme and width in inches.
        caption: what to see, from the run.
        wide: two columns wide, with a second layout for narrow screens.
    """

    name: str
    title: str
    alt: str
    needs: tuple[str, ...]
    draw: Draw
    caption: Callable[[Run], str]
    wide: bool = False

    @property
    def width(self) -> float:
        """Width of its files in inches."""
        return DOUBLE_COLUMN if self.wide else SINGLE_COLUMN

    def is_in(self, tree: xr.DataTree) -> bool:
        """Whether a run has the data."""
        return all(_has(tree, need) for need in self.needs)


def available(tree: xr.DataTree) -> list[RunFigure]:
    """The figures that a run has data for."""
    return [figure for figure in FIGURES if figure.is_in(tree)]


def _has(tree: xr.DataTree, need: str) -> bool:
    name, _, variable = need.partition("/")
    group = tree.children.get(name)
    if group is None:
        return False
    dataset = group.dataset
    filled = all(size > 0 for size in dataset.sizes.values())
    return filled and (variable in dataset if variable else bool(dataset.variables))


def _window(tree: xr.DataTree, theme: Theme, width: float) -> Figure:
    return plot_training(tree, window=window_around(tree), width=width, theme=theme)


def _training(tree: xr.DataTree, theme: Theme, width: float) -> Figure:
    return plot_training(tree, width=width, theme=theme)


def _learning(tree: xr.DataTree, theme: Theme, width: float) -> Figure:
    return plot_learning(tree, width=width, theme=theme)


def _direction(tree: xr.DataTree, theme: Theme, width: float) -> Figure:
    return plot_direction(tree, width=width, theme=theme)


def _spectrum(tree: xr.DataTree, theme: Theme, width: float) -> Figure:
    with styled(theme):
        figure = new_figure(theme, width=width, height=2.6)
        events, ax = tree.children.get("events"), figure.subplots()
        plot_kernel_eigenvalues(tree.children["kernel"], events=events, ax=ax, theme=theme)
    return figure


def _single(name: str, plot: Callable[..., Axes], **also: str) -> Draw:
    """A figure of one plot from the group `name`, with other groups as keywords."""

    def draw(tree: xr.DataTree, theme: Theme, width: float) -> Figure:
        others = {keyword: tree.children.get(group) for keyword, group in also.items()}
        return figure_of(plot(tree.children[name], theme=theme, **others))

    return draw


FIGURES = (
    RunFigure(
        "training",
        "The whole training",
        "Three panels against training step: the loss, the participation ratio of the kernel and "
        "the leading eigenvalues of the equilibrium; crossings are marked by dotted lines.",
        ("training",),
        _training,
        captions.training,
        wide=True,
    ),
    RunFigure(
        "crossing",
        "Around the first crossing",
        "The same three panels within sixty steps of the first crossing.",
        ("training", "kernel", "events"),
        _window,
        captions.window,
        wide=True,
    ),
    RunFigure(
        "learning-diagram",
        "The learning bifurcation diagram",
        "Equilibria projected on the critical direction against training step, with the loss "
        "beneath: stable branches solid, unstable ones dashed.",
        ("diagram", "training"),
        _learning,
        captions.diagram,
        wide=True,
    ),
    RunFigure(
        "kernel-spectrum",
        "The kernel’s spectrum along training",
        "Leading kernel eigenvalues and their sum against training step, on a logarithmic scale.",
        ("kernel",),
        _spectrum,
        captions.kernel_spectrum,
        wide=True,
    ),
    RunFigure(
        "direction",
        "The dominant direction in parameter space",
        "Two heat maps of a weight matrix, predicted and measured, and a scatter plot of their "
        "entries against each other with the diagonal.",
        ("crossing/predicted_direction", "crossing/measured_direction"),
        _direction,
        captions.direction,
        wide=True,
    ),
    RunFigure(
        "scree",
        "The kernel’s spectrum at the crossing",
        "Kernel eigenvalues by rank at the start and at the crossing, with a ring at the "
        "predicted leading eigenvalue.",
        ("kernel", "crossing/measured_eigenvalues"),
        _single("kernel", plot_scree, crossing="crossing"),
        captions.scree,
    ),
    RunFigure(
        "profile",
        "The channel in time",
        "Sensitivity of the critical coordinate against time for several trials: measured lines "
        "and predicted rings.",
        ("crossing/measured_profile",),
        _single("crossing", plot_temporal_profile),
        captions.profile,
    ),
    RunFigure(
        "landscape",
        "The loss along the dominant direction",
        "Loss against the distance past the crossing: a measured line and predicted rings.",
        ("landscape",),
        _single("landscape", plot_landscape),
        captions.landscape,
    ),
    RunFigure(
        "distance",
        "Errors against the distance from the bifurcation",
        "Relative errors of the prediction against the distance on log–log axes, with fitted and "
        "expected slopes.",
        ("distance",),
        _single("distance", plot_distance),
        captions.distance,
    ),
)
