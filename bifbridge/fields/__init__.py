"""Fields: what is learned, dz/dt = f(t, z, u; θ) as Equinox modules.

In this order: a field (`random_ctrnn`, a `CTRNN` with weights of your own, or a subclass of
`AbstractVectorField`), then what of it varies: `leaf_names` lists its parameters,
`flatten_parameters` makes θ of some of them and `parameter_slices` says where each lies in θ.
`save_field` and `load_field` keep it.

Example:
    >>> import jax.random as jr
    >>> import bifbridge as bb
    >>> field = bb.random_ctrnn(3, radius=0.9, key=jr.key(0))
    >>> theta, rebuild = bb.fields.flatten_parameters(field, ["weights"])
    >>> theta.shape, rebuild(theta).weights.shape
    ((9,), (3, 3))
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
