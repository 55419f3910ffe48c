"""Kernels in a zarr store: dense numbers, resumed where they stopped, foreign ones refused."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

import bifbridge as bb
from bifbridge._errors import FileFormatError, RunFolderError
from bifbridge.sntk import _blocks, kernel_to_zarr, materialise
from bifbridge.sntk._dense import weighted_matrix

pytest.importorskip("zarr", reason="needs the extra zarr")


@pytest.fixture(scope="module")
def ntk():
    field = bb.random_ctrnn(3, key=jr.key(0), radius=0.8)
    starts = 0.3 * jr.normal(jr.key(1), (2, 3))
    sensitivity = bb.linearise(field, starts, bb.uniform_grid(1.0, 0.1, save_every=5))
    return bb.StateSpaceNTK(materialise(sensitivity))


def test_blocks_hold_the_dense_kernel_whatever_their_size(ntk, tmp_path):
    matrix = weighted_matrix(ntk)
    dense = np.asarray(matrix.T @ matrix)
    for block in (7, 18):
        stored = kernel_to_zarr(ntk, tmp_path / str(block), block=block)["kernel"]
        np.testing.assert_allclose(
            np.asarray(stored), dense, rtol=0, atol=1e-14 * np.abs(dense).max()
        )


def test_a_store_that_was_begun_is_finished_without_repeating(ntk, tmp_path, monkeypatch):
    made, rows = [], _blocks._rows

    def interrupted(ntk, first, block):
        made.append(first)
        if len(made) == 3:
            raise KeyboardInterrupt
        return rows(ntk, first, block)

    monkeypatch.setattr(_blocks, "_rows", interrupted)
    with pytest.raises(KeyboardInterrupt):
        kernel_to_zarr(ntk, tmp_path / "k", block=5)
    store = kernel_to_zarr(ntk, tmp_path / "k", block=5)
    assert made == [0, 5, 10, 10, 15]
    assert np.all(np.asarray(store["done"]))
    whole = kernel_to_zarr(ntk, tmp_path / "whole", block=18)["kernel"]
    np.testing.assert_allclose(np.asarray(store["kernel"]), np.asarray(whole), rtol=0, atol=1e-14)


def test_a_store_of_another_kernel_is_refused(ntk, tmp_path):
    kernel_to_zarr(ntk, tmp_path / "k", block=9)
    with pytest.raises(RunFolderError, match="kernel_hash, shape"):
        kernel_to_zarr(ntk.observed(jnp.eye(3)[:1]), tmp_path / "k", block=9)
    with pytest.raises(RunFolderError, match="block"):
        kernel_to_zarr(ntk, tmp_path / "k", block=6)


def test_a_folder_that_is_no_store_is_refused(ntk, tmp_path):
    (tmp_path / "k").mkdir()
    with pytest.raises(FileFormatError, match="no zarr store"):
        kernel_to_zarr(ntk, tmp_path / "k")
