"""Many multilinear forms at one state, compiled once per order and shared by all normal forms."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float, Inexact

from bifbridge._compile import quick_jit
from bifbridge._custom_types import State
from bifbridge.normal_forms._critical import complex_eigenvectors, real_eigenvectors
from bifbridge.normal_forms._derivatives import Velocity, jacobian, multilinear

_BATCH = 8

Vector = Inexact[Array, " n"]


class Forms(eqx.Module):
    """B, C, D and E at a state: `forms((q, q), (q, r))` is [B(q,q), B(q,r)].

    The forms of one call share their order; each order is one compiled program, however often
    it is called, because a fifth derivative takes far longer to compile than to run.

    Attributes:
        velocity: z ↦ dz/dt.
        state: z, shape (n,).
    """

    velocity: Any
    state: State

    def __call__(self, *arguments: tuple[Vector, ...]) -> list[Vector]:
        """The k-th derivatives along several tuples of k directions."""
        values: list[Vector] = []
        for first in range(0, len(arguments), _BATCH):
            group = arguments[first : first + _BATCH]
            stacked = jnp.stack([jnp.stack([d + 0j for d in one]) for one in group])
            padding = jnp.zeros((_BATCH - len(group), *stacked.shape[1:]), stacked.dtype)
            found = _evaluate(self.velocity, self.state, jnp.concatenate([stacked, padding]))
            values += [found[k] for k in range(len(group))]
        return [
            value if any(jnp.iscomplexobj(d) for d in one) else value.real
            for value, one in zip(values, arguments, strict=True)
        ]

    @property
    def matrix(self) -> Float[Array, "n n"]:
        """The Jacobian A."""
        return _matrix(self.velocity, self.state)


@quick_jit
def _evaluate(
    velocity: Velocity, state: State, directions: Complex[Array, "m k n"]
) -> Complex[Array, "m n"]:
    return jax.vmap(lambda several: multilinear(velocity, state, *several))(directions)


_matrix = quick_jit(jacobian)
steady_vectors = quick_jit(real_eigenvectors)
turning_vectors = quick_jit(complex_eigenvectors)
