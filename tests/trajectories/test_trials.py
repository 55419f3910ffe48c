"""Trials of unequal length, learned starts, narrow products, and input that cannot be used."""

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import CTRNN, random_ctrnn
from bifbridge.sntk import StateSpaceNTK, product_error
from bifbridge.trajectories import (
    LearnedStart,
    Trials,
    length_mask,
    linearise,
    tangent_error,
    uniform_grid,
)
from bifbridge.trajectories._observation import _refuse_shapes

FIELD = random_ctrnn(3, radius=1.2, key=jr.key(0))
STARTS = jr.normal(jr.key(1), (3, 3))
GRID = uniform_grid(2.0, 0.1, save_every=4)


class Runaway(eqx.Module):
    """ż = c z²: from z₀ > 0 it leaves for infinity at t = 1/(c z₀)."""

    rate: jax.Array

    def __call__(self, t, z, u):
        return self.rate * z**2


def test_a_trial_that_ends_early_is_what_it_would_be_alone():
    lengths = jnp.array([2.0, 0.8, 1.2])
    s = linearise(FIELD, STARTS, GRID, names=["weights"], mask=length_mask(GRID.times, lengths))
    direction, error = jr.normal(jr.key(2), (9,)), jr.normal(jr.key(3), s.trajectories.shape)
    pulled = 0.0
    for i, count in enumerate((6, 3, 4)):
        short = uniform_grid(float(lengths[i]), 0.1, save_every=4)
        alone = linearise(FIELD, STARTS[i : i + 1], short, names=["weights"])
        np.testing.assert_allclose(
            s.push(direction)[i, :count], alone.push(direction)[0], atol=1e-13
        )
        pulled = pulled + alone.pull(error[i : i + 1, :count]) / 3
    np.testing.assert_allclose(s.pull(error), pulled, atol=1e-13)
    np.testing.assert_allclose(s.inner(error, s.push(direction)), s.pull(error) @ direction)


def test_what_a_trial_does_after_its_end_cannot_spoil_it():
    field, starts = Runaway(jnp.ones(())), jnp.array([[0.1], [2.0]])
    grid = uniform_grid(4.0, 0.02, save_every=10)
    with pytest.raises(ValueError, match="end them earlier with a mask"):
        linearise(field, starts, grid)
    s = linearise(field, starts, grid, mask=length_mask(grid.times, jnp.array([4.0, 0.4])))
    pushed = s.push(jnp.ones(1))
    # z = z₀/(1 − c z₀ t), so ∂z/∂c = z² t.
    exact = (starts / (1 - starts * grid.times[:3])) ** 2 * grid.times[:3]
    np.testing.assert_allclose(pushed[:, :3, 0], exact, rtol=1e-5)
    assert bool(jnp.isfinite(s.pull(pushed)).all())


def test_learned_starts_are_parameters_with_names():
    field = LearnedStart(FIELD, STARTS)
    s = linearise(field, lambda f: f.initial_states, GRID, names=["initial_states", "field.bias"])
    assert s.theta.size == 9 + 3
    bias = linearise(FIELD, STARTS, GRID, names=["bias"])
    bump = jnp.array([0.3, -1.0, 2.0])
    both = jnp.concatenate([bump, jnp.zeros(9)])
    np.testing.assert_allclose(s.push(both), bias.push(bump), atol=1e-14)
    one = s.push(jnp.zeros(12).at[3 + 4].set(1.0))
    np.testing.assert_array_equal(one[:, 0], jnp.zeros((3, 3)).at[1, 1].set(1.0))
    assert float(jnp.abs(one[0]).max()) == 0.0


def test_narrow_products_err_by_single_precision_and_sum_in_double():
    wide, narrow = (
        StateSpaceNTK(FIELD, Trials(STARTS, GRID), parameters=["weights"], matvec_dtype=dtype)
        for dtype in (None, "float32")
    )
    error = product_error(narrow, wide)
    assert 1e-9 < error.push < 1e-6
    assert 1e-9 < error.pull < 1e-6
    assert error.gram < 1e-6
    assert narrow.push(jnp.ones(9)).dtype == jnp.float64
    with pytest.raises(ValueError, match="expected the same"):
        product_error(narrow.observed(jnp.ones((1, 3))), wide)


NEWTON = dfx.VeryChord(rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    "solver",
    [dfx.Dopri8(), pytest.param(dfx.Kvaerno3(root_finder=NEWTON), marks=pytest.mark.slow)],
    ids=["Dopri8", "Kvaerno3"],
)
def test_further_solvers_have_their_exact_transpose(solver):
    s = linearise(FIELD, STARTS, GRID, names=["weights"], solver=solver)
    direction, error = jr.normal(jr.key(2), (9,)), jr.normal(jr.key(3), s.trajectories.shape)
    np.testing.assert_allclose(
        s.inner(error, s.push(direction)), s.pull(error) @ direction, rtol=1e-12
    )


def test_fixed_steps_that_are_too_long_for_the_tangent_are_measured():
    """ż = −z + tanh(Wz) with a fast mode: the states near 0 do not see that h λ = −6."""
    field = CTRNN(jnp.diag(jnp.array([1.0, -29.0])))
    start = jnp.array([[1e-3, 0.0]])
    assert tangent_error(field, start, uniform_grid(10.0, 0.2)) > 1
    assert tangent_error(field, start, uniform_grid(10.0, 0.05)) < 1e-2


class Counted(eqx.Module):
    """A field with an integer leaf and a plain number among its leaves."""

    weight: jax.Array
    power: jax.Array
    rate: float

    def __call__(self, t, z, u):
        return -self.rate * z + self.weight * z**self.power


def test_integer_and_frozen_leaves_are_no_parameters():
    field = Counted(jnp.asarray(0.3), jnp.asarray(2), 1.0)
    assert linearise(field, jnp.ones((1, 1)), GRID).theta.size == 1
    with pytest.raises(ValueError, match="'power' is of type int"):
        linearise(field, jnp.ones((1, 1)), GRID, names=["power"])
    with pytest.raises(ValueError, match=r"'rate' is the Python value 1\.0"):
        linearise(field, jnp.ones((1, 1)), GRID, names=["rate"])


def test_unusable_input_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match="no floating-point array leaf"):
        linearise(lambda t, z, u: -z, STARTS, GRID)
    with pytest.raises(ValueError, match=r"state\[None, :\]"):
        _refuse_shapes(FIELD, STARTS[0], GRID, None, None)
    with pytest.raises(ValueError, match="type int64"):
        _refuse_shapes(FIELD, jnp.ones((2, 3), int), GRID, None, None)
    with pytest.raises(ValueError, match=r"expected \(N, T\) = \(3, 6\)"):
        linearise(FIELD, STARTS, GRID, mask=jnp.ones((3, 5), bool))
    single = jnp.ones((3, 6), bool).at[1].set(False).at[1, 2].set(True)
    with pytest.raises(ValueError, match="leaves trial 1 without an interval"):
        linearise(FIELD, STARTS, GRID, mask=single)
