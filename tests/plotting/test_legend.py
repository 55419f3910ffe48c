"""A legend above the axes stays within the figure."""

import pytest

from bifbridge.plotting import LIGHT, SINGLE_COLUMN, new_figure, styled
from bifbridge.plotting._legend import legend_above

NAMES = ("teacher", "folds", "Hopf points", "neutral saddles", "Bogdanov–Takens", "cusp")


@pytest.mark.parametrize(("names", "columns"), [(NAMES, 2), (NAMES[:3], 3)])
def test_columns_are_as_many_as_fit(names, columns):
    with styled(LIGHT):
        figure = new_figure(LIGHT, width=SINGLE_COLUMN, height=3.0)
        axes = figure.subplots()
        for name in names:
            axes.plot([0, 1], [0, 1], label=name)
        axes.set_ylabel("input q")
        legend_above(axes)
        figure.draw_without_rendering()
    legend = axes.get_legend()
    assert legend is not None
    assert legend._ncols == columns  # pyright: ignore[reportAttributeAccessIssue]
    assert legend.get_window_extent().x1 <= figure.bbox.x1
