"""Trajectories of batches of trials, and how the parameters move them.

In this order: a grid of times (`uniform_grid`, `recorded_grid`), trials (initial states, or
`Trials` with inputs and lengths), then `solve` for the states or `linearise` for a `Sensitivity`,
which `bb.StateSpaceNTK` makes a kernel of. `tangent_error` says whether the steps suit the
derivatives, too.

Example:
    >>> import jax.numpy as jnp
    >>> import bifbridge as bb
    >>> field, states = bb.CTRNN(jnp.zeros((2, 2))), jnp.ones((4, 2))
    >>> grid = bb.trajectories.uniform_grid(2.0, 0.25)
    >>> bb.solve(field, states, grid).shape  # trials, times, units
    (4, 9, 2)
    >>> bb.linearise(field, states, grid, names=["bias"]).trajectories.shape
    (4, 9, 2)
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
