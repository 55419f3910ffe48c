"""Solves converge at the solver's order and agree with Diffrax's own steps."""

import diffrax as dfx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge import CTRNN, random_ctrnn
from bifbridge.trajectories import TimeGrid, march, recorded_grid, solve, uniform_grid, unrolled

FIELD = random_ctrnn(4, radius=1.2, key=jr.key(0))
STARTS = jr.normal(jr.key(1), (3, 4))


def linear_field(matrix):
    return CTRNN(matrix + jnp.eye(matrix.shape[0]), nonlinearity=lambda z: z)


@pytest.mark.parametrize(
    ("solver", "order"), [(dfx.Euler(), 1), (dfx.Heun(), 2), (dfx.Bosh3(), 3), (dfx.Tsit5(), 5)]
)
def test_order_of_convergence_to_the_matrix_exponential(solver, order):
    matrix = jnp.array([[-0.3, 2.0], [-2.0, -0.1]])
    exact = jax.scipy.linalg.expm(2.0 * matrix) @ jnp.array([1.0, 0.5])
    errors = []
    for n_steps in (16, 32, 64):
        grid = uniform_grid(2.0, 2.0 / n_steps)
        end = solve(linear_field(matrix), jnp.array([[1.0, 0.5]]), grid, solver=solver)[0, -1]
        errors.append(float(jnp.linalg.norm(end - exact)))
    slope = np.polyfit(np.log([16, 32, 64]), np.log(errors), 1)[0]
    assert order - 0.25 < -slope < order + 0.5


@pytest.mark.parametrize("solver", [dfx.Heun(), dfx.Tsit5(), dfx.Dopri5(), dfx.Bosh3()])
def test_unrolled_stages_give_the_states_of_diffrax(solver):
    grid = uniform_grid(3.0, 0.2)
    ours = solve(FIELD, STARTS, grid, solver=solver)
    theirs = dfx.diffeqsolve(
        dfx.ODETerm(lambda t, y, args: jax.vmap(lambda z: FIELD(t, z, None))(y)),
        solver,
        0.0,
        3.0,
        None,
        STARTS,
        saveat=dfx.SaveAt(ts=grid.steps),
        stepsize_controller=dfx.StepTo(grid.steps),
    ).ys
    assert theirs is not None
    np.testing.assert_allclose(ours, jnp.swapaxes(theirs, 0, 1), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("solver", [dfx.Tsit5(), dfx.Heun()])
def test_marching_takes_the_steps_of_the_solve(solver):
    grid = TimeGrid(jnp.array([0.0, 0.1, 0.3, 0.35, 0.7]), np.array([0, 2, 4]))
    marched = march(FIELD, STARTS, grid, solver=solver)
    np.testing.assert_allclose(
        marched, solve(FIELD, STARTS, grid, solver=solver), rtol=1e-14, atol=1e-15
    )


def test_solvers_of_other_kinds_are_left_alone():
    assert isinstance(unrolled(dfx.Kvaerno3()), dfx.Kvaerno3)


def test_saved_states_are_a_subset_of_the_steps():
    every = solve(FIELD, STARTS, uniform_grid(2.0, 0.1))
    some = solve(FIELD, STARTS, uniform_grid(2.0, 0.1, save_every=4))
    np.testing.assert_array_equal(every[:, ::4], some)


def test_weights_integrate_straight_lines_exactly():
    grid = TimeGrid(jnp.array([0.0, 0.3, 0.5, 1.7]), np.array([0, 2, 3]))
    np.testing.assert_allclose(jnp.sum(grid.weights * (2 * grid.times + 1)), 1.7**2 + 1.7)


def test_inputs_drive_each_trial():
    field = CTRNN(jnp.zeros((2, 2)), input_weights=jnp.eye(2))
    drive = jnp.array([[1.0, 0.0], [0.0, 2.0]])
    states = solve(field, jnp.zeros((2, 2)), uniform_grid(30.0, 0.1), inputs=lambda t: drive)
    np.testing.assert_allclose(states[:, -1], drive, atol=1e-8)


def test_the_grid_refuses_a_negative_horizon():
    with pytest.raises(ValueError, match=r"horizon=-1\.0"):
        uniform_grid(-1.0, 0.1)


def test_a_solve_that_blows_up_says_where():
    def explode(t, z, u):
        return z**2

    with pytest.raises(ValueError, match="stopped at t"):
        recorded_grid(explode, jnp.ones((1, 1)), jnp.array([0.0, 2.0]))
