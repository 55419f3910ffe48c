"""Figures of several panels share an axis, zoom, and do without what a run lacks."""

import numpy as np
import pytest
from matplotlib.text import Annotation

from bifbridge.plotting import (
    DOUBLE_COLUMN,
    SINGLE_COLUMN,
    plot_direction,
    plot_learning,
    plot_training,
    window_around,
)
from tests.report.helpers.synthetic_run import run_tree


@pytest.fixture(scope="module")
def whole():
    return run_tree()


def test_training_puts_loss_rank_and_eigenvalues_over_one_axis_and_names_the_crossing(whole):
    figure = plot_training(whole)
    assert [ax.get_ylabel().replace("\n", " ") for ax in figure.axes] == [
        "loss",
        "participation ratio",
        "Re λ of the equilibrium",
    ]
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    step = whole.children["events"].dataset["step"].values[0]
    assert [t.get_text() for t in figure.axes[0].texts] == [f"pitchfork, step {step:.2f}"]


def test_the_window_lies_around_the_crossing_and_fits_what_it_shows(whole):
    window = window_around(whole, steps=20.0)
    assert window is not None
    step = whole.children["events"].dataset["step"].values[0]
    assert window == pytest.approx((step - 20, step + 20))
    loss = plot_training(whole, window=window).axes[0]
    assert loss.get_xlim() == pytest.approx(window)
    shown = whole.children["training"].dataset["loss"].sel(step=slice(*window)).values
    low, high = loss.get_ylim()
    assert shown.min() / 2 < low < shown.min()
    assert shown.max() < high < 2 * shown.max()


def test_there_is_no_window_without_a_crossing():
    assert window_around(run_tree(without=["events"])) is None


@pytest.mark.parametrize("missing", ["kernel", "equilibrium", "events"])
def test_training_leaves_out_what_is_not_there(missing):
    figure = plot_training(run_tree(without=[missing]))
    assert len(figure.axes) == (3 if missing == "events" else 2)


def test_learning_has_the_loss_beneath_the_diagram(whole):
    upper, lower = plot_learning(whole).axes
    assert (upper.get_ylabel(), lower.get_ylabel()) == ("equilibria, w·z", "loss")
    assert upper.get_xlim() == lower.get_xlim()


@pytest.mark.parametrize("width", [SINGLE_COLUMN, DOUBLE_COLUMN])
def test_direction_fits_the_page_and_a_narrow_screen(whole, width):
    figure = plot_direction(whole, width=width)
    figure.draw_without_rendering()
    assert figure.get_figwidth() == width
    maps, scatter = figure.axes[:2], figure.axes[2]
    below = scatter.get_position().y1 < maps[0].get_position().y0
    assert below == (width == SINGLE_COLUMN)
    edges = [ax.get_tightbbox() for ax in figure.axes]
    assert all(b is not None and b.x0 >= 0 and b.x1 <= width * figure.dpi for b in edges)


@pytest.mark.parametrize("width", [SINGLE_COLUMN, DOUBLE_COLUMN])
@pytest.mark.parametrize("draw", [plot_training, plot_learning])
def test_nothing_is_cut_off_at_the_edges(whole, draw, width):
    figure = draw(whole, width=width)
    figure.draw_without_rendering()
    boxes = [ax.get_tightbbox() for ax in figure.axes]
    size = figure.get_size_inches() * figure.dpi
    corners = np.array([[b.x0, b.y0, b.x1, b.y1] for b in boxes if b is not None])
    assert corners[:, :2].min() >= -1
    assert np.all(corners[:, 2:] <= size + 1)


def with_events(steps):
    """The run with pitchforks at other steps."""
    tree = run_tree()
    events = tree.children["events"].to_dataset().isel(event=[0] * len(steps))
    tree["events"] = events.assign(step=("event", np.asarray(steps, float)))
    return tree


def test_names_of_near_crossings_go_in_rows_and_the_rest_stay_unnamed():
    ax = plot_training(with_events([50.0, 60.0, 70.0, 80.0, 390.0])).axes[0]
    texts = [text for text in ax.texts if isinstance(text, Annotation)]
    rows = {text.get_text(): text.xyann[1] for text in texts}
    assert [*rows] == [f"pitchfork, step {x:.2f}" for x in (50, 60, 70, 390)]
    assert len({*list(rows.values())[:3]}) == 3
    assert texts[-1].get_horizontalalignment() == "right"


def test_special_points_outside_the_window_are_not_drawn():
    axes = plot_training(with_events([50.0, 380.0]), window=(30.0, 110.0)).axes
    points = [line for line in axes[2].get_lines() if line.get_label() == "pitchfork"]
    assert [line.get_visible() for line in points] == [True, False]
