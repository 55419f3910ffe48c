"""The state-space neural tangent kernel: operator, spectrum, effective ranks, channels.

In this order: `bb.linearise` gives a sensitivity, `StateSpaceNTK` the kernel of it, `spectrum` its
leading eigenvalues and effective ranks. Near an equilibrium `spectral_projector` and `state_split`
tell the critical channel from the rest, `parameter_split` does so by parameters, `moving_split` and
`floquet_projectors` do so along trajectories and cycles. What is too large to be held is estimated
(`trace_estimate`, `entropy_rank_estimate`), sharded or written in blocks (`kernel_to_zarr`).

Example:
    >>> import jax.numpy as jnp
    >>> import bifbridge as bb
    >>> field, grid = bb.CTRNN(jnp.zeros((2, 2))), bb.uniform_grid(2.0, 0.25)
    >>> ntk = bb.sntk.StateSpaceNTK(bb.linearise(field, jnp.ones((4, 2)), grid, names=["bias"]))
    >>> round(float(bb.spectrum(ntk, k=2).participation_ratio), 6)
    2.0
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
