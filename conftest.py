"""Settings of every test: double precision, and programs that are compiled quickly and once."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator

# Most of the time goes into compiling programs that run once. Costly passes of LLVM do not pay,
# nor does the newer emitter of fused loops (MLIR, then LLVM), nor to split a program for threads.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    " --xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1",
)
# Processes of one run (pytest-xdist's, and those that tests start) read back what another compiled,
# and each of them what it forgot. A folder that you name yourself is kept from run to run.
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    os.environ["JAX_COMPILATION_CACHE_DIR"] = tempfile.mkdtemp(prefix="bifbridge-programs-")
    atexit.register(shutil.rmtree, os.environ["JAX_COMPILATION_CACHE_DIR"], ignore_errors=True)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")

# Commands show how far they are: a test that wants to see it asks for it.
os.environ.setdefault("BIFBRIDGE_PROGRESS", "0")

import jax
import pytest

jax.config.update("jax_enable_x64", True)

#: In tests/, which pytest puts on the path.
pytest_plugins = ["seconds"]


@pytest.fixture(autouse=True, scope="module")
def _forget_compiled_programs() -> Iterator[None]:
    """Free the compiled programs of a module when it is done.

    Each holds memory maps, of which a process may have some 65 thousand: one that runs the whole
    suite would reach the limit and crash. Long before, it gets slow.
    """
    yield
    jax.clear_caches()


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what was imported, and look at the rest less often.

    Traced programs keep millions of objects alive, through which it would go again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
