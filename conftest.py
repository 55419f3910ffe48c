"""Settings of every test: double precision, and no compiled program outlives its module."""

import importlib
import os
from collections.abc import Iterator

# Most of the time goes into compiling programs that run once: costly passes of LLVM do not pay.
os.environ.setdefault(
    "XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
)

# Commands show how far they are: a test that wants to see it asks for it.
os.environ.setdefault("BIFBRIDGE_PROGRESS", "0")

import jax
import pytest

jax.config.update("jax_enable_x64", True)


@pytest.fixture(autouse=True, scope="module")
def _forget_compiled_programs() -> Iterator[None]:
    """Free the compiled programs of a module when it is done.

    Each holds memory maps, of which a process may have some 65 thousand: one that runs the whole
    suite would reach the limit and crash.
    """
    yield
    jax.clear_caches()


def pytest_sessionstart() -> None:
    """Import bifbridge whole, with its type checks, before pytest imports modules one by one.

    What pytest imports it also sets as an attribute: the module `continuation` would take the
    place of the function of that name.
    """
    importlib.import_module("bifbridge")
