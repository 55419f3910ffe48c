"""Collocation itself: convergence orders, the condensed solve, the mesh, the multipliers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation._families import PlainFamily
from bifbridge.continuation.curves import Cycle
from bifbridge.continuation.curves._basis import basis, interpolation_matrix
from bifbridge.continuation.curves._mesh import (
    adapted,
    density,
    evaluate,
    imbalance,
    node_times,
)
from bifbridge.continuation.jax_engine.cycles import shoot, solve_cycle, start_from_cycle
from bifbridge.continuation.jax_engine.cycles._condense import solve_bordered
from bifbridge.continuation.jax_engine.cycles._discretise import (
    CyclePoint,
    Mesh,
    linearise,
    residual,
)
from bifbridge.continuation.jax_engine.cycles._floquet import factorise, multipliers
from bifbridge.continuation.jax_engine.cycles._root import bracketed_root
from tests import helpers
from tests.continuation.cycles import systems


def solved(intervals, degree):
    """The Stuart–Landau cycle at r = 0.5 on an even mesh."""
    start = systems.circle(
        helpers.stuart_landau, 0.5, radius=0.6, period=2.9, intervals=intervals, degree=degree
    )
    cycle = solve_cycle(start)
    assert cycle is not None
    return cycle


@pytest.mark.parametrize("degree", [2, 3, 4])
def test_collocation_converges_with_its_two_orders(degree):
    counts = np.array([5, 8, 12]) if degree > 2 else np.array([6, 10, 16])
    radius, period = np.sqrt(0.5 / 1.5), 2 * np.pi / (2 + 0.7 / 3)
    everywhere, at_mesh, in_period = [], [], []
    for count in counts.tolist():
        cycle = solved(count, degree)
        phases = np.linspace(0, 1, 2000)
        orbit = evaluate(cycle.times, cycle.nodes, phases) @ np.array([1, 1j])
        # The exact cycle in the phase of the first mesh point, which is superconvergent.
        exact = radius * np.exp(1j * (2 * np.pi * phases + np.angle(orbit[0])))
        everywhere.append(np.max(np.abs(orbit - exact)))
        at_mesh.append(np.max(np.abs(np.linalg.norm(cycle.nodes[:, 0], axis=1) - radius)))
        in_period.append(abs(cycle.period - period))

    def order(errors):
        return -np.polyfit(np.log(counts), np.log(errors), 1)[0]

    assert order(everywhere) == pytest.approx(degree + 1, abs=0.35)
    assert order(at_mesh) == pytest.approx(2 * degree, abs=0.35)
    assert order(in_period) == pytest.approx(2 * degree, abs=0.35)


def test_the_jacobian_by_interval_is_the_derivative_of_the_residual():
    rng = np.random.default_rng(0)
    mesh = Mesh(np.array([0, 0.2, 0.5, 0.8, 1.0]), 3)
    family = PlainFamily(helpers.brusselator)
    point = CyclePoint(jnp.asarray(rng.normal(size=(4, 3, 2)) + 2), jnp.array([3.0, 3.5]))
    linear = linearise(family, mesh, point)
    exact = jax.jacfwd(lambda q: residual(family, mesh, q))(point)
    by_states = np.zeros((4, 6, 4, 3, 2))
    for i in range(4):
        block = np.asarray(linear.local[i]).reshape(6, 4, 2)
        by_states[i, :, i] += block[:, :3]
        by_states[i, :, (i + 1) % 4, 0] += block[:, 3]
    np.testing.assert_allclose(by_states, exact.states.reshape(4, 6, 4, 3, 2), atol=1e-13)
    np.testing.assert_allclose(linear.columns, exact.scalars.reshape(4, 6, 2), atol=1e-13)


@pytest.mark.parametrize("factor", [1.0, -1.0, np.exp(0.7j)])
def test_the_condensed_solve_is_the_dense_one(factor):
    rng = np.random.default_rng(1)
    count, m, n, k = 5, 3, 2, 2
    local = rng.normal(size=(count, m * n, (m + 1) * n))
    columns, values = rng.normal(size=(count, m * n, k)), rng.normal(size=(count, m * n, 1))
    rows, corner = rng.normal(size=(k, count, m, n)), rng.normal(size=(k, k))
    row_values = rng.normal(size=(k, 1))
    dtype = complex if np.iscomplexobj(factor) else float
    solution = solve_bordered(
        jnp.asarray(local, dtype),
        jnp.asarray(columns, dtype),
        jnp.asarray(values, dtype),
        jnp.asarray(rows, dtype),
        jnp.asarray(corner, dtype),
        jnp.asarray(row_values, dtype),
        factor,
    )
    size = count * m * n
    dense = np.zeros((size + k, size + k), dtype)
    for i in range(count):
        own = slice(i * m * n, (i + 1) * m * n)
        dense[own, own] += local[i][:, : m * n]
        after = (i + 1) % count
        share = factor if after == 0 else 1.0
        dense[own, after * m * n : after * m * n + n] += share * local[i][:, m * n :]
        dense[own, size:] = columns[i]
    dense[size:, :size], dense[size:, size:] = rows.reshape(k, -1), corner
    expected = np.linalg.solve(dense, np.concatenate([values.ravel(), row_values.ravel()]))
    np.testing.assert_allclose(np.asarray(solution.states).ravel(), expected[:size], rtol=1e-9)
    np.testing.assert_allclose(solution.scalars[:, 0], expected[size:], rtol=1e-9)


def test_multipliers_spread_over_sixty_decades_are_all_right():
    rng = np.random.default_rng(2)
    rates = np.array([30.0, 2.0, 1.0, -5.0, -40.0, -110.0])
    steps = 40
    frames = [np.eye(6) + 0.3 * rng.normal(size=(6, 6)) for _ in range(steps)]
    frames.append(frames[0])
    growth = np.diag(np.exp(rates / steps))
    maps = np.stack([frames[k + 1] @ growth @ np.linalg.inv(frames[k]) for k in range(steps)])
    # The flow is a seventh direction, which is carried once round unchanged.
    full = np.zeros((steps, 7, 7))
    full[:, :6, :6], full[:, 6, 6] = maps, 1.0
    found = multipliers(jax.tree.map(np.asarray, factorise(jnp.asarray(full), jnp.eye(7)[6])))
    np.testing.assert_allclose(np.log(np.abs(found)), rates, atol=1e-9)
    product = np.linalg.multi_dot(list(full[::-1]))
    naive = np.sort(np.abs(np.linalg.eigvals(product)))[::-1]
    assert abs(np.log(naive[-1]) - rates[-1]) > 1


def test_close_and_complex_multipliers_are_not_torn_apart():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]]) * 0.05
    steps = 30
    generator = np.zeros((5, 5))
    generator[:2, :2] = turn + 0.01 * np.eye(2)
    generator[2, 2], generator[3, 3] = 0.0101, -0.9
    values, vectors = np.linalg.eig(generator)
    step = np.real(vectors @ np.diag(np.exp(values)) @ np.linalg.inv(vectors))
    maps = jnp.asarray(np.broadcast_to(step, (steps, 5, 5)))
    found = multipliers(jax.tree.map(np.asarray, factorise(maps, jnp.eye(5)[4])))
    expected = np.exp(steps * np.array([0.01 + 0.05j, 0.01 - 0.05j, 0.0101, -0.9]))
    assert np.min(np.abs(found[:, None] - expected), axis=0) == pytest.approx(0, abs=1e-11)


def test_the_adapted_mesh_shares_the_error_evenly():
    times = np.linspace(0, 1, 31)
    at = node_times(times, 4)
    bump = np.exp(-(((at - 0.4) / 0.05) ** 2))[..., None]
    before = imbalance(times, bump)
    for _ in range(4):
        times = adapted(times, np.exp(-(((node_times(times, 4) - 0.4) / 0.05) ** 2))[..., None])
    nodes = np.exp(-(((node_times(times, 4) - 0.4) / 0.05) ** 2))[..., None]
    assert before > 2.5
    assert imbalance(times, nodes) < 1.5
    assert np.all(np.diff(times) > 0)
    assert np.all(density(times, nodes) > 0)


def test_adaptation_lowers_the_error_of_a_relaxation_oscillation():
    start = systems.hopf_start(
        helpers.brusselator, [1.5, 3.25 / 1.5], 3.25, 1.5, intervals=40, amplitude=0.01
    )
    from bifbridge.continuation.jax_engine.cycles import CycleEngine, continue_cycles

    errors = []
    for adapt in (1.5, np.inf):
        branch = continue_cycles(start, (1.0, 4.5), CycleEngine(adapt=adapt, detect=False))
        errors.append(abs(branch.trivial[-1] - 1))
    assert errors[0] < 0.05 * errors[1]


def test_quadrature_and_interpolation_are_exact_for_their_degree():
    space = basis(5)
    powers = np.arange(6)
    np.testing.assert_allclose(space.nodal @ space.nodes[:, None] ** powers, 1 / (powers + 1))
    doubled = np.arange(10)
    np.testing.assert_allclose(space.weights @ space.points[:, None] ** doubled, 1 / (doubled + 1))
    at = np.array([0.0, 0.3, 1.0])
    matrix = interpolation_matrix(space.nodes, at)
    np.testing.assert_allclose(
        matrix @ space.nodes[:, None] ** powers, at[:, None] ** powers, atol=1e-14
    )
    with pytest.raises(ValueError, match="expected 2 to 9"):
        basis(1)


def test_the_root_finder_keeps_its_bracket():
    calls = []

    def cubic(x):
        calls.append(x)
        return (x - 0.3) ** 3

    root = bracketed_root(cubic, 0.0, cubic(0.0), 1.0, cubic(1.0), 1e-12)
    assert root == pytest.approx(0.3, abs=1e-6)
    assert min(calls) >= 0
    assert max(calls) <= 1


@pytest.mark.parametrize("segments", [1, 3])
def test_shooting_and_collocation_agree(segments):
    start = systems.circle(
        helpers.stuart_landau, 0.5, radius=0.6, period=2.9, intervals=40, degree=4
    )
    cycle = solve_cycle(start)
    assert cycle is not None
    rough = Cycle(
        cycle.parameter, cycle.period * 1.02, cycle.times, cycle.nodes * 1.03, cycle.multipliers, 1
    )
    shot = shoot(helpers.stuart_landau, rough, segments=segments)
    assert shot.converged
    assert shot.iterations > 2
    assert shot.period == pytest.approx(cycle.period, abs=1e-9)
    assert shot.multipliers[0] == pytest.approx(cycle.multipliers[0], abs=1e-9)
    np.testing.assert_allclose(np.linalg.norm(shot.states, axis=1), np.sqrt(1 / 3), atol=1e-9)


def test_a_cycle_can_be_solved_for_again_on_another_mesh():
    cycle = solved(12, 4)
    finer = solve_cycle(start_from_cycle(helpers.stuart_landau, cycle, intervals=30, degree=5))
    assert finer is not None
    assert finer.nodes.shape == (30, 6, 2)
    assert finer.period == pytest.approx(2 * np.pi / (2 + 0.7 / 3), abs=1e-12)
