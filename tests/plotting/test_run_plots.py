"""Each plot shows the numbers it was given, where and how it says it does."""

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from bifbridge import plotting
from bifbridge.plotting import DARK, LIGHT
from tests.report.helpers.synthetic_run import run_tree

TREE = run_tree()
EVENTS = TREE.children["events"]


def data(group, name):
    return TREE.children[group].dataset[name].values


def lines(ax, label):
    return [line for line in ax.get_lines() if line.get_label() == label]


def line(ax, label):
    (found,) = lines(ax, label)
    return found


def xs(artist):
    return np.asarray(artist.get_xdata(), float)


def ys(artist):
    return np.asarray(artist.get_ydata(), float)


def rings(ax):
    """Hollow round markers: predicted values."""
    return [
        artist
        for artist in ax.get_lines()
        if artist.get_marker() == "o" and artist.get_markerfacecolor() == "none"
    ]


SINGLE = {
    "loss": lambda **k: plotting.plot_loss(TREE.children["training"], events=EVENTS, **k),
    "rank": lambda **k: plotting.plot_effective_rank(TREE.children["kernel"], events=EVENTS, **k),
    "eigenvalues": lambda **k: plotting.plot_equilibrium_eigenvalues(
        TREE.children["equilibrium"], events=EVENTS, **k
    ),
    "spectrum": lambda **k: plotting.plot_kernel_eigenvalues(
        TREE.children["kernel"], events=EVENTS, **k
    ),
    "scree": lambda **k: plotting.plot_scree(
        TREE.children["kernel"], crossing=TREE.children["crossing"], **k
    ),
    "profile": lambda **k: plotting.plot_temporal_profile(TREE.children["crossing"], **k),
    "entries": lambda **k: plotting.plot_direction_entries(TREE.children["crossing"], **k),
    "matrix": lambda **k: plotting.plot_direction_matrix(
        TREE.children["crossing"], "measured", **k
    ),
    "landscape": lambda **k: plotting.plot_landscape(TREE.children["landscape"], **k),
    "distance": lambda **k: plotting.plot_distance(TREE.children["distance"], **k),
    "diagram": lambda **k: plotting.plot_learning_diagram(
        TREE.children["diagram"], events=EVENTS, equilibrium=TREE.children["equilibrium"], **k
    ),
}


@pytest.mark.parametrize("name", SINGLE)
def test_plots_leave_the_settings_and_draw_on_the_axes_they_are_given(name):
    before = dict(matplotlib.rcParams)
    ax = Figure().subplots()
    assert SINGLE[name](ax=ax) is ax
    own = SINGLE[name](theme=DARK)
    assert own is not ax
    assert dict(matplotlib.rcParams) == before
    assert to_hex(plotting.figure_of(own).get_facecolor()).upper() == DARK.ground
    assert own.get_xlabel()
    assert own.get_ylabel()


@pytest.mark.parametrize("name", SINGLE)
def test_plots_are_as_wide_as_a_journal_column(name):
    width = plotting.figure_of(SINGLE[name]()).get_figwidth()
    assert width == plotting.SINGLE_COLUMN


def test_loss_shows_every_step_the_crossing_and_the_matched_drop():
    ax = SINGLE["loss"]()
    np.testing.assert_array_equal(ys(line(ax, "loss")), data("training", "loss"))
    assert ax.get_yscale() == "log"
    drop = line(ax, "loss drop matched to a crossing")
    assert xs(drop)[0] == data("events", "loss_drop_step")[0]
    assert data("events", "step")[0] in [xs(v)[0] for v in ax.get_lines()]


def test_loss_draws_no_drop_where_none_was_matched():
    events = EVENTS.to_dataset().assign(loss_drop_step=("event", [np.nan]))
    ax = plotting.plot_loss(TREE.children["training"], events=events)
    assert not lines(ax, "loss drop matched to a crossing")


def test_effective_rank_is_drawn_in_order_of_the_steps_and_named():
    shuffled = TREE.children["kernel"].to_dataset()
    order = np.random.default_rng(0).permutation(shuffled.sizes["checkpoint"])
    ax = plotting.plot_effective_rank(shuffled.isel(checkpoint=order), measure="entropy_rank")
    assert ax.get_ylabel() == "entropy rank"
    curve = line(ax, "entropy_rank")
    np.testing.assert_array_equal(xs(curve), data("kernel", "step"))
    np.testing.assert_array_equal(ys(curve), data("kernel", "entropy_rank"))


def test_the_special_point_of_the_crossing_lies_where_the_eigenvalue_is_zero():
    ax = SINGLE["eigenvalues"]()
    point = line(ax, "pitchfork")
    assert (xs(point)[0], ys(point)[0]) == (data("events", "step")[0], 0.0)
    leading = line(ax, "leading")
    at = np.interp(xs(point)[0], xs(leading), ys(leading))
    assert abs(at) < 0.02
    assert to_hex(str(point.get_markerfacecolor())) == LIGHT.secondary.lower()


def test_points_only_detected_are_hollow():
    events = EVENTS.to_dataset().assign(converged=("event", [False]))
    ax = plotting.plot_equilibrium_eigenvalues(TREE.children["equilibrium"], events=events)
    assert line(ax, "pitchfork").get_markerfacecolor() == "none"


def test_spectrum_keeps_every_mode_below_the_trace():
    ax = SINGLE["spectrum"]()
    trace, first = ys(line(ax, "trace")), ys(line(ax, "first"))
    np.testing.assert_array_equal(first, data("kernel", "eigenvalues")[:, 0])
    assert np.all(np.asarray(trace) > np.asarray(first))


def test_scree_rings_the_predicted_eigenvalue_over_the_measured_one():
    ax = SINGLE["scree"]()
    (ring,) = rings(ax)
    measured = line(ax, "at the crossing")
    assert ys(ring)[0] == data("crossing", "predicted_eigenvalue")
    assert xs(ring)[0] == 1
    assert ring.get_markeredgecolor() == measured.get_color()
    np.testing.assert_array_equal(ys(measured), data("crossing", "measured_eigenvalues"))


def test_scree_without_a_crossing_shows_the_start_alone():
    ax = plotting.plot_scree(TREE.children["kernel"])
    assert not rings(ax)
    np.testing.assert_array_equal(
        ys(line(ax, "start of training")), data("kernel", "eigenvalues")[0]
    )


def test_profiles_spread_over_the_amplitudes_with_rings_of_their_colour():
    ax = plotting.plot_temporal_profile(TREE.children["crossing"], trials=3)
    amplitude, predicted = data("crossing", "amplitude"), data("crossing", "predicted_profile")
    shown = [artist for artist in ax.get_lines() if str(artist.get_label()).startswith("a₀")]
    assert len(shown) == len(rings(ax)) == 3
    order = np.argsort(amplitude)
    for ring, curve, trial in zip(rings(ax), shown, order[[-1, 6, 0]], strict=True):
        assert ring.get_markeredgecolor() == curve.get_color()
        assert set(ys(ring)) <= set(predicted[trial])
        np.testing.assert_array_equal(ys(curve), data("crossing", "measured_profile")[trial])


def test_directions_are_compared_with_the_same_sign():
    for sign in (1.0, -1.0):
        crossing = TREE.children["crossing"].to_dataset()
        crossing["measured_direction"] = sign * crossing["measured_direction"]
        ax = plotting.plot_direction_entries(crossing)
        points = line(ax, "one weight")
        assert np.corrcoef(xs(points), ys(points))[0, 1] > 0.9
        assert any("cosine 0.99" in text.get_text() for text in ax.texts)


def test_direction_maps_share_one_symmetric_scale():
    images = [
        plotting.plot_direction_matrix(TREE.children["crossing"], which).images[0]
        for which in ("predicted", "measured")
    ]
    assert images[0].get_clim() == images[1].get_clim()
    low, high = images[0].get_clim()
    assert low == -high
    np.testing.assert_array_equal(images[0].get_array(), data("crossing", "predicted_direction"))


def test_landscape_rings_the_prediction_over_the_measured_line():
    ax = SINGLE["landscape"]()
    np.testing.assert_array_equal(ys(line(ax, "measured")), data("landscape", "measured"))
    (ring,) = rings(ax)
    on_curve = np.isin(ys(ring), data("landscape", "predicted"))
    assert on_curve.all()
    gaps = np.diff(xs(ring))
    np.testing.assert_allclose(gaps, gaps[0])


def test_distance_names_fitted_slopes_and_draws_each_expected_order_once():
    ax = SINGLE["distance"]()
    slope = TREE.children["distance"].dataset["top_eigenvalue_error"].attrs["slope"]
    measured = line(ax, f"top eigenvalue: {slope:.2f} (theory 1)")
    np.testing.assert_array_equal(ys(measured), data("distance", "top_eigenvalue_error"))
    guides = lines(ax, "_theory")
    slopes = [np.polyfit(np.log(xs(g)), np.log(ys(g)), 1)[0] for g in guides]
    np.testing.assert_allclose(slopes, [1.0, 2.0])
    assert np.all(ys(guides[0]) < ys(measured))


def test_errors_of_one_expected_order_share_a_colour_and_differ_in_shape():
    ax = SINGLE["distance"]()
    first, second = (
        next(a for a in ax.get_lines() if str(a.get_label()).startswith(name))
        for name in ("top eigenvalue", "critical channel")
    )
    assert first.get_color() == second.get_color()
    assert first.get_marker() != second.get_marker()


def test_diagram_draws_stable_branches_thick_and_the_normal_form_over_them():
    ax = SINGLE["diagram"]()
    stable, unstable = lines(ax, "stable"), lines(ax, "unstable")
    assert len(stable) == 3
    (origin,) = unstable
    assert origin.get_linestyle() == "--"
    assert origin.get_linewidth() < stable[0].get_linewidth()
    assert xs(origin)[0] == pytest.approx(data("events", "step")[0])
    upper = next(r for r in rings(ax) if np.all(ys(r) > 0))
    arm = next(a for a in stable if np.all(ys(a) > 0))
    measured = np.interp(xs(upper), xs(arm), ys(arm))
    np.testing.assert_allclose(ys(upper)[0], measured[0], rtol=0.1)


def test_missing_variables_are_named():
    with pytest.raises(KeyError, match="needs 'loss'"):
        plotting.plot_loss(TREE.children["kernel"])
