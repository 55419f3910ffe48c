"""Training: descent in resumable blocks, and optimisers that survive a collapse of the kernel.

In this order: a loss (`imitation_task` and `ParameterLoss`, or residuals of `bb.tasks`), an
optimiser (any of Optax, `make_optimiser` by name, or a natural gradient: `natural_gradient`,
`low_rank_natural_gradient`, `adaptive_natural_gradient` of a `GaussNewton` loss), then
`start_training` and `train`, which yields blocks. `write_block` and `read_blocks` keep them on
disk, and `join_blocks` makes a `TrainingPath` of them, for `bb.tracking`.

Example:
    >>> import jax.numpy as jnp, optax
    >>> import bifbridge as bb
    >>> optimiser = optax.sgd(0.1)
    >>> state = bb.training.start_training(jnp.ones(2), optimiser)
    >>> blocks = list(bb.training.train(lambda x: x @ x, state, optimiser, steps=20))
    >>> bool(blocks[-1].losses[-1] < 0.01 * blocks[0].losses[0])
    True
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
