"""S is the derivative of the solve, and S* its transpose."""

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optimistix as optx
import pytest

from bifbridge import CTRNN, random_ctrnn
from bifbridge.errors import SensitivityWarning
from bifbridge.fields import flatten_parameters
from bifbridge.trajectories import linearise, recorded_grid, solve, uniform_grid

FIELD = random_ctrnn(3, radius=1.2, inputs=1, key=jr.key(0))
STARTS = jr.normal(jr.key(1), (4, 3))
GRID = uniform_grid(2.0, 0.1, save_every=2)


def drive(t):
    return jnp.sin(t) * jnp.ones((4, 1))


NEWTON = optx.Newton(rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("solver", [dfx.Tsit5(), dfx.Heun(), dfx.ImplicitEuler(NEWTON)])
@pytest.mark.parametrize("names", [None, ["bias", "time_constant"]])
def test_the_adjoint_is_the_transpose(solver, names):
    s = linearise(FIELD, STARTS, GRID, names=names, inputs=drive, solver=solver)
    dtheta = jr.normal(jr.key(2), s.theta.shape)
    error = jr.normal(jr.key(3), s.trajectories.shape)
    forward, backward = s.inner(error, s.push(dtheta)), jnp.dot(s.pull(error), dtheta)
    np.testing.assert_allclose(forward, backward, rtol=1e-12)


def test_push_is_the_derivative_of_the_saved_states():
    s = linearise(FIELD, STARTS, GRID, inputs=drive)
    theta, rebuild = flatten_parameters(FIELD)
    dtheta = jr.normal(jr.key(2), theta.shape)

    def states(h):
        return solve(rebuild(theta + h * dtheta), STARTS, GRID, inputs=drive)

    difference = (states(1e-5) - states(-1e-5)) / 2e-5
    np.testing.assert_allclose(s.push(dtheta), difference, rtol=1e-7, atol=1e-8)


def test_reverse_mode_of_the_solve_is_the_pull():
    s = linearise(FIELD, STARTS, GRID, names=["weights"], inputs=drive)
    theta, rebuild = flatten_parameters(FIELD, ["weights"])

    def energy(vector):
        states = solve(rebuild(vector), STARTS, GRID, inputs=drive)
        return 0.5 * s.inner(states, states)

    np.testing.assert_allclose(jax.grad(energy)(theta), s.pull(s.trajectories), rtol=1e-11)


def test_learned_initial_states_enter_the_sensitivity():
    class Learned(eqx.Module):
        net: CTRNN
        start: jax.Array

        def __call__(self, t, z, u):
            return self.net(t, z, u)

    field = Learned(random_ctrnn(3, key=jr.key(4)), STARTS[:2])
    s = linearise(field, lambda f: f.start, GRID, names=["start"])
    bump = jnp.zeros(6).at[4].set(1.0)
    np.testing.assert_array_equal(s.push(bump)[:, 0], bump.reshape(2, 3))
    assert float(jnp.abs(s.push(bump)[0]).max()) == 0.0


def test_discrete_sensitivity_converges_at_the_order_of_the_solver():
    """For ż = −z + w z and z(0) = 1 the derivative in w is t exp((w − 1)t)."""
    field = CTRNN(jnp.array([[0.4]]), nonlinearity=lambda z: z)
    errors = []
    for n_steps in (20, 40, 80):
        grid = uniform_grid(5.0, 5.0 / n_steps)
        s = linearise(field, jnp.ones((1, 1)), grid, names=["weights"], solver=dfx.Bosh3())
        exact = s.times * jnp.exp(-0.6 * s.times)
        errors.append(float(jnp.abs(s.push(jnp.ones(1))[0, :, 0] - exact).max()))
    assert abs(-np.polyfit(np.log([20, 40, 80]), np.log(errors), 1)[0] - 3) < 0.2


def test_new_numbers_do_not_compile_again():
    traces = []

    def counted(z):
        traces.append(None)
        return jnp.tanh(z)

    def product(scale):
        field = CTRNN(scale * FIELD.weights, nonlinearity=counted)
        s = linearise(field, scale * STARTS, GRID)
        return s.pull(s.push(s.theta))

    product(1.0)
    once = len(traces)
    product(0.5)
    assert len(traces) == once


def primal_only_grid(field, starts, times, rtol):
    solution = dfx.diffeqsolve(
        dfx.ODETerm(lambda t, y, args: jax.vmap(lambda z: field(t, z, None))(y)),
        dfx.Tsit5(),
        times[0],
        times[-1],
        None,
        starts,
        saveat=dfx.SaveAt(t0=True, steps=True),
        stepsize_controller=dfx.ClipStepSizeController(
            dfx.PIDController(rtol=rtol, atol=rtol), step_ts=times
        ),
    )
    assert solution.ts is not None
    steps = solution.ts[np.isfinite(solution.ts)]
    return type(GRID)(steps, np.searchsorted(steps, times - 1e-12))


def kernel_trace(field, starts, grid):
    s = linearise(field, starts, grid, names=["weights"])
    columns = jax.vmap(s.push)(jnp.eye(s.theta.size))
    return float(jnp.sum(s.measure * columns**2))


def test_watching_a_tangent_mends_the_adaptive_kernel():
    """Near a slow manifold primal-only control overestimates tr 𝒦 by orders of magnitude."""
    weights = random_ctrnn(12, radius=1.0, key=jr.key(5)).weights
    values, vectors = np.linalg.eigh(np.asarray(weights + weights.T))
    values = np.concatenate([np.linspace(-6.0, 0.2, 11), [1.0]])
    field = CTRNN(jnp.asarray(vectors * values @ vectors.T))
    starts = 1e-3 * jnp.asarray(vectors[:, -1:].T)
    times = jnp.linspace(0.0, 60.0, 5)
    truth = kernel_trace(field, starts, uniform_grid(60.0, 0.05, save_every=300))
    with pytest.warns(SensitivityWarning, match="chosen for the states alone"):
        naive = kernel_trace(field, starts, primal_only_grid(field, starts, times, 1e-6))
    mended = kernel_trace(field, starts, recorded_grid(field, starts, times, rtol=1e-6, atol=1e-9))
    assert naive > 10 * truth
    np.testing.assert_allclose(mended, truth, rtol=1e-3)


def test_a_diverging_trial_is_named():
    field = CTRNN(jnp.array([[1e3]]), nonlinearity=lambda z: z**3)
    with pytest.raises(ValueError, match="the first is trial 1"):
        linearise(field, jnp.array([[0.0], [50.0]]), uniform_grid(5.0, 0.1))
