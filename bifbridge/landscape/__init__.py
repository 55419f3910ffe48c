"""Landscape: what a normal form predicts about learning, and how well it holds.

In this order: a special point with its normal form (`bb.continuation`, `bb.nearest_special_point`);
`predict_kernel` for the kernel and `predict_loss` for the loss near it; then `compare` holds the
prediction against a measured kernel and `validity` says where it can be expected to hold.
`channels` and `amplification` say what the collapse does to learning; `explain_collapse` works
backwards, from a collapsed kernel to its cause.

Example:
    >>> import jax.numpy as jnp, jax.random as jr
    >>> import bifbridge as bb
    >>> field, states = (
    ...     bb.CTRNN(jnp.diag(jnp.array([1.0, 0.2]))),
    ...     0.1 * jr.normal(jr.key(0), (8, 2)),
    ... )
    >>> sensitivity = bb.linearise(field, states, bb.uniform_grid(60.0, 0.5), names=["weights"])
    >>> measured = bb.StateSpaceNTK(sensitivity)
    >>> form = bb.normal_form(field, jnp.zeros(2), names=["weights"])
    >>> predicted = bb.landscape.predict_kernel(form, states, measured.times, sensitivity.weights)
    >>> bool(bb.landscape.compare(predicted, measured).operator_cosine > 0.99)
    True
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
