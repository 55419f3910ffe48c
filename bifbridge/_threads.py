"""How many threads LAPACK uses while many small matrices are factored.

OpenBLAS wakes its threads for matrices that one thread would have finished with before they
arrive: a branch of 64 states takes four times as long with two threads as with one. The limit
holds for the whole process while it lasts, XLA's calls of LAPACK included.
"""

import contextlib
import functools
from collections.abc import Iterator

from threadpoolctl import ThreadpoolController

#: From this many states on, threads are worth their while.
THREADED_SIZE = 256


@contextlib.contextmanager
def suited_threads(n: int) -> Iterator[None]:
    """One thread for LAPACK where matrices are small; the process's own number elsewhere."""
    if n >= THREADED_SIZE:
        yield
        return
    with _controller().limit(limits=1, user_api="blas"):
        yield


@functools.cache
def _controller() -> ThreadpoolController:
    # Finding the libraries takes milliseconds; jaxlib takes its LAPACK from SciPy, so that must
    # have been loaded.
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()
