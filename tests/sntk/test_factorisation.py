"""𝒦 = P K P*, factor by factor."""

import diffrax as dfx
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN, random_ctrnn
from bifbridge.sntk import StateSpaceNTK, factorise
from bifbridge.trajectories import length_mask, linearise, uniform_grid

FIELD = random_ctrnn(3, radius=0.9, inputs=2, key=jr.key(0))
START = jr.normal(jr.key(1), (4, 3))
GRID = uniform_grid(3.0, 0.25, save_every=3)
DTHETA, ERROR = jr.normal(jr.key(2), (15,)), jr.normal(jr.key(3), (4, 5, 3))


def drive(t):
    return jnp.sin(t + jnp.arange(8.0)).reshape(4, 2)


OPTIONS = {"names": ("weights", "input_weights"), "inputs": drive}


@pytest.mark.parametrize("solver", [dfx.Tsit5(), dfx.Heun()], ids=["Tsit5", "Heun"])
def test_the_factors_multiply_to_the_sensitivity_and_the_kernel(solver):
    factors = factorise(FIELD, START, GRID, solver=solver, **OPTIONS)
    ntk = StateSpaceNTK(linearise(FIELD, START, GRID, solver=solver, **OPTIONS))
    np.testing.assert_allclose(
        factors.propagate(factors.force(DTHETA)), ntk.push(DTHETA), atol=1e-12
    )
    np.testing.assert_allclose(
        factors.force_adjoint(factors.propagate_adjoint(ERROR)), ntk.pull(ERROR), atol=1e-12
    )
    np.testing.assert_allclose(factors.kernel(ERROR), ntk.kernel(ERROR), atol=1e-11)


def test_trials_of_unequal_length_have_factors_too():
    mask = length_mask(GRID.times, jnp.array([3.0, 1.5, 2.25, 0.75]))
    factors = factorise(FIELD, START, GRID, mask=mask, **OPTIONS)
    ntk = StateSpaceNTK(linearise(FIELD, START, GRID, mask=mask, **OPTIONS))
    np.testing.assert_allclose(
        factors.propagate(factors.force(DTHETA)), ntk.push(DTHETA), atol=1e-12
    )
    np.testing.assert_allclose(factors.kernel(ERROR), ntk.kernel(ERROR), atol=1e-11)
    operators = factors.operators()
    x = jr.normal(jr.key(5), (ERROR.size,))
    moved = operators.propagator.transpose().mv(x)
    np.testing.assert_allclose(
        operators.propagator.mv(operators.parameter_operator.mv(moved)),
        ntk.kernel_operator().mv(x),
        atol=1e-11,
    )


def test_each_factor_has_its_adjoint_and_k_is_not_local_in_time():
    factors = factorise(FIELD, START, GRID, **OPTIONS)
    forcing = jr.normal(jr.key(4), factors.forcing_shape)

    def product(x, y):
        return jnp.sum(factors.forcing_measure * x * y)

    np.testing.assert_allclose(
        product(factors.force(DTHETA), forcing), DTHETA @ factors.force_adjoint(forcing)
    )
    measure = factors.weights[None, :, None] / 4
    np.testing.assert_allclose(
        jnp.sum(measure * ERROR * factors.propagate(forcing)),
        product(factors.propagate_adjoint(ERROR), forcing),
    )
    early = jnp.zeros(factors.forcing_shape).at[0].set(1.0)
    assert jnp.abs(factors.parameter_operator(early)[-1]).max() > 1e-4


def test_the_propagator_of_a_linear_field_is_its_exponential():
    decay = CTRNN(jnp.zeros((2, 2)))
    grid = uniform_grid(2.0, 0.1)
    factors = factorise(decay, jnp.ones((1, 2)), grid, names=("bias",))
    moved = factors.propagate(jnp.ones(factors.forcing_shape))
    np.testing.assert_allclose(moved[0, :, 0], 1 - jnp.exp(-grid.times), atol=1e-8)


def test_implicit_methods_are_refused():
    with pytest.raises(ValueError, match="explicit Runge-Kutta"):
        factorise(FIELD, START, GRID, solver=dfx.Kvaerno3(), **OPTIONS)
