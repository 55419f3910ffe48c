"""The continuous-time recurrent neural network."""

from collections.abc import Callable

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._custom_types import Input, RealScalarLike, Scalar, State
from bifbridge.fields._base import AbstractVectorField


class CTRNN(AbstractVectorField):
    """dz/dt = (−z + g W φ(z) + B u + b)/τ.

    With an odd φ and no bias the origin is an equilibrium for every W, and its bifurcations
    are pitchforks and Hopf bifurcations; a bias unfolds the pitchforks into folds.

    Attributes:
        weights: W, recurrent weights, shape (n, n).
        input_weights: B, shape (n, m); m = 0 for a network without inputs.
        bias: b, shape (n,).
        gain: g, a scalar that multiplies W.
        time_constant: τ, in units of time.
        nonlinearity: φ, applied to each unit.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> network = bb.CTRNN(jnp.array([[0.0, 2.0], [-2.0, 0.0]]), bias=jnp.array([0.5, 0.0]))
        >>> network(0.0, jnp.zeros(2), None)  # dz/dt at the origin
        Array([0.5, 0. ], dtype=float64)
    """

    weights: Float[Array, "n n"]
    input_weights: Float[Array, "n m"]
    bias: Float[Array, " n"]
    gain: Scalar
    time_constant: Scalar
    nonlinearity: Callable[[Array], Array] = eqx.field(static=True)

    def __init__(
        self,
        weights: Float[Array, "n n"],
        *,
        input_weights: Float[Array, "n m"] | None = None,
        bias: Float[Array, " n"] | None = None,
        gain: float | Scalar = 1.0,
        time_constant: float | Scalar = 1.0,
        nonlinearity: Callable[[Array], Array] = jnp.tanh,
    ):
        weights = jnp.asarray(weights)
        if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
            raise ValueError(f"CTRNN: got weights of shape {weights.shape}, expected (n, n).")
        n, dtype = weights.shape[0], weights.dtype
        self.weights = weights
        self.input_weights = jnp.zeros((n, 0), dtype) if input_weights is None else input_weights
        self.bias = jnp.zeros(n, dtype) if bias is None else bias
        self.gain = jnp.asarray(gain, dtype)
        self.time_constant = jnp.asarray(time_constant, dtype)
        self.nonlinearity = nonlinearity

    def __call__(self, t: RealScalarLike, z: State, u: Input | None) -> State:
        """The velocity dz/dt of one state, see `AbstractVectorField.__call__`."""
        drive = self.gain * (self.weights @ self.nonlinearity(z)) + self.bias
        if u is not None:
            drive = drive + self.input_weights @ u
        return (drive - z) / self.time_constant


def random_ctrnn(
    units: int, *, radius: float = 0.5, inputs: int = 0, key: PRNGKeyArray, dtype: type = float
) -> CTRNN:
    """A CTRNN with Gaussian weights of variance radius²/n, so of spectral radius near `radius`.

    Args:
        units: n, the number of states.
        radius: spectral radius of W as n → ∞ (circular law); below 1 the origin is stable.
        inputs: m, the number of inputs.
        key: source of randomness.
        dtype: floating type of the parameters.

    Returns:
        The network, with zero bias, unit gain and unit time constant.

    Raises:
        ValueError: if `units` is not positive.

    Example:
        >>> import jax.random as jr
        >>> import bifbridge as bb
        >>> network = bb.random_ctrnn(64, radius=0.9, inputs=2, key=jr.key(0))
        >>> network.weights.shape, network.input_weights.shape
        ((64, 64), (64, 2))
    """
    if units < 1:
        raise ValueError(f"random_ctrnn: got units={units}, expected at least 1.")
    recurrent_key, input_key = jr.split(key)
    weights = radius * jr.normal(recurrent_key, (units, units), dtype) / jnp.sqrt(units)
    input_weights = jr.normal(input_key, (units, inputs), dtype) / jnp.sqrt(max(inputs, 1))
    return CTRNN(weights.astype(dtype), input_weights=input_weights.astype(dtype))
