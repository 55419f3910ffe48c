"""Rössler's doublings, a homoclinic orbit, and normal forms against Poincaré maps."""

import diffrax as dfx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine.cycles import (
    CycleEngine,
    continue_cycles,
    shoot,
    start_from_period_doubling,
)
from tests.continuation.cycles import systems


@pytest.fixture(scope="module")
def roessler():
    start = systems.roessler_start(2.2, intervals=40)
    return continue_cycles(start, (2.0, 4.0), CycleEngine(directions="up", parameter_scale=1.0))


def test_roessler_doubles_its_period_twice(roessler):
    (first,) = roessler.special_points
    assert first.kind == "period_doubling"
    assert first.parameter == pytest.approx(2.832445, abs=1e-6)
    start = start_from_period_doubling(systems.roessler, first, intervals=40)
    doubled = continue_cycles(start, (2.0, 4.0), CycleEngine(parameter_scale=1.0))
    assert [point.kind for point in doubled.special_points] == ["period_doubling"]
    assert doubled.special_points[0].parameter == pytest.approx(3.83736, abs=1e-5)
    assert doubled.periods[0] == pytest.approx(2 * first.period, rel=1e-3)


def test_roessler_by_shooting_is_the_same_cycle(roessler):
    cycle = roessler.special_points[0].cycle
    single, multiple = (shoot(systems.roessler, cycle, segments=k) for k in (1, 4))
    assert single.converged
    assert multiple.converged
    assert single.period == pytest.approx(multiple.period, abs=1e-10)
    assert cycle.period == pytest.approx(single.period, abs=1e-9)
    # The bifurcation seen by the other method: its multiplier is −1 there too.
    assert single.multipliers[0] == pytest.approx(-1, abs=1e-7)


def form_of(point):
    assert point.normal_form is not None
    return point.normal_form


def poincare_map(field, p, cycle, steps):
    """The return map on the section orthogonal to the flow, differentiable to any order."""
    origin = jnp.asarray(cycle(0.0))
    flow = field(origin, p)
    frame = jnp.asarray(np.linalg.svd(np.asarray(flow)[None])[2][1:].T)

    def fly(z, time):
        solution = dfx.diffeqsolve(
            dfx.ODETerm(lambda t, y, args: time * field(y, p)),
            dfx.Tsit5(),
            0.0,
            1.0,
            1.0 / steps,
            z,
            stepsize_controller=dfx.ConstantStepSize(),
            adjoint=dfx.ForwardMode(),
            max_steps=steps + 1,
        )
        assert solution.ys is not None
        return solution.ys[0]

    def short(z, time):
        # One step of a fourth-order method has the right derivatives to that order.
        k1 = field(z, p)
        k2 = field(z + time / 2 * k1, p)
        k3 = field(z + time / 2 * k2, p)
        k4 = field(z + time * k3, p)
        return z + time / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    def back(xi):
        near = fly(origin + frame @ xi, jnp.asarray(cycle.period))
        time = jnp.zeros(())
        # Two Newton steps are exact to third order in the distance.
        for _ in range(2):
            here = short(near, time)
            time = time - flow @ (here - origin) / (flow @ field(here, p))
        return frame.T @ (short(near, time) - origin)

    return back, frame


def derivatives(function, n):
    zero = jnp.zeros(n)
    first = jax.jacfwd(function)
    second = jax.jacfwd(first)
    return first(zero), second(zero), jax.jacfwd(second)(zero)


@pytest.mark.slow
def test_the_flip_coefficient_is_that_of_the_poincare_map(roessler):
    point = roessler.special_points[0]
    back, frame = poincare_map(systems.roessler, point.parameter, point.cycle, 3000)
    a, b, c = (np.asarray(d) for d in jax.jit(lambda: derivatives(back, 2))())
    values, vectors = np.linalg.eig(a)
    v = np.real(vectors[:, np.argmin(np.abs(values + 1))])
    left_values, left = np.linalg.eig(a.T)
    w = np.real(left[:, np.argmin(np.abs(left_values + 1))])
    w = w / (w @ v)
    h2 = np.linalg.solve(np.eye(2) - a, np.einsum("ijk,j,k->i", b, v, v))
    cubic = w @ (np.einsum("ijkl,j,k,l->i", c, v, v, v) / 6)
    cubic = cubic + w @ np.einsum("ijk,j,k->i", b, v, h2) / 2
    # The mode's component in the section at the same point, against the unit vector used here.
    mode = np.real(form_of(point).mode[0, 0])
    scale = np.linalg.norm(np.asarray(frame).T @ mode)
    assert form_of(point).map_coefficient.real == pytest.approx(cubic * scale**2, rel=1e-5)


@pytest.mark.slow
def test_the_neimark_sacker_coefficient_is_that_of_the_poincare_map():
    def field(z, p):
        # Quadratic terms that the closed form does not have; they vanish on the cycle.
        radius = jnp.sqrt(z[0] ** 2 + z[1] ** 2)
        extra = 0.3 * z[2] ** 2 + 0.2 * z[2] * (radius - 1)
        return systems.torus(z, p) + jnp.array([0.0, 0.0, 1.0]) * extra

    start = systems.circle(field, -0.1, height=0.0, intervals=40)
    branch = continue_cycles(start, (-0.1, 0.1))
    (point,) = branch.special_points
    assert point.kind == "neimark_sacker"
    back, frame = poincare_map(field, point.parameter, point.cycle, 1000)
    a, b, c = (np.asarray(d) for d in jax.jit(lambda: derivatives(back, 2))())
    values, vectors = np.linalg.eig(a)
    angle = form_of(point).angle
    q = vectors[:, np.argmin(np.abs(values - np.exp(1j * angle)))]
    left_values, left = np.linalg.eig(a.T)
    p = np.conj(left[:, np.argmin(np.abs(left_values - np.exp(1j * angle)))])
    p = p / np.conj(np.vdot(p, q))
    eye = np.eye(2)
    mixed = np.einsum("ijk,j,k->i", b, q, q.conj())
    twice = np.einsum("ijk,j,k->i", b, q, q)
    cubic = np.einsum("ijkl,j,k,l->i", c, q, q, q.conj())
    cubic = cubic + 2 * np.einsum("ijk,j,k->i", b, q, np.linalg.solve(eye - a, mixed))
    h20 = np.linalg.solve(np.exp(2j * angle) * eye - a, twice)
    cubic = cubic + np.einsum("ijk,j,k->i", b, q.conj(), h20)
    expected = np.exp(-1j * angle) * np.vdot(p, cubic) / 2
    scale = np.linalg.norm(np.asarray(frame).T @ form_of(point).mode[0, 0])
    assert form_of(point).map_coefficient == pytest.approx(expected * scale**2, rel=1e-5)


def test_the_fold_coefficient_predicts_the_branch():
    start = systems.circle(
        systems.fold_of_cycles, -0.1, radius=np.sqrt(0.5 + np.sqrt(0.15)), period=5.0
    )
    branch = continue_cycles(start, (-0.5, 0.0), CycleEngine(max_step=0.02, step=0.02))
    (fold,) = branch.special_points
    assert fold.kind == "cycle_fold"
    # Near a fold the critical multiplier is 1 + 2bTξ, with ξ the distance along the unit mode.
    near = np.abs(branch.parameters + 0.25) < 2e-3
    offset = branch.maxima[near, 0] - np.sqrt(0.5)
    mode = form_of(fold).mode
    side = np.sign(np.sum(mode[:, 0] * fold.cycle.nodes[:, 0]))
    predicted = 2 * form_of(fold).coefficient.real * fold.period * side * offset
    measured = np.real(branch.multipliers[near, 0]) - 1
    assert np.sum(near) > 3
    np.testing.assert_allclose(measured, predicted, rtol=0.2)


def test_a_homoclinic_orbit_is_announced_by_the_period():
    start = systems.hopf_start(systems.homoclinic, [1.0, 0.0], -1.0, 1.0, intervals=40)
    branch = continue_cycles(start, (-1.5, -0.5), CycleEngine(max_period=100.0))
    assert branch.status == Status.PERIOD_LIMIT
    approach = branch.homoclinic
    assert approach is not None
    # Melnikov: p* = −6/7 + O(ε²) with ε = 0.2; λ is the saddle's unstable eigenvalue.
    assert approach.parameter == pytest.approx(-6 / 7, abs=1e-3)
    assert approach.parameter == pytest.approx(branch.parameters[-1], abs=1e-7)
    saddle = 0.1 * approach.parameter + np.sqrt(0.01 * approach.parameter**2 + 1)
    assert approach.rate == pytest.approx(saddle, rel=0.06)
    assert approach.period > 100
    assert "homoclinic" in repr(branch)
    assert not branch.special_points
    assert not branch.resolved[-1]


def test_a_branch_without_divergence_announces_no_homoclinic_orbit(roessler):
    assert roessler.homoclinic is None
