"""Blocks of training on disk: each file whole or absent, in a chain without gaps."""

import warnings
import zipfile
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from bifbridge._atomic import atomic_path
from bifbridge._errors import FileFormatError
from bifbridge.training._loop import Block, TrainingState

_ARRAYS = ("thetas", "losses", "gradient_norms")


def block_path(folder: Path, start: int) -> Path:
    """Where a block lies.

    Args:
        folder: of the blocks.
        start: the block's first step.

    Returns:
        The file.
    """
    return folder / f"block_{start:08d}.npz"


def write_block(folder: Path, block: Block) -> Path:
    """Write a block as `block_<first step>.npz`.

    Args:
        folder: an existing folder.
        block: the block.

    Returns:
        The file.
    """
    path = block_path(folder, block.start)
    inner = jax.tree.leaves(eqx.filter(block.end.optimiser_state, eqx.is_array))
    with atomic_path(path) as temporary:
        arrays = {name: np.asarray(getattr(block, name)) for name in _ARRAYS}
        arrays |= {f"optimiser_{i}": np.asarray(leaf) for i, leaf in enumerate(inner)}
        arrays["start"] = np.asarray(block.start)
        arrays["end_theta"] = np.asarray(block.end.theta)
        arrays["resumable"] = np.asarray(block.end.optimiser_state is not None)
        np.savez(temporary, allow_pickle=False, **arrays)
    return path


def read_blocks(folder: Path, optimiser_state: Any) -> list[Block]:
    """Read the chain of blocks, as far as it is whole.

    A damaged file ends the chain with a warning: training repeats from there and writes it again.

    Args:
        folder: the folder of `write_block`.
        optimiser_state: a state of the same optimiser, for its structure.

    Returns:
        The blocks in order, without a gap, from step 0.
    """
    blocks: list[Block] = []
    for path in sorted(folder.glob("block_*.npz")):
        expected = blocks[-1].end.step if blocks else 0
        try:
            block = read_block(path, optimiser_state)
        except FileFormatError as error:
            warnings.warn(f"{error} Training repeats from step {expected}.", stacklevel=2)
            break
        if block.start != expected:
            warnings.warn(
                f"{folder}: no block starts at step {expected}. Training repeats from there.",
                stacklevel=2,
            )
            break
        blocks.append(block)
    return blocks


def read_block(path: Path, optimiser_state: Any) -> Block:
    """Read one block.

    Args:
        path: a file of `write_block`.
        optimiser_state: a state of the same optimiser, for its structure.

    Returns:
        The block; its end has no optimiser state if the block stopped at a divergence.

    Raises:
        FileFormatError: if the file is damaged or of another optimiser.
    """
    try:
        with path.open("rb") as stream, np.load(stream) as file:
            data = {name: file[name] for name in file.files}
        length = len(data["losses"])
        inner = _restore(data, optimiser_state) if data["resumable"] else None
        end = TrainingState(int(data["start"]) + length, jnp.asarray(data["end_theta"]), inner)
        thetas, losses, norms = (data[name] for name in _ARRAYS)
        return Block(int(data["start"]), thetas, losses, norms, end)
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError, OSError) as error:
        raise FileFormatError(f"{path}: the checkpoint is damaged ({error}).") from error


def _restore(data: dict[str, np.ndarray], like: Any) -> Any:
    arrays, static = eqx.partition(like, eqx.is_array)
    leaves, structure = jax.tree.flatten(arrays)
    restored = [jnp.asarray(data[f"optimiser_{i}"]) for i in range(len(leaves))]
    return eqx.combine(jax.tree.unflatten(structure, restored), static)
