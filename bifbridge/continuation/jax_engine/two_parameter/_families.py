"""Two-parameter families of vector fields: what a curve of bifurcations lives in."""

import abc
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import jax.tree_util as jtu

from bifbridge._custom_types import Input, Scalar, State
from bifbridge._short_repr import short_repr
from bifbridge.continuation._families import AbstractFamily
from bifbridge.fields import check_entry
from bifbridge.normal_forms import FieldVelocity


class AbstractTwoParameterFamily(eqx.Module):
    """A vector field for every pair of numbers (p, q).

    Example:
        See `PlainTwoParameterFamily`.
    """

    @abc.abstractmethod
    def velocity(self, p: Scalar | float, q: Scalar | float) -> Callable[[State], State]:
        """The autonomous field at one pair of parameters.

        Args:
            p: the first parameter.
            q: the second parameter.

        Returns:
            z ↦ dz/dt.
        """

    __repr__ = short_repr


class LeafTwoParameterFamily(AbstractTwoParameterFamily):
    """A one-parameter family in which a second number of the field is set to q.

    Attributes:
        family: the family in p; its fields must have the leaf.
        name: dotted name of the leaf, such as "gain" or "weights".
        index: which entry of the leaf; () for a scalar leaf.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> family = bb.LeafFamily(bb.CTRNN(jnp.eye(1)), "bias", (0,))
        >>> plane = bb.two_parameter.LeafTwoParameterFamily(family, "gain")
        >>> velocity = plane.velocity(0.3, 2.0)
        >>> velocity.field.bias, velocity.field.gain
        (Array([0.3], dtype=float64), Array(2., dtype=float64))
    """

    family: AbstractFamily
    name: str = eqx.field(static=True)
    index: tuple[int, ...] = eqx.field(static=True, default=())

    def __check_init__(self):
        velocity = self.family.velocity(jnp.zeros(()))
        if not isinstance(velocity, FieldVelocity):
            raise ValueError(
                "LeafTwoParameterFamily: got a family of plain functions, which have no named "
                "parameters; give PlainTwoParameterFamily a function f(z, p, q)."
            )
        check_entry("LeafTwoParameterFamily", velocity.field, self.name, self.index)

    def velocity(self, p: Scalar | float, q: Scalar | float) -> Callable[[State], State]:
        """The field with the leaf at q, see `AbstractTwoParameterFamily.velocity`."""
        velocity: Any = self.family.velocity(p)

        def replace(path: tuple[Any, ...], leaf: Any) -> Any:
            if jtu.keystr(path, simple=True, separator=".") != self.name:
                return leaf
            return jnp.asarray(leaf).at[self.index].set(q)

        field = jtu.tree_map_with_path(replace, velocity.field)
        return FieldVelocity(field, velocity.inputs, velocity.time)


class FunctionTwoParameterFamily(AbstractTwoParameterFamily):
    """Any function from two numbers to a field.

    Attributes:
        function: (p, q) ↦ field.
        inputs: constant input u, or None.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> plane = bb.two_parameter.FunctionTwoParameterFamily(
        ...     lambda p, q: bb.CTRNN(jnp.array([[p, -q], [q, p]]))
        ... )
        >>> plane.velocity(1.0, 2.0).field.weights[1, 0]
        Array(2., dtype=float64)
    """

    function: Callable[[Any, Any], Any]
    inputs: Input | None = None

    def velocity(self, p: Scalar | float, q: Scalar | float) -> Callable[[State], State]:
        """The field that the function returns, see `AbstractTwoParameterFamily.velocity`."""
        return FieldVelocity(self.function(p, q), self.inputs)


class PlainTwoParameterFamily(AbstractTwoParameterFamily):
    """A plain function f(z, p, q), written with `jax.numpy`.

    Attributes:
        function: (z, p, q) ↦ dz/dt.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> plane = bb.two_parameter.PlainTwoParameterFamily(lambda z, p, q: p + q * z - z**3)
        >>> plane.velocity(1.0, 3.0)(jnp.array([2.0]))
        Array([-1.], dtype=float64)
    """

    function: Callable[[Any, Any, Any], Any]

    def velocity(self, p: Scalar | float, q: Scalar | float) -> Callable[[State], State]:
        """The function at one pair of parameters, see `AbstractTwoParameterFamily.velocity`."""
        return PlainTwoParameterVelocity(self.function, p, q)


class PlainTwoParameterVelocity(eqx.Module):
    """z ↦ f(z, p, q) with both parameters as leaves.

    Attributes:
        function: (z, p, q) ↦ dz/dt.
        first: p.
        second: q.
    """

    function: Callable[[Any, Any, Any], Any]
    first: Scalar | float
    second: Scalar | float

    def __call__(self, z: State) -> State:
        """The velocity of a state."""
        return jnp.asarray(self.function(z, self.first, self.second))


def as_two_parameter_family(family: Any) -> AbstractTwoParameterFamily:
    """A family from a family or from a plain f(z, p, q).

    Args:
        family: either.

    Returns:
        The family.

    Raises:
        TypeError: if it is neither.
    """
    if isinstance(family, AbstractTwoParameterFamily):
        return family
    if callable(family):
        return PlainTwoParameterFamily(family)
    raise TypeError(
        f"Expected a two-parameter family of fields or a function f(z, p, q), got {family!r}."
    )
