"""Kernels that do not fit into memory: rows of 𝒦 in blocks, in a zarr store that can be resumed."""

import hashlib
import os
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from bifbridge._errors import FileFormatError, RunFolderError
from bifbridge._netcdf import check_format, provenance
from bifbridge._progress import progress
from bifbridge.sntk._kernel import StateSpaceNTK

if TYPE_CHECKING:
    import zarr

FORMAT, VERSION = "bifbridge-kernel-blocks", 1


def kernel_to_zarr(
    ntk: StateSpaceNTK, path: str | os.PathLike[str], *, block: int = 256
) -> "zarr.Group":
    """Write 𝒦 between `weighted` trajectories to a zarr store, `block` rows at a time.

    A store that was begun is finished: a block counts once its mark in "done" is set, which comes
    after its numbers. Needs the extra zarr. Cost: N·T·m pulls and pushes, 8 (N·T·m)² bytes on
    disk before compression, 8 N·T·m·block bytes in memory for a block's rows, and those that its
    products need.

    Args:
        ntk: the kernel.
        path: folder of the store, new or of the same kernel.
        block: rows at a time, and the side of the square chunks.

    Returns:
        The store, with "kernel", shape (N·T·m, N·T·m), and "done".

    Raises:
        RunFolderError: if the store is of another kernel or block size.
        FileFormatError: if the folder holds something else.
    """  # noqa: DOC502 (_open raises)
    rows = int(np.prod(ntk.shape))
    about = {"kernel_hash": _hash(ntk), "block": block, "shape": list(ntk.shape)}
    store = _open(path, rows, block, about)
    kernel: Any = store["kernel"]
    done: Any = store["done"]
    with progress("kernel", "blocks", -(-rows // block)) as told:
        for k in range(-(-rows // block)):
            if not done[k]:
                first, last = k * block, min((k + 1) * block, rows)
                kernel[first:last] = np.asarray(_rows(ntk, first, block))[: last - first]
                done[k] = True
            told(k + 1)
    return store


def _open(
    path: str | os.PathLike[str], rows: int, block: int, about: dict[str, Any]
) -> "zarr.Group":
    import zarr

    if not os.path.exists(path):
        store = zarr.create_group(os.fspath(path))
        store.create_array("kernel", shape=(rows, rows), chunks=(block, block), dtype="f8")
        store.create_array("done", shape=(-(-rows // block),), chunks=(1,), dtype="bool")
        # Last, so that a store without it was not begun.
        store.attrs.update(provenance(FORMAT, VERSION) | about)
        return store
    try:
        store = zarr.open_group(os.fspath(path), mode="r+")
    except (OSError, ValueError) as error:
        raise FileFormatError(f"{path} is no zarr store of a kernel: {error}") from error
    there = dict(store.attrs)
    check_format(there, FORMAT, VERSION)
    different = [name for name, value in about.items() if there.get(name) != value]
    if different:
        raise RunFolderError(
            f"{path} holds another kernel (other {', '.join(different)}). Choose another folder, "
            "or delete this one."
        )
    return store


@eqx.filter_jit
def _rows(ntk: StateSpaceNTK, first: Any, block: int) -> Float[Array, "block NTm"]:
    """Some rows of the symmetric 𝒦, as its images of unit vectors."""
    size = int(np.prod(ntk.shape))

    def row(index: Array) -> Array:
        unit = jnp.zeros(size, ntk.sensitivity.theta.dtype).at[index].set(1.0)
        return ntk.weighted(ntk.kernel(ntk.unweighted(unit)))

    # Beyond the last row the index is out of bounds, where nothing is set.
    return jax.lax.map(row, jnp.asarray(first) + jnp.arange(block), batch_size=min(block, 64))


def _hash(ntk: StateSpaceNTK) -> str:
    """Of everything that the numbers depend on."""
    digest = hashlib.sha256()
    sensitivity = ntk.sensitivity
    for array in (
        sensitivity.theta,
        sensitivity.trajectories,
        sensitivity.times,
        sensitivity.weights,
        ntk.readout,
        ntk.removed,
    ):
        digest.update(b"none" if array is None else np.asarray(array).tobytes())
    return digest.hexdigest()
