"""The callback way across: Julia evaluates the compiled JAX field through a C function pointer.

Slower than a translated field, since every evaluation crosses the border, but it serves any
field that JAX can differentiate. Dual numbers of ForwardDiff, nested to any depth, arrive as
their coefficients and are differentiated here by `jax.jvp`: normal forms stay exact.
"""

import contextlib
import ctypes
import functools
from collections.abc import Iterator
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np
from jaxtyping import Array

from bifbridge._precision import require_x64
from bifbridge.continuation._families import AbstractFamily

_FAILED = 1

#: levels, widths, z, p, out → status; see julia/BifBridge/src/callback.jl.
_SIGNATURE = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.c_int64,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
)


class CallbackField:
    """A field that Julia calls back for.

    Attributes:
        family: an `AbstractFamily`, or a function f(z, p).
        n: number of states.
        parameters: 0 for one parameter p, which is then a number; else the length of p.

    Example:
        >>> import jax
        >>> field = CallbackField(lambda z, p: p * z - z**3, n=1)
        >>> field.evaluate(np.array([[2.0, 1.0]]), np.array([[3.0, 0.0]]))  # value, ∂/∂z
        array([[-2., -9.]])
    """

    def __init__(self, family: Any, n: int, parameters: int = 0):
        """Check the precision."""
        require_x64("CallbackField")
        self.family, self.n, self.parameters = family, n, parameters
        self._program = _program(family)
        self._error: BaseException | None = None

    def __reduce__(self):
        return type(self), (self.family, self.n, self.parameters)

    def evaluate(self, z: np.ndarray, p: np.ndarray) -> np.ndarray:
        """The field over numbers with infinitesimal parts."""
        result = np.asarray(self._program(z, p if self.parameters else p[0]))
        if result.shape != z.shape:
            raise ValueError(
                f"CallbackField: got dz/dt of shape {result.shape[:1]} from the field, expected "
                f"({self.n},), the shape of the state."
            )
        return result

    @contextlib.contextmanager
    def pointer(self) -> Iterator[int]:
        """A C function for the time of a call."""
        self._error = None
        function = _SIGNATURE(self._answer)
        try:
            yield ctypes.cast(function, ctypes.c_void_p).value or 0
        except Exception as error:
            if self._error is not None:
                raise self._error from error
            raise
        finally:
            del function

    def _answer(self, levels: int, widths: int, z: int, p: int, out: int) -> int:
        # Nothing may be raised through C: the exception is kept for `pointer`.
        try:
            sizes = (ctypes.c_int64 * levels).from_address(widths) if levels else ()
            axes = tuple(1 + size for size in sizes)
            result = self.evaluate(
                _view(z, (self.n, *axes)), _view(p, (max(self.parameters, 1), *axes))
            )
            _view(out, (self.n, *axes))[...] = result
        except BaseException as error:
            self._error = error
            return _FAILED
        return 0


def _view(address: int, shape: tuple[int, ...]) -> np.ndarray:
    size = int(np.prod(shape))
    memory: Any = (ctypes.c_double * size).from_address(address)
    return np.frombuffer(memory).reshape(shape)


def _program(family: Any) -> Any:
    """The compiled field, (z, p) ↦ coefficients; one program per structure, not per weights."""
    # `equinox.filter_jit` does the same at a higher cost per call, and calls are what counts here.
    numbers, rest = eqx.partition(family, eqx.is_array)
    leaves, structure = jtu.tree_flatten(rest)
    return functools.partial(_compiled(tuple(leaves), structure), numbers)


@functools.lru_cache(maxsize=64)
def _compiled(leaves: tuple[Any, ...], structure: Any) -> Any:
    rest = jtu.tree_unflatten(structure, leaves)

    def evaluate(numbers: Any, z: Any, p: Any) -> Any:
        family = eqx.combine(numbers, rest)

        def velocity(state: Array, parameter: Array) -> Array:
            if isinstance(family, AbstractFamily):
                return family.velocity(parameter)(state)
            return jnp.asarray(family(state, parameter))

        return _lifted(velocity, z.ndim - 1, p.ndim - z.ndim + 1)(z, p)

    return jax.jit(evaluate)


def _lifted(function: Any, levels: int, rank: int) -> Any:
    """A function over dual numbers nested `levels` deep."""
    # The outermost level stands along axis 1 of z and axis `rank` of p. Its value is the function
    # over the inner numbers, its partials are the directional derivatives of that.
    if levels == 0:
        return function
    inner = _lifted(function, levels - 1, rank)

    def over_duals(z: Array, p: Array) -> Array:
        p = jnp.moveaxis(p, rank, 0)
        z = jnp.moveaxis(z, 1, 0)

        def along(dz: Array, dp: Array) -> Array:
            return jax.jvp(inner, (z[0], p[0]), (dz, dp))[1]

        partials = jax.vmap(along)(z[1:], p[1:])
        return jnp.moveaxis(jnp.concatenate([inner(z[0], p[0])[None], partials]), 0, 1)

    return over_duals
