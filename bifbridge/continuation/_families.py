"""One-parameter families of vector fields: what a continuation varies."""

import abc
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import jax.tree_util as jtu
from jaxtyping import Array

from bifbridge._custom_types import Input, Names, ParameterVector, Scalar, State, VectorField
from bifbridge._expect import named
from bifbridge._short_repr import short_repr
from bifbridge.fields import (
    AbstractVectorField,
    check_entry,
    flatten_parameters,
)
from bifbridge.normal_forms import FieldVelocity


class AbstractFamily(eqx.Module):
    """A vector field for every number p.

    All numbers of a family are array leaves, so that another network of the same structure is
    the same program to the compiler.

    Example:
        See `PlainFamily`.
    """

    @abc.abstractmethod
    def velocity(self, p: Scalar | float) -> Callable[[State], State]:
        """The autonomous field at one parameter value.

        Args:
            p: the parameter.

        Returns:
            z ↦ dz/dt; a `FieldVelocity`, whose leaves are θ, wherever there is a field.
        """

    __repr__ = short_repr


class LineFamily(AbstractFamily):
    """The straight path (1 − p)·start + p·end between two fields of the same structure.

    Attributes:
        start: the field at p = 0.
        end: the field at p = 1.
        inputs: constant input u, or None.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> family = bb.LineFamily(bb.CTRNN(jnp.zeros((2, 2))), bb.CTRNN(2 * jnp.eye(2)))
        >>> family.velocity(0.25).field.weights[0, 0]
        Array(0.5, dtype=float64)
    """

    start: VectorField
    end: VectorField
    inputs: Input | None = None

    def velocity(self, p: Scalar | float) -> FieldVelocity:
        """The field at one point of the path, see `AbstractFamily.velocity`."""

        def between(a: Any, b: Any) -> Any:
            return (1 - p) * a + p * b if eqx.is_inexact_array(a) else a

        return FieldVelocity(jtu.tree_map(between, self.start, self.end), self.inputs)


class LeafFamily(AbstractFamily):
    """A field with one number of one leaf replaced by p.

    Attributes:
        field: the field.
        name: dotted name of the leaf, such as "gain" or "layers.0.bias".
        index: which entry of the leaf; () for a scalar leaf.
        inputs: constant input u, or None.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> family = bb.LeafFamily(bb.CTRNN(jnp.eye(2)), "bias", (1,))
        >>> family.velocity(0.3)(jnp.zeros(2))
        Array([0. , 0.3], dtype=float64)
    """

    field: VectorField
    name: str = eqx.field(static=True)
    index: tuple[int, ...] = eqx.field(static=True, default=())
    inputs: Input | None = None

    def __check_init__(self):
        check_entry("LeafFamily", self.field, self.name, self.index)

    def velocity(self, p: Scalar | float) -> FieldVelocity:
        """The field with that leaf at p, see `AbstractFamily.velocity`."""

        def replace(path: tuple[Any, ...], leaf: Any) -> Any:
            if jtu.keystr(path, simple=True, separator=".") != self.name:
                return leaf
            # A field in single precision must not round the parameter.
            return leaf.astype(jnp.result_type(leaf, float)).at[self.index].set(p)

        return FieldVelocity(jtu.tree_map_with_path(replace, self.field), self.inputs)


class DirectionFamily(AbstractFamily):
    """The line θ + p·direction through parameter space.

    Attributes:
        field: the field at p = 0.
        direction: shape (p,), over `flatten_parameters(field, names)`.
        names: leaves that make up θ; None for all.
        inputs: constant input u, or None.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> family = bb.DirectionFamily(bb.CTRNN(jnp.eye(2)), jnp.array([1.0, -1.0]), ["bias"])
        >>> family.velocity(0.3)(jnp.zeros(2))
        Array([ 0.3, -0.3], dtype=float64)
    """

    field: VectorField
    direction: ParameterVector
    names: tuple[str, ...] | None = eqx.field(static=True, default=None)
    inputs: Input | None = None

    def __init__(
        self,
        field: VectorField,
        direction: ParameterVector,
        names: Names = None,
        inputs: Input | None = None,
    ):
        self.field, self.inputs = field, inputs
        self.direction = jnp.asarray(direction)
        self.names = None if names is None else tuple(names)
        size = flatten_parameters(field, self.names)[0].size
        if self.direction.shape != (size,):
            raise ValueError(
                f"DirectionFamily: got a direction of shape {self.direction.shape}, expected "
                f"({size},), one number per parameter of {self.names or 'the field'}."
            )

    def velocity(self, p: Scalar | float) -> FieldVelocity:
        """The field at θ + p·direction, see `AbstractFamily.velocity`."""
        theta, rebuild = flatten_parameters(self.field, self.names)
        return FieldVelocity(rebuild(theta + p * self.direction), self.inputs)


class InputFamily(AbstractFamily):
    """A field under the constant input base + p·direction.

    Attributes:
        field: the field.
        base: the input at p = 0, shape (m,).
        direction: shape (m,).

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> network = bb.CTRNN(jnp.eye(2), input_weights=jnp.array([[1.0], [2.0]]))
        >>> bb.InputFamily(network, jnp.zeros(1), jnp.ones(1)).velocity(0.3)(jnp.zeros(2))
        Array([0.3, 0.6], dtype=float64)
    """

    field: VectorField
    base: Input
    direction: Input

    def __check_init__(self):
        base, direction = jnp.shape(self.base), jnp.shape(self.direction)
        if len(base) != 1 or base != direction:
            raise ValueError(
                f"InputFamily: got a base of shape {base} and a direction of shape {direction}, "
                "expected (m,) for both, one number per input: InputFamily(field, "
                "jax.numpy.zeros(m), jax.numpy.eye(m)[0])."
            )

    def velocity(self, p: Scalar | float) -> FieldVelocity:
        """The field under that input, see `AbstractFamily.velocity`."""
        return FieldVelocity(self.field, self.base + p * self.direction)


class FunctionFamily(AbstractFamily):
    """Any function from a number to a field.

    Attributes:
        function: p ↦ field; an Equinox module keeps its arrays out of the compiled program.
        inputs: constant input u, or None.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> family = bb.families.FunctionFamily(
        ...     lambda p: bb.CTRNN(jnp.array([[0.0, p], [-p, 0.0]]))
        ... )
        >>> family.velocity(2.0).field.weights[0, 1]
        Array(2., dtype=float64)
    """

    function: Callable[[Any], VectorField]
    inputs: Input | None = None

    def velocity(self, p: Scalar | float) -> FieldVelocity:
        """The field that the function returns, see `AbstractFamily.velocity`."""
        return FieldVelocity(self.function(p), self.inputs)


class PlainFamily(AbstractFamily):
    """A plain function f(z, p), written with `jax.numpy`.

    Attributes:
        function: (z, p) ↦ dz/dt.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> bb.families.PlainFamily(lambda z, p: p * z - z**3).velocity(5.0)(jnp.array([2.0]))
        Array([2.], dtype=float64)
    """

    function: Callable[[State, Any], State]

    def velocity(self, p: Scalar | float) -> Callable[[State], State]:
        """The function at one parameter value, see `AbstractFamily.velocity`."""
        return PlainVelocity(self.function, p)


class PlainVelocity(eqx.Module):
    """z ↦ f(z, p) with p as a leaf.

    Attributes:
        function: (z, p) ↦ dz/dt.
        parameter: p.
    """

    function: Callable[[State, Any], State]
    parameter: Scalar | float

    def __call__(self, z: State) -> Array:
        """The velocity of a state."""
        return jnp.asarray(self.function(z, self.parameter))


def as_family(family: Any) -> AbstractFamily:
    """A family from a family or from a plain f(z, p).

    Args:
        family: either.

    Returns:
        The family.

    Raises:
        TypeError: if it is neither.

    Example:
        >>> import jax.numpy as jnp
        >>> from bifbridge.continuation import as_family
        >>> as_family(lambda z, p: p - z**2).velocity(4.0)(jnp.ones(1))
        Array([3.], dtype=float64)
    """
    if isinstance(family, AbstractFamily):
        return family
    if isinstance(family, AbstractVectorField):
        raise TypeError(
            f"Got the single field {type(family).__name__}, expected a family of fields: say which "
            'number of it varies, as in bb.LeafFamily(field, "gain") or '
            'bb.LeafFamily(field, "bias", (0,)).'
        )
    if isinstance(family, type) and issubclass(family, AbstractFamily):
        raise TypeError(
            f"Got the class {family.__name__}, expected an object of it, such as "
            'bb.LeafFamily(field, "gain").'
        )
    if callable(family):
        function: Any = family
        return PlainFamily(function)
    raise TypeError(
        f"Got {named(family)}, expected a family of fields such as bb.LeafFamily(field, "
        '"gain"), or a function f(z, p).'
    )
