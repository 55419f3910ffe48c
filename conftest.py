"""Settings of every test: double precision, programs that compile quickly, and room for them."""

import gc
import importlib
import os
from collections.abc import Iterator
from pathlib import Path

# Most of the time goes into compiling programs that run once. Costly passes of LLVM do not pay,
# nor does the newer emitter of fused loops (MLIR, then LLVM), nor to split a program for threads.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    " --xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1",
)

import jax
import pytest

jax.config.update("jax_enable_x64", True)

#: Linux gives a process 65530 memory maps; one module of tests needs some thousand.
MAPS = 30_000


def memory_maps() -> int:
    """How many this process has; 0 where the machine does not say."""
    try:
        return Path("/proc/self/maps").read_bytes().count(b"\n")
    except OSError:
        return 0


@pytest.fixture(autouse=True, scope="module")
def _room_for_compiled_programs() -> Iterator[None]:
    """Free the compiled programs of earlier modules before the process runs out of memory maps.

    Each holds some. A process that runs the whole suite and frees none would reach the limit and
    crash; one that frees them after each module compiles the same small programs again and again.
    """
    yield
    if memory_maps() > MAPS:
        jax.clear_caches()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Import bifbridge whole, with its type checks, before pytest imports modules one by one.

    What pytest imports it also sets as an attribute: the module `continuation` would take the
    place of the function of that name. The process that only hands tests to others imports nothing.
    """
    if session.config.getoption("tx", None) and not hasattr(session.config, "workerinput"):
        return
    importlib.import_module("bifbridge")


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what was imported, and look at the rest less often.

    Compiled programs keep millions of objects alive: tracing spent a third of its time there.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
