"""Fields evaluated in a narrower floating type than the sums around them."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from bifbridge._custom_types import Input, RealScalarLike, State


class NarrowField(eqx.Module):
    """A field whose products are computed in `dtype`, its velocities returned in that of z.

    The states are summed over steps and stages in their own type. So are, in the transpose, the
    contributions of all steps to one parameter: what is narrow are the products within one
    evaluation.

    Attributes:
        field: the field.
        dtype: such as "float32" (static).
    """

    field: Any
    dtype: str = eqx.field(static=True)

    def __call__(self, t: RealScalarLike, z: State, u: Input | None) -> State:
        """The velocity dz/dt of one state, see `AbstractVectorField.__call__`."""
        narrow = jax.tree.map(self._cast, self.field)
        velocity = narrow(self._cast(t), self._cast(z), self._cast(u))
        return velocity.astype(z.dtype)

    def _cast(self, leaf: Any) -> Any:
        return leaf.astype(jnp.dtype(self.dtype)) if eqx.is_inexact_array(leaf) else leaf
