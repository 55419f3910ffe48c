"""The parameter vector θ: chosen leaves of a field, as one flat vector."""

import difflib
from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax.tree_util as jtu
import numpy as np
from jax.flatten_util import ravel_pytree

from bifbridge._custom_types import ParameterVector


def leaf_names(field: Any) -> list[str]:
    """Dotted names of the floating-point leaves of a field, in the order of θ.

    Args:
        field: any pytree.

    Returns:
        One name per inexact array leaf, such as "weights" or "layers.0.bias".

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> from bifbridge.fields import leaf_names
        >>> leaf_names(bb.CTRNN(jnp.eye(2)))
        ['weights', 'input_weights', 'bias', 'gain', 'time_constant']
    """
    flat, _ = jtu.tree_flatten_with_path(field)
    return [_dotted(path) for path, leaf in flat if eqx.is_inexact_array(leaf)]


def select_leaves(field: Any, names: Sequence[str] | None = None) -> Any:
    """Mark the leaves that belong to θ.

    Args:
        field: any pytree.
        names: dotted names, each of a leaf or of a subtree; None selects every floating-point
            leaf.

    Returns:
        A pytree of booleans with the structure of `field`, as `equinox.partition` takes it.

    Raises:
        ValueError: if a name fits no floating-point leaf.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> from bifbridge.fields import select_leaves
        >>> chosen = select_leaves(bb.CTRNN(jnp.eye(2)), ["bias"])
        >>> chosen.bias, chosen.weights
        (True, False)
    """  # noqa: DOC502 (_refuse_unknown raises)
    _refuse_unknown(field, names or ())

    def selected(path: tuple[Any, ...], leaf: Any) -> bool:
        if not eqx.is_inexact_array(leaf):
            return False
        return names is None or any(_is_within(_dotted(path), name) for name in names)

    return jtu.tree_map_with_path(selected, field)


def flatten_parameters(
    field: Any, names: Sequence[str] | None = None
) -> tuple[ParameterVector, Callable[[ParameterVector], Any]]:
    """The vector θ of the selected leaves and the way back to a field.

    Args:
        field: any pytree.
        names: which leaves, as in `select_leaves`.

    Returns:
        θ of shape (p,), and a function from θ to a field whose other leaves are unchanged.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> theta, rebuild = bb.fields.flatten_parameters(bb.CTRNN(jnp.eye(2)), ["weights", "bias"])
        >>> theta
        Array([1., 0., 0., 1., 0., 0.], dtype=float64)
        >>> rebuild(2 * theta).weights.trace()
        Array(4., dtype=float64)
    """
    chosen, frozen = eqx.partition(field, select_leaves(field, names))
    theta, unravel = ravel_pytree(chosen)
    return theta, lambda vector: eqx.combine(unravel(vector), frozen)


def parameter_slices(field: Any, names: Sequence[str] | None = None) -> dict[str, slice]:
    """Where each selected leaf lies in θ.

    Args:
        field: any pytree.
        names: which leaves, as in `select_leaves`.

    Returns:
        Leaf name to slice of θ, in order.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> from bifbridge.fields import parameter_slices
        >>> parameter_slices(bb.CTRNN(jnp.eye(2)), ["weights", "bias"])
        {'weights': slice(0, 4, None), 'bias': slice(4, 6, None)}
    """
    flat, _ = jtu.tree_flatten_with_path(eqx.filter(field, select_leaves(field, names)))
    ends = np.cumsum([0] + [leaf.size for _, leaf in flat])
    return {
        _dotted(path): slice(int(a), int(b))
        for (path, _), a, b in zip(flat, ends[:-1], ends[1:], strict=True)
    }


def unknown_leaf(field: Any, name: str) -> str:
    """Why a name is not that of a parameter: a typo, or a leaf that cannot be learned."""
    for path, leaf in jtu.tree_flatten_with_path(field)[0]:
        if _is_within(_dotted(path), name):
            kind = f"of type {leaf.dtype}" if eqx.is_array(leaf) else f"the Python value {leaf!r}"
            return (
                f"{name!r} is {kind}: only floating-point arrays are parameters. Make it one with "
                "jax.numpy.asarray(…, float) to learn it, or leave the name out to keep it fixed."
            )
    known = leaf_names(field)
    if not known:
        return (
            f"no parameter is called {name!r}: {type(field).__name__} has no floating-point array "
            "leaf. Make its numbers jax.numpy arrays."
        )
    near = difflib.get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return f"no parameter is called {name!r}; this field has {', '.join(known)}.{meant}"


def _refuse_unknown(field: Any, names: Sequence[str]) -> None:
    known = leaf_names(field)
    wrong = [name for name in names if not any(_is_within(leaf, name) for leaf in known)]
    if not wrong:
        return
    text = "".join(names)
    if len(names) > 1 and all(len(name) == 1 for name in names):
        raise ValueError(f"Got names={text!r}, expected a list of names: names=[{text!r}].")
    reason = unknown_leaf(field, wrong[0])
    raise ValueError(reason[0].upper() + reason[1:])


def _dotted(path: tuple[Any, ...]) -> str:
    return jtu.keystr(path, simple=True, separator=".")


def _is_within(leaf: str, name: str) -> bool:
    return leaf == name or leaf.startswith(name + ".")
