"""Initial states that are learned together with the field."""

from typing import Any

import equinox as eqx

from bifbridge._custom_types import InitialStates, Input, RealScalarLike, State
from bifbridge._short_repr import short_repr


class LearnedStart(eqx.Module):
    """A field together with the initial state of every trial, as parameters of one module.

    Its leaves are called "initial_states" and "field.…".

    Attributes:
        field: the vector field.
        initial_states: one per trial, shape (N, n).

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> learned = bb.trajectories.LearnedStart(bb.CTRNN(jnp.eye(2)), jnp.zeros((3, 2)))
        >>> bb.fields.flatten_parameters(learned, ["initial_states"])[
        ...     0
        ... ].shape  # three trials of two units
        (6,)
    """

    field: Any
    initial_states: InitialStates

    def __call__(self, t: RealScalarLike, z: State, u: Input | None) -> State:
        """The velocity dz/dt of one state: the field's.

        Returns:
            dz/dt, shape (n,).
        """
        return self.field(t, z, u)

    __repr__ = short_repr
