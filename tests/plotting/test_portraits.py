"""Phase portraits agree with what is known in closed form."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.linalg import expm

from bifbridge.plotting import (
    coordinate_plane,
    critical_plane,
    phase_portrait,
    plot_phase_portrait,
)

MATRIX = np.array([[-0.5, 2.0], [-1.0, -0.3]])


def linear(z, p):
    return p * jnp.asarray(MATRIX) @ z


@pytest.fixture(scope="module")
def portrait():
    plane = coordinate_plane(2)
    return phase_portrait(
        linear, 1.5, plane, [[-1, 1], [-1, 1]], equilibria=[[0.1, -0.1]], horizon=2.0
    )


def test_trajectories_are_those_of_the_field(portrait):
    times = np.linspace(0, 1, portrait.trajectories.shape[1]) ** 2 * 2.0
    for path in portrait.trajectories[::6]:
        exact = np.stack([expm(1.5 * MATRIX * t) @ path[0] for t in times])
        np.testing.assert_allclose(path, exact, atol=2e-3)


def test_nullclines_are_where_a_component_of_the_velocity_vanishes(portrait):
    for component in (0, 1):
        (line,) = portrait.nullclines(component)
        np.testing.assert_allclose(line @ MATRIX[component], 0, atol=1e-12)


def test_equilibria_are_polished_and_judged(portrait):
    np.testing.assert_allclose(portrait.equilibria, [[0, 0]], atol=1e-12)
    assert portrait.stable.tolist() == [True]


def test_a_guess_without_an_equilibrium_is_left_out():
    found = phase_portrait(
        lambda z, p: p + z**2, 1.0, coordinate_plane(1, [0]), [[-1, 1]], equilibria=[[0.2]]
    )
    assert found.equilibria.shape == (0, 1)


def test_a_field_that_blows_up_leaves_finite_numbers_or_gaps():
    found = phase_portrait(lambda z, p: p + z**2, 1.0, coordinate_plane(1, [0]), [[-1, 1]])
    paths = found.trajectories[np.isfinite(found.trajectories)]
    assert paths.size
    assert np.max(np.abs(paths)) < 1e3


def test_the_critical_plane_is_orthonormal_and_holds_the_critical_vector():
    rng = np.random.default_rng(0)
    state, right, others = rng.normal(size=5), rng.normal(size=5), rng.normal(size=(5, 2))
    plane = critical_plane(state, right, others)
    np.testing.assert_allclose(plane.axes.T @ plane.axes, np.eye(2), atol=1e-14)
    inside = state + 0.3 * right
    np.testing.assert_allclose(plane.states(plane.project(inside)), inside, atol=1e-13)
    turning = right + 1j * others[:, 0]
    spanned = critical_plane(state, turning)
    inside = state + np.real((0.3 - 0.2j) * turning)
    np.testing.assert_allclose(spanned.states(spanned.project(inside)), inside, atol=1e-13)


def test_small_state_spaces_are_shown_whole_in_their_own_coordinates():
    assert critical_plane([1.0, 2.0], [1.0, 0.0]).whole
    assert critical_plane([1.0], [1.0]).names == ("z[0]",)
    np.testing.assert_allclose(coordinate_plane(2, (1, 0)).project([3.0, 4.0]), [4.0, 3.0])


@pytest.mark.parametrize("components", [(), (0, 0), (0, 5), (0, 1, 2)])
def test_impossible_planes_are_refused(components):
    with pytest.raises(ValueError, match="coordinate_plane"):
        coordinate_plane(3, components)


def test_stable_equilibria_are_filled_and_unstable_ones_hollow(portrait):
    axes = plot_phase_portrait(portrait)
    labels = [line.get_label() for line in axes.get_lines()]
    assert {"dz[0]/dt = 0", "dz[1]/dt = 0", "stable"} <= set(labels)
    line = phase_portrait(
        lambda z, p: p * z - z**3, 1.0, coordinate_plane(1, [0]), [[-2, 2]],
        equilibria=[[0.1], [0.9]],
    )  # fmt: skip
    markers = {
        one.get_label(): one.get_markerfacecolor()
        for one in plot_phase_portrait(line).get_lines()
        if str(one.get_label()).endswith("stable")
    }
    assert markers["stable"] != markers["unstable"] == "#FFFFFF"
