"""The spectrum of a kernel: matrix-free against a dense Jacobian, errors beside times.

    python benchmarks/spectrum.py [--units 64] [--trials 64] [--steps 100] [--save-every 5]

Both ways see the same linearised solve, in one process. The dense way writes out S, one column per
parameter, and diagonalises the Gram matrix S* S; the matrix-free way multiplies by S and S* only.
Times are warm: each way runs once before it is timed.
"""

import argparse
import time
from collections.abc import Callable

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import jax.random as jr  # noqa: E402
import numpy as np  # noqa: E402

import bifbridge as bb  # noqa: E402

HORIZON = 20.0


def timed(compute: Callable[[], bb.Spectrum]) -> tuple[bb.Spectrum, float]:
    """The result of a second call, and its seconds."""
    jax.block_until_ready(compute().eigenvalues)
    start = time.perf_counter()
    result = compute()
    jax.block_until_ready(result.eigenvalues)
    return result, time.perf_counter() - start


def main() -> None:
    """Print both times and the differences of the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--trials", type=int, default=64)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--save-every", type=int, default=5)
    options = parser.parse_args()
    field = bb.random_ctrnn(options.units, radius=0.9, key=jr.key(0))
    states = 0.3 * jr.normal(jr.key(1), (options.trials, options.units))
    grid = bb.uniform_grid(HORIZON, HORIZON / options.steps, save_every=options.save_every)
    ntk = bb.StateSpaceNTK(bb.linearise(field, states, grid, names=["weights"]))
    free, free_seconds = timed(lambda: bb.spectrum(ntk, 10, method="matrix_free"))
    dense, dense_seconds = timed(lambda: bb.spectrum(ntk, 10, method="dense"))
    error = np.abs(np.asarray(free.eigenvalues[:10] / dense.eigenvalues[:10]) - 1).max()
    rank = free.participation_ratio / dense.participation_ratio - 1
    cosine = jnp.abs(free.right[:, 0] @ dense.right[:, 0])
    print(f"n = {options.units}, p = {ntk.n_parameters}, (N, T, n) = {ntk.shape}")
    print(f"  dense        {dense_seconds:8.2f} s")
    print(f"  matrix-free  {free_seconds:8.2f} s   {dense_seconds / free_seconds:.1f} x faster")
    print(f"  largest relative error of ten eigenvalues   {error:.1e}")
    print(f"  1 - cosine of the top right singular vector {1 - float(cosine):.1e}")
    print(
        f"  participation ratio: relative error {rank:+.1e}, "
        f"standard error {free.participation_ratio_error / free.participation_ratio:.1e}"
    )


if __name__ == "__main__":
    main()
