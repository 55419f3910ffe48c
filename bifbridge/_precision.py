"""Double precision: needed by continuation, normal forms and kernels; never set silently."""

import jax

from bifbridge._errors import PrecisionError


def require_x64(what: str) -> None:
    """Raise unless this JAX session computes in 64 bits."""
    if not jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
        raise PrecisionError(
            f"{what} needs 64-bit floats, but this JAX session has jax_enable_x64=False. "
            "Set the environment variable JAX_ENABLE_X64=1, or call "
            "jax.config.update('jax_enable_x64', True) before the first array is made."
        )
