"""A number known only in the mean, with its standard error."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import Scalar


class Estimate(eqx.Module):
    """A random estimate.

    Attributes:
        value: the estimate.
        standard_error: its standard error; zero where the value is exact.
        products: products with G that it took (static).

    Example:
        See [The state-space kernel](../state-space-ntk.md): `trace_estimate`.
    """

    value: Scalar
    standard_error: Scalar
    products: int = eqx.field(static=True)

    def __repr__(self) -> str:
        value, error = float(self.value), float(self.standard_error)
        return f"{value:.6g} ± {error:.2g} ({self.products} products)"


def mean_and_error(samples: Float[Array, "s *d"]) -> tuple[Array, Array]:
    """The mean of independent samples and its standard error."""
    return samples.mean(0), samples.std(0, ddof=1) / jnp.sqrt(samples.shape[0])
