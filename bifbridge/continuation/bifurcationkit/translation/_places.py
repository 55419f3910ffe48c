"""Places in an array that a gather reads or a scatter writes."""

import dataclasses
import math

import numpy as np

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter
from bifbridge.continuation.bifurcationkit.translation._expression import (
    Expression,
    Selector,
    Shape,
    call,
    infix,
    literal,
)
from bifbridge.continuation.bifurcationkit.translation._indexing import select_part
from bifbridge.continuation.bifurcationkit.translation._program import Constant
from bifbridge.continuation.bifurcationkit.translation._shapes import reshape

_INTEGER = np.dtype(np.int64)


@dataclasses.dataclass(frozen=True)
class Layout:
    """How slices of an array are laid out in another one.

    Attributes:
        operand: shape of the array that is read or written.
        slices: shape of the array of slices: what a gather returns, or a scatter's updates.
        window: axes of `slices` along the slices; the others count the slices.
        sizes: size of a slice along each axis of the operand.
        missing: axes of the operand, of size one in a slice, that `slices` does not have.
        start_axes: the axis of the operand that each component of a start belongs to.
        shared: pairs of an axis of the operand and one of the starts that run together.
    """

    operand: Shape
    slices: Shape
    window: tuple[int, ...]
    sizes: tuple[int, ...]
    missing: tuple[int, ...]
    start_axes: tuple[int, ...]
    shared: tuple[tuple[int, int], ...]

    @property
    def counting(self) -> tuple[int, ...]:
        """Axes of `slices` that count the slices."""
        return tuple(axis for axis in range(len(self.slices)) if axis not in self.window)

    @property
    def strides(self) -> tuple[int, ...]:
        """How far apart neighbours along each axis of the operand lie, by columns."""
        return tuple(math.prod(self.operand[:axis]) for axis in range(len(self.operand)))

    @property
    def room(self) -> tuple[int, ...]:
        """The largest start along each start axis."""
        return tuple(self.operand[axis] - self.sizes[axis] for axis in self.start_axes)

    def offsets(self) -> np.ndarray:
        """Place of every entry of `slices`, from zero, if all slices started at the origin."""
        index = np.indices(self.slices)
        total = np.zeros(self.slices, np.int64)
        present = [axis for axis in range(len(self.operand)) if axis not in self.missing]
        for axis, k in zip(present, self.window, strict=True):
            total += self.strides[axis] * index[k]
        for axis, k in self.shared:
            total += self.strides[axis] * index[self.counting[k]]
        return total

    def static(self, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places for known starts."""
        total = self.offsets()
        valid = np.ones(self.slices, bool)
        shape = tuple(n if axis in self.counting else 1 for axis, n in enumerate(self.slices))
        for k, (axis, room) in enumerate(zip(self.start_axes, self.room, strict=True)):
            start = starts[..., k].astype(np.int64).reshape(shape)
            valid = valid & (start >= 0) & (start <= room)
            total = total + self.strides[axis] * np.clip(start, 0, room)
        return np.asarray(total), np.asarray(valid)


@dataclasses.dataclass(frozen=True)
class Places:
    """Places that depend on the state.

    Attributes:
        layout: how slices lie in the array.
        starts: code for each component of the starts, ready to broadcast.
    """

    layout: Layout
    starts: tuple[Expression, ...]

    def clamped(self, emitter: Emitter) -> Expression:
        """Code for the places, from one, with starts moved into the array."""
        layout, shape = self.layout, self.layout.slices
        offsets = layout.offsets() + 1
        same = offsets.size > 0 and bool((offsets == offsets.flat[0]).all())
        total = literal(int(offsets.flat[0]), _INTEGER) if same else emitter.read(Constant(offsets))
        for start, axis, room in zip(self.starts, layout.start_axes, layout.room, strict=True):
            bounds = [literal(0, _INTEGER), literal(room, _INTEGER)]
            inside = call("clamp", [start, *bounds], shape, "i")
            stride = layout.strides[axis]
            if stride != 1:
                inside = infix("*", literal(stride, _INTEGER), inside, shape, "i")
            total = infix("+", inside, total, shape, "i")
        return emitter.full(total.reshaped(shape, total.dims))

    def valid(self, emitter: Emitter) -> Expression:
        """Code for which slices lie within the array."""
        shape = self.layout.slices
        result = Expression("true", shape, (), "b")
        for k, (start, room) in enumerate(zip(self.starts, self.layout.room, strict=True)):
            within = call(emitter.helper("within"), [start, literal(room, _INTEGER)], shape, "b")
            result = within if k == 0 else infix("&", result, within, shape, "b")
        return result


def places(emitter: Emitter, starts: Expression, layout: Layout) -> Places:
    """The places for starts that depend on the state."""
    shape = tuple(n if axis in layout.counting else 1 for axis, n in enumerate(layout.slices))
    batch, last = starts.shape[:-1], starts.rank - 1
    components = []
    for k in range(len(layout.start_axes)):
        component = select_part(emitter, starts, {last: Selector(k, 1)}, (*batch, 1))
        component = reshape(emitter, component, shape)
        if all(n == 1 for n in shape) and not component.is_number:
            component = reshape(emitter, component, ())
        component = emitter.named(component.reshaped(layout.slices, component.dims), "index")
        components.append(component)
    return Places(layout, tuple(components))
