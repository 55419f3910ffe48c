"""Compiling small programs that run a few times each."""

from collections.abc import Callable
from typing import Any

import equinox as eqx

#: LLVM's optimisation passes take longer than these programs ever run: LAPACK does their work.
_OPTIONS = {"xla_backend_optimization_level": 0}


def quick_jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """`equinox.filter_jit` for programs whose compile time matters more than their speed.

    Args:
        function: the function.

    Returns:
        The compiled function.
    """
    return eqx.filter_jit(function, compiler_options=_OPTIONS)
