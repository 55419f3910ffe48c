"""A flat intermediate form of a jaxpr: calls inlined, constants folded, dead equations dropped."""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np


class Variable:
    """The result of an equation, or an input of a program; compared by identity.

    Attributes:
        shape: logical shape, as in JAX.
        dtype: NumPy's dtype.
    """

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: tuple[int, ...], dtype: Any):
        self.shape = tuple(shape)
        self.dtype = dtype


class Constant:
    """A known array.

    Attributes:
        value: a NumPy array, or a JAX array where NumPy has no such type (random keys).
        name: the leaf of the field that it is, or None.
        recipe: how a folded constant was computed, for a comment; or None.
    """

    __slots__ = ("name", "recipe", "value")

    def __init__(self, value: Any, name: str | None = None, recipe: str | None = None):
        self.value = value
        self.name = name
        self.recipe = recipe

    @property
    def shape(self) -> tuple[int, ...]:
        """Logical shape."""
        return tuple(self.value.shape)

    @property
    def dtype(self) -> Any:
        """NumPy's dtype."""
        return self.value.dtype

    @property
    def number(self) -> Any:
        """The value of an unnamed scalar as a Python number, else None."""
        if self.name is not None or self.shape != () or not isinstance(self.value, np.ndarray):
            return None
        return self.value.item()


Atom = Variable | Constant


@dataclasses.dataclass(frozen=True, eq=False)
class Equation:
    """One primitive applied to atoms.

    Attributes:
        primitive: JAX's name of it.
        inputs: what it is applied to.
        outputs: what it defines.
        params: JAX's parameters of the primitive.
        source: JAX's records of where it came from, innermost first.
        bodies: programs of the control flow primitives, by role.
    """

    primitive: str
    inputs: tuple[Atom, ...]
    outputs: tuple[Variable, ...]
    params: dict[str, Any]
    source: tuple[Any, ...]
    bodies: "dict[str, tuple[Program, ...]]" = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, eq=False)
class Program:
    """A list of equations with inputs and outputs.

    Attributes:
        inputs: variables that the caller provides.
        equations: in the order of evaluation.
        outputs: what is returned.
    """

    inputs: tuple[Variable, ...]
    equations: tuple[Equation, ...]
    outputs: tuple[Atom, ...]

    def uses(self) -> Counter[Variable]:
        """How often each variable is read."""
        return Counter(atom for atom in self._read() if isinstance(atom, Variable))

    def _read(self) -> Iterator[Atom]:
        for equation in self.equations:
            yield from equation.inputs
        yield from self.outputs


def merge_equal(
    equations: list[Equation], outputs: tuple[Atom, ...]
) -> tuple[list[Equation], tuple[Atom, ...]]:
    """Compute once what is computed several times."""
    kept: list[Equation] = []
    seen: dict[Any, Equation] = {}
    same: dict[Atom, Atom] = {}
    for equation in equations:
        inputs = tuple(same.get(atom, atom) for atom in equation.inputs)
        equation = dataclasses.replace(equation, inputs=inputs)
        key = None if equation.bodies else _key(equation)
        if key is not None and key in seen:
            same.update(zip(equation.outputs, seen[key].outputs, strict=True))
            continue
        if key is not None:
            seen[key] = equation
        kept.append(equation)
    return kept, tuple(same.get(atom, atom) for atom in outputs)


def _key(equation: Equation) -> Any:
    operands = [
        id(atom)
        if isinstance(atom, Variable) or atom.number is None
        else (atom.number, str(atom.dtype))
        for atom in equation.inputs
    ]
    types = [(output.shape, str(output.dtype)) for output in equation.outputs]
    return equation.primitive, tuple(operands), tuple(types), str(equation.params)


def drop_dead(equations: list[Equation], outputs: tuple[Atom, ...]) -> tuple[Equation, ...]:
    """Keep the equations that the outputs depend on."""
    needed = {atom for atom in outputs if isinstance(atom, Variable)}
    kept = []
    for equation in reversed(equations):
        if needed.isdisjoint(equation.outputs):
            continue
        kept.append(equation)
        needed.update(atom for atom in equation.inputs if isinstance(atom, Variable))
    return tuple(reversed(kept))
