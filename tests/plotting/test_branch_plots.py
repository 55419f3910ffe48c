"""Branches change their look exactly at their special points."""

import equinox as eqx
import numpy as np
import pytest

from bifbridge.continuation import Balance, Branch, SpecialPoint, Status
from bifbridge.plotting import DARK, plot_bifurcation_diagram, plot_branch


def parabola(points=8, *, converged=True, kind="fold"):
    """ż = p − z², ẏ = −y from z = 1 to z = −1: stable above its fold at the origin."""
    z = np.linspace(1.0, -1.0, points)
    states = np.stack([z, np.zeros(points)], axis=1)
    eigenvalues = -np.sort(np.stack([2 * z, np.ones(points)], axis=1), axis=1) + 0j
    fold = SpecialPoint(
        kind=kind,
        parameter=0.0,
        state=np.zeros(2),
        eigenvalues=np.array([0.0, -1.0], complex),
        converged=converged,
        index=points // 2 - 1,
        jump=1,
    )
    return Branch(
        parameters=z**2,
        states=states,
        tangents=np.zeros((points, 3)),
        eigenvalues=eigenvalues,
        steps=np.full(points, 0.1),
        iterations=np.ones(points, int),
        special_points=(fold,),
        balance=Balance(0, 1, 1, 0, True),
        status=Status.SPAN_END,
        ends=(Status.SPAN_END, Status.SPAN_END),
    )


def piece(ax, label):
    (line,) = [line for line in ax.get_lines() if line.get_label() == label]
    return np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float), line


def test_stable_and_unstable_pieces_meet_at_the_fold_itself():
    ax = plot_branch(parabola())
    stable_p, stable_z, stable = piece(ax, "stable")
    unstable_p, unstable_z, unstable = piece(ax, "unstable")
    assert (stable_p[-1], stable_z[-1]) == (unstable_p[0], unstable_z[0]) == (0.0, 0.0)
    assert np.all(stable_z[:-1] > 0)
    assert np.all(unstable_z[1:] < 0)
    assert stable.get_linewidth() > unstable.get_linewidth()
    assert (stable.get_linestyle(), unstable.get_linestyle()) == ("-", "--")


@pytest.mark.parametrize("converged", [True, False])
def test_special_points_are_filled_when_converged(converged):
    _, _, fold = piece(plot_branch(parabola(converged=converged)), "fold")
    assert (fold.get_markerfacecolor() == "none") != converged
    assert fold.get_marker() == "v"


def test_ends_are_no_special_points_to_the_eye():
    ax = plot_branch(parabola(kind="endpoint"))
    assert all(line.get_linestyle() != "None" for line in ax.get_lines())


@pytest.mark.parametrize(
    ("observable", "expected", "label"),
    [
        (0, 1.0, "state z[0]"),
        (np.array([2.0, 5.0]), 2.0, "projection w·z"),
        (np.linalg.norm, 1.0, "norm"),
    ],
)
def test_observables(observable, expected, label):
    ax = plot_branch(parabola(), observable=observable)
    assert piece(ax, "stable")[1][0] == pytest.approx(expected)
    assert ax.get_ylabel() == label


def test_a_diagram_keeps_one_legend_entry_per_look():
    ax = plot_bifurcation_diagram([parabola(), parabola(12)], theme=DARK)
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["stable", "unstable", "fold"]
    assert len([line for line in ax.get_lines() if line.get_label() == "stable"]) == 2


def test_a_diagram_without_branches_is_refused():
    with pytest.raises(ValueError, match="no branch"):
        plot_bifurcation_diagram([])


def test_two_points_between_the_same_neighbours_keep_their_order():
    branch = parabola()
    first = branch.special_points[0]
    second = SpecialPoint(
        kind="hopf",
        parameter=0.001,
        state=np.array([-0.03, 0.0]),
        eigenvalues=first.eigenvalues,
        index=first.index,
        jump=-1,
    )
    ax = plot_branch(eqx.tree_at(lambda b: b.special_points, branch, (first, second)))
    pieces = [line for line in ax.get_lines() if line.get_label() in {"stable", "unstable"}]
    assert [line.get_label() for line in pieces][:3] == ["stable", "unstable", "stable"]
    np.testing.assert_array_equal(pieces[1].get_ydata(), [0.0, -0.03])
