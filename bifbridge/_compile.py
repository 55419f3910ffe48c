"""Compiling small programs that run a few times each."""

import functools
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.tree_util as jtu
from jax.core import Tracer

#: LLVM's optimisation passes take longer than these programs ever run: LAPACK does their work.
_OPTIONS = {"xla_backend_optimization_level": 0}


def quick_jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """`equinox.filter_jit` for programs whose compile time matters more than their speed."""
    # Inside another program, which has its own options, the function is simply called.
    compiled = eqx.filter_jit(function, compiler_options=_OPTIONS)  # pyright: ignore[reportCallIssue]

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        leaves = jtu.tree_leaves((args, kwargs))
        traced = any(isinstance(leaf, Tracer) for leaf in leaves)
        return (function if traced else compiled)(*args, **kwargs)

    return run
