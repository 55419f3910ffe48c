"""Whether a state fits a field, told from shapes alone before anything is compiled."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import jax.tree_util as jtu

from bifbridge._errors import BifbridgeError

#: Sizes of a state that are tried, besides those that occur in the field, to name the right one.
_TRIED = range(1, 33)


def check_velocity(
    caller: str,
    velocity: Callable[..., Any],
    state: Any,
    corrected: Callable[[int], str],
    *,
    takes: str,
    field: Any = None,
    scalars: int = 0,
) -> None:
    """Raise a `ValueError` unless dz/dt has the shape of z; nothing is compiled or evaluated."""
    # `velocity` maps a state, and as many scalars as given, to dz/dt. `corrected` writes out the
    # right call for a number of states, `takes` the form that the function should have, and
    # `field` is what the velocity is made of: its arrays tell which sizes are worth trying.
    shape, dtype = jnp.shape(state), _floating(state)
    answer = traced_answer(velocity, shape, dtype, scalars)
    if _fits(answer, shape):
        return
    size = _right_size(velocity, answer, dtype, scalars, field)
    if size is not None and (size,) != shape:
        raise ValueError(
            f"{caller}: got a state of shape {shape}, but the field takes states of shape "
            f"({size},). Write {corrected(size)}."
        ) from _cause(answer)
    if isinstance(answer, Exception):
        raise ValueError(
            f"{caller}: the field raised {type(answer).__name__} at a state of shape {shape}: "
            f"{_first_line(answer)} Expected {takes}, written with jax.numpy."
        ) from answer
    raise ValueError(
        f"{caller}: the field returned {_described(answer)} at a state of shape {shape}, expected "
        f"floating-point numbers of the same shape from {takes}."
    )


def traced_answer(
    velocity: Callable[..., Any], shape: tuple[int, ...], dtype: Any, scalars: int
) -> Any:
    """What the field returns, as shapes and types, or the exception that it raises."""
    state = jax.ShapeDtypeStruct(shape, dtype)
    numbers = [jax.ShapeDtypeStruct((), jnp.result_type(float))] * scalars
    try:
        return jax.eval_shape(lambda *arguments: velocity(*arguments), state, *numbers)
    except BifbridgeError:
        raise
    except Exception as error:
        return error


def _fits(answer: Any, shape: tuple[int, ...]) -> bool:
    return (
        isinstance(answer, jax.ShapeDtypeStruct)
        and answer.shape == shape
        and jnp.issubdtype(answer.dtype, jnp.floating)
    )


def _right_size(
    velocity: Callable[..., Any], answer: Any, dtype: Any, scalars: int, field: Any
) -> int | None:
    """A number of states at which dz/dt has the shape of z."""
    for size in _candidates(answer, field):
        if _fits(traced_answer(velocity, (size,), dtype, scalars), (size,)):
            return size
    return None


def _candidates(answer: Any, field: Any) -> Iterator[int]:
    if isinstance(answer, jax.ShapeDtypeStruct) and len(answer.shape) == 1:
        yield answer.shape[0]
    yield from sorted(
        {n for leaf in jtu.tree_leaves(field) for n in getattr(leaf, "shape", ())} - {0}
    )
    yield from _TRIED


def _floating(state: Any) -> Any:
    dtype = getattr(state, "dtype", None)
    known = dtype is not None and jnp.issubdtype(dtype, jnp.floating)
    return dtype if known else jnp.result_type(float)


def _described(answer: Any) -> str:
    if isinstance(answer, jax.ShapeDtypeStruct):
        return f"{answer.dtype} numbers of shape {answer.shape}"
    return "None" if answer is None else f"a {type(answer).__name__}"


def _first_line(error: Exception) -> str:
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), "no message.")
    return line if line[-1] in ".!?" else f"{line}."


def _cause(answer: Any) -> Exception | None:
    return answer if isinstance(answer, Exception) else None
