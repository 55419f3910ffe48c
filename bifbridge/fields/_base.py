"""What is learned: a vector field dz/dt = f(t, z, u; θ)."""

import abc

import equinox as eqx

from bifbridge._custom_types import Input, RealScalarLike, State
from bifbridge._short_repr import short_repr


class AbstractVectorField(eqx.Module):
    """A vector field whose array leaves are its parameters θ.

    Any Equinox module with this call signature serves; subclassing only documents the intent.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> import bifbridge as bb
        >>> class Decay(bb.fields.AbstractVectorField):
        ...     rate: jax.Array
        ...
        ...     def __call__(self, t, z, u):
        ...         return -self.rate * z
        >>> Decay(jnp.asarray(2.0))(0.0, jnp.ones(1), None)
        Array([-2.], dtype=float64)
    """

    @abc.abstractmethod
    def __call__(self, t: RealScalarLike, z: State, u: Input | None) -> State:
        """The velocity of one state.

        Args:
            t: time, in the unit of the field's time constant.
            z: state, shape (n,).
            u: input at time t, shape (m,), or None where the field has none.

        Returns:
            dz/dt, shape (n,).
        """

    __repr__ = short_repr
