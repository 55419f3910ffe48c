"""A linearisation that keeps only the states between steps is the same linear map."""

import jax.random as jr
import numpy as np
import pytest

from bifbridge import linearise, random_ctrnn, uniform_grid


@pytest.mark.parametrize("names", [("weights",), ("weights", "bias")])
def test_products_do_not_depend_on_what_is_kept(names):
    field = random_ctrnn(5, radius=0.9, key=jr.key(0))
    start = 0.3 * jr.normal(jr.key(1), (3, 5))
    grid = uniform_grid(4.0, 0.2, save_every=4)
    kept, anew = (
        linearise(field, start, grid, names=names, checkpoint=checkpoint)
        for checkpoint in (False, True)
    )
    np.testing.assert_array_equal(anew.trajectories, kept.trajectories)
    dtheta = jr.normal(jr.key(2), anew.theta.shape)
    error = jr.normal(jr.key(3), anew.trajectories.shape)
    np.testing.assert_allclose(anew.push(dtheta), kept.push(dtheta), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(anew.pull(error), kept.pull(error), rtol=1e-12, atol=1e-13)
    inner = anew.inner(error, anew.push(dtheta))
    np.testing.assert_allclose(inner, anew.pull(error) @ dtheta, rtol=1e-12)
