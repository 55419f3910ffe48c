"""Channels of a kernel along a cycle, by projectors that turn with it.

Along a cycle of period T the variational equation has the flow Φ(t, 0), and the monodromy matrix
is M = Φ(T, 0). A spectral projector Π₀ of M is carried to every phase by
Π(t) = Φ(t, 0) Π₀ Φ(t, 0)⁻¹, which has period T. The multiplier 1 of the flow's own direction
belongs to the phase, the others to what goes on across the cycle (Guckenheimer, J. Math. Biol. 1
(1975) 259; Demir, Mehrotra and Roychowdhury, IEEE Trans. Circuits Syst. I 47 (2000) 655).
"""

from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import State
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.trajectories import TimeGrid, march


class FloquetProjectors(eqx.Module):
    """Π(t) = V(t) W(t)ᵀ, W(t)ᵀV(t) = 1, at equally spaced phases of a cycle.

    Attributes:
        period: T, in units of time.
        right: V at phases k T/K, k = 0 … K − 1, shape (K, n, d).
        left: W at the same phases, shape (K, n, d).
        multipliers: all Floquet multipliers, by falling modulus, shape (n,).

    Example:
        See [The state-space kernel](../state-space-ntk.md): `floquet_projectors`.
    """

    period: float
    right: Float[Array, "K n d"]
    left: Float[Array, "K n d"]
    multipliers: Complex[np.ndarray, " n"]

    def at(self, times: Float[Array, "*s"]) -> Float[Array, "*s n n"]:
        """Π at given times, counted from the start of the cycle.

        Between phases Π is interpolated linearly; at them it is a projector to rounding.

        Args:
            times: any shape.

        Returns:
            Shape (*s, n, n).
        """
        count = self.right.shape[0]
        place = jnp.mod(times / self.period, 1.0) * count
        place = jnp.where(jnp.abs(place - jnp.round(place)) < 1e-9, jnp.round(place), place)
        before = jnp.floor(place).astype(int)
        part = (place - before)[..., None, None]
        matrices = jnp.einsum("kid,kjd->kij", self.right, self.left)
        return (1 - part) * matrices[before % count] + part * matrices[(before + 1) % count]

    __repr__ = short_repr


def floquet_projectors(
    field: Any,
    state: State,
    period: float,
    *,
    phases: int = 64,
    multiplier: complex = 1.0,
    substeps: int = 8,
) -> FloquetProjectors:
    """The projectors of one multiplier (or of a complex pair) along a cycle.

    Everything comes from plain numbers, such as a `Cycle` of the engine gives:
    `floquet_projectors(field, cycle(0.0), cycle.period)`.

    Args:
        field: the vector field, without inputs.
        state: a point of the cycle, shape (n,): phase zero.
        period: T.
        phases: K, the number of phases at which projectors are kept.
        multiplier: 1 for the phase; else the multiplier that is meant, the nearest one is taken.
        substeps: solver steps (`Dopri8`) between phases.

    Returns:
        The projectors.

    Raises:
        PrecisionError: in a 32-bit session.
        ValueError: if the orbit does not close, or the multiplier is not simple.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (a helper raises)
    require_x64("Floquet projectors")
    state = jnp.asarray(state, float)
    steps = jnp.linspace(0.0, period, phases * substeps + 1)
    grid = TimeGrid(steps, np.arange(0, phases * substeps + 1, substeps), "fixed")
    orbit, flow = _variational_flow(field, state, grid)
    gap, size = float(jnp.linalg.norm(orbit[-1] - state)), float(jnp.ptp(orbit, axis=0).max())
    if not gap < 1e-3 * size:
        raise ValueError(
            f"floquet_projectors: after the period {period:.6g} the orbit is {gap:.3g} away from "
            f"its start (the cycle is {size:.3g} wide); expected a cycle, as continue_cycles finds."
        )
    values, right, left = _block(np.asarray(flow[-1]), complex(multiplier))
    forward = flow[:-1] @ right
    backward = jnp.swapaxes(jnp.linalg.inv(flow[:-1]), 1, 2) @ left
    scale = jnp.linalg.norm(forward, axis=(1, 2), keepdims=True)
    return FloquetProjectors(period, forward / scale, backward * scale, values)


@eqx.filter_jit
def _variational_flow(
    field: Any, state: State, grid: TimeGrid
) -> tuple[Float[Array, "K1 n"], Float[Array, "K1 n n"]]:
    """The orbit and Φ(t, 0) at the saved times."""

    def orbit(start: State) -> Array:
        return march(field, start[None], grid, solver=dfx.Dopri8())[0]

    return orbit(state), jax.jacfwd(orbit)(state)


def _block(monodromy: np.ndarray, target: complex) -> tuple[np.ndarray, Array, Array]:
    values, vectors = np.linalg.eig(monodromy.astype(complex))
    order = np.argsort(-np.abs(values), kind="stable")
    values, vectors = values[order], vectors[:, order]
    chosen = int(np.argmin(np.abs(values - target)))
    distance = np.abs(np.delete(values, chosen) - values[chosen]).min(initial=np.inf)
    if distance < 1e-6:
        raise ValueError(
            f"floquet_projectors: the multiplier nearest {target:.6g} is {values[chosen]:.6g} and "
            f"another one is {distance:.2g} away: it has no projector of its own."
        )
    right, left = vectors[:, chosen], np.linalg.inv(vectors)[chosen].conj()
    if abs(values[chosen].imag) < 1e-9 * abs(values[chosen]):
        lead = right[np.argmax(np.abs(right))]
        turned, back = right / lead, left * np.conj(lead)
        return values, jnp.asarray(turned.real[:, None]), jnp.asarray(back.real[:, None])
    return (
        values,
        jnp.asarray(np.stack([np.real(right), np.imag(right)], 1)),
        jnp.asarray(2 * np.stack([np.real(left), np.imag(left)], 1)),
    )
