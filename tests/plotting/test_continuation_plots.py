"""Two-parameter diagrams, cycles, eigenvalues and kernels as figures."""

import matplotlib.animation
import numpy as np
import pytest
from PIL import Image

from bifbridge.continuation import SOLUTIONS, Balance, Branch, SpecialPoint, Status
from bifbridge.plotting import (
    eigenvalue_movie,
    plot_cycles,
    plot_eigenvalues,
    plot_kernel,
    plot_two_parameters,
    save_movie,
)
from bifbridge.plotting._complex_plane import followed
from bifbridge.plotting._two_parameters import LOOKS
from tests.report.helpers.analytic_diagram import branch


def curve(kind, *, neutral=()):
    t = np.linspace(-1, 1, 21)
    square = np.where(np.isin(np.arange(21), neutral), -1.0, 1.0)
    cusp = SpecialPoint(
        "cusp", 0.0, np.zeros(1), np.zeros(1, complex), converged=False, index=10,
        second_parameter=0.0,
    )  # fmt: skip
    return Branch(
        np.stack([2 * t**3, 3 * t**2], axis=1), t[:, None], np.zeros((21, 4)),
        np.zeros((21, 1), complex), np.ones(21), np.ones(21, int), (cusp,),
        Balance(0, 0, 0, 1, False), Status.SPAN_END, (Status.SPAN_END, Status.SPAN_END),
        {"frequency_squared": square}, SOLUTIONS[kind],
    )  # fmt: skip


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_kinds_of_curves_differ_without_colour():
    looks = [(str(dashes), width) for _, dashes, width in LOOKS.values()]
    assert len(set(looks)) == len(looks)


def test_codim_two_points_are_marked_on_their_curves():
    ax = plot_two_parameters([curve("fold"), curve("hopf", neutral=range(5))], names=("a", "b"))
    assert labels(ax) == ["folds", "Hopf points", "neutral saddles", "cusp"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")
    marker = next(line for line in ax.get_lines() if line.get_label() == "cusp")
    assert marker.get_markerfacecolor() == "none"  # not converged


def test_a_hopf_curve_is_broken_where_it_consists_of_neutral_saddles():
    ax = plot_two_parameters([curve("hopf", neutral=range(5))])
    drawn = next(line for line in ax.get_lines() if line.get_label() == "Hopf points")
    assert np.isnan(np.asarray(drawn.get_xdata(), float)).sum() == 5


def test_a_diagram_without_curves_is_refused():
    with pytest.raises(ValueError, match="no curve"):
        plot_two_parameters([])


def turning() -> Branch:
    """Eigenvalues p ± i and −2, in another order at every point."""
    p = np.linspace(-1, 1, 9)
    one = branch(p, np.zeros(9), p)
    values = np.stack([p + 1j, p - 1j, np.full(9, -2 + 0j)], axis=1)
    shuffled = np.stack([row[np.roll(np.arange(3), k)] for k, row in enumerate(values)])
    return Branch(
        p, np.zeros((9, 3)), np.zeros((9, 4)), shuffled, one.steps, one.iterations, (),
        one.balance, one.status, one.ends,
    )  # fmt: skip


def test_eigenvalues_are_followed_from_point_to_point():
    values = followed(turning().eigenvalues)
    assert np.ptp(np.imag(values), axis=0).max() == 0
    np.testing.assert_allclose(np.sort(np.ptp(np.real(values), axis=0)), [0, 2, 2])


def test_the_complex_plane_has_a_scale_of_the_parameter():
    ax = plot_eigenvalues(turning())
    assert ax.figure.axes[1].get_ylabel() == "parameter p"
    assert len(ax.collections) == 4  # three curves and their points


def test_a_movie_has_its_frames_and_ends_unstable(tmp_path):
    movie = eigenvalue_movie(turning(), frames=5)
    assert isinstance(movie, matplotlib.animation.FuncAnimation)
    with Image.open(save_movie(tmp_path / "m.gif", movie)) as image:
        assert getattr(image, "n_frames", 1) == 5
    page = save_movie(tmp_path / "m.html", eigenvalue_movie(turning(), frames=2)).read_text()
    assert page.count("data:image/png;base64") == 2
    with pytest.raises(ValueError, match=r"\.gif or \.html"):
        save_movie(tmp_path / "m.mp4", movie)


def test_a_kernel_has_one_scale_about_zero_and_lines_between_blocks():
    ax = plot_kernel(np.diag([1.0, -3.0, 0.0, 1.0]), blocks=2)
    assert ax.images[0].get_clim() == (-3, 3)
    assert len(ax.get_lines()) == 2
    for bad, blocks in ((np.zeros((2, 3)), 1), (np.zeros((4, 4)), 3)):
        with pytest.raises(ValueError, match="plot_kernel"):
            plot_kernel(bad, blocks=blocks)


class Cycles:
    """ż = (μ − |z|²)z + iz: circles of radius √μ."""

    parameters = np.linspace(0.1, 1, 5)
    maxima = np.sqrt(parameters)[:, None] * np.ones(2)
    minima = -maxima
    stable = np.ones(5, bool)
    special_points = ()


def test_cycles_are_drawn_as_envelopes():
    ax = plot_cycles(Cycles(), component=1)  # pyright: ignore[reportArgumentType]
    upper, lower = ax.get_lines()
    np.testing.assert_allclose(np.asarray(upper.get_ydata()), np.sqrt(Cycles.parameters))
    np.testing.assert_allclose(np.asarray(lower.get_ydata()), -np.sqrt(Cycles.parameters))
    assert labels(ax) == ["stable cycle"]
    with pytest.raises(ValueError, match="component=2"):
        plot_cycles(Cycles(), component=2)  # pyright: ignore[reportArgumentType]
