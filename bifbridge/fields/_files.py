"""Fields as files: one line of JSON that rebuilds the structure, then the leaves."""

import json
import os
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp

from bifbridge._atomic import atomic_path
from bifbridge._errors import FileFormatError
from bifbridge.fields._base import AbstractVectorField
from bifbridge.fields._ctrnn import CTRNN

FORMAT = "bifbridge-field"
VERSION = 1

#: Nonlinearities that a file or a configuration can name.
NONLINEARITIES = {
    "tanh": jnp.tanh,
    "identity": lambda x: x,
    "sin": jnp.sin,
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "softplus": jax.nn.softplus,
    "gelu": jax.nn.gelu,
    "silu": jax.nn.silu,
    "elu": jax.nn.elu,
}


def save_field(path: str | os.PathLike[str], field: AbstractVectorField) -> None:
    """Write a field to an `.eqx` file, atomically.

    Args:
        path: the file.
        field: a `CTRNN` whose nonlinearity has a name in `NONLINEARITIES`.

    Raises:
        TypeError: for a field of another kind; save those with
            `equinox.tree_serialise_leaves` and a config of your own.

    Example:
        >>> import tempfile, jax.numpy as jnp
        >>> import bifbridge as bb
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     bb.save_field(f"{folder}/model.eqx", bb.CTRNN(jnp.eye(2), gain=1.5))
        ...     float(bb.load_field(f"{folder}/model.eqx").gain)
        1.5
    """
    if not isinstance(field, CTRNN):
        raise TypeError(
            f"save_field: got a {type(field).__name__}, expected a CTRNN. Save your own fields "
            "with equinox.tree_serialise_leaves, and give commands a module:function instead."
        )
    header = {
        "format": FORMAT,
        "version": VERSION,
        "type": "CTRNN",
        "units": field.weights.shape[0],
        "inputs": field.input_weights.shape[1],
        "nonlinearity": _nonlinearity_name(field),
        "dtype": str(field.weights.dtype),
    }
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write((json.dumps(header) + "\n").encode())
        eqx.tree_serialise_leaves(file, field)


def load_field(path: str | os.PathLike[str]) -> CTRNN:
    """Read a field that `save_field` wrote.

    Args:
        path: the file.

    Returns:
        The field.

    Raises:
        FileFormatError: if the file is truncated, foreign or of an unknown version.

    Example:
        See `save_field`.
    """
    with Path(path).open("rb") as file:
        header = _read_header(path, file.readline())
        n, dtype = header["units"], jnp.dtype(header["dtype"])
        blank = CTRNN(
            jnp.zeros((n, n), dtype),
            input_weights=jnp.zeros((n, header["inputs"]), dtype),
            nonlinearity=NONLINEARITIES[header["nonlinearity"]],
        )
        try:
            return eqx.tree_deserialise_leaves(file, blank)
        except (EOFError, ValueError, RuntimeError) as error:
            raise FileFormatError(f"{path}: the file is truncated or damaged ({error}).") from error


def _read_header(path: str | os.PathLike[str], line: bytes) -> dict:
    try:
        header = json.loads(line)
        signature = (header["format"], header["type"], header["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise FileFormatError(f"{path}: not a field written by bifbridge.") from error
    if signature[:2] != (FORMAT, "CTRNN") or signature[2] > VERSION:
        raise FileFormatError(
            f"{path}: got format, type and version {signature}; this release reads "
            f"{(FORMAT, 'CTRNN', VERSION)} and older."
        )
    return header


def _nonlinearity_name(field: CTRNN) -> str:
    for name, function in NONLINEARITIES.items():
        if function is field.nonlinearity:
            return name
    raise TypeError(
        f"save_field: the nonlinearity {field.nonlinearity!r} has no name; expected one of "
        f"{', '.join(NONLINEARITIES)}."
    )
