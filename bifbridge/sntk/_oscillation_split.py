"""Amplitude and phase of an oscillation, told apart in the kernel."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from bifbridge._custom_types import Scalar, State, Times
from bifbridge._short_repr import short_repr
from bifbridge.sntk._kernel import StateSpaceNTK, require_states
from bifbridge.sntk._materialised import MaterialisedSensitivity


class OscillationSplit(eqx.Module):
    """The critical part y = pᴴ(z − z*) of a kernel in the frame that turns with y.

    δy = (ρ + iφ) y/|y| with ρ the change of the amplitude and φ that along the cycle. At the
    onset of a Hopf bifurcation both carry half of the trace. On any limit cycle the phase answers
    to the frequency's change by an amount that grows like t, and takes the whole trace: the
    effective rank falls to 1 without any bifurcation. So a collapse on an oscillator is one of
    the phase, of `phase_share` near 1 and `phase_growth` near 1.

    Attributes:
        times: shape (T,).
        amplitude: Σⱼ of the squared change ρ per unit of θⱼ, averaged over trials, shape (T,).
        phase: the same of φ, shape (T,).
        amplitude_trace: integral of `amplitude` over time.
        phase_trace: integral of `phase` over time.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `oscillation_split`.
    """

    times: Times
    amplitude: Times
    phase: Times
    amplitude_trace: Scalar
    phase_trace: Scalar

    @property
    def phase_share(self) -> float:
        """Share of the phase in the trace of both."""
        return float(self.phase_trace / (self.phase_trace + self.amplitude_trace))

    @property
    def phase_growth(self) -> float:
        """Power of t with which the phase's change grows over the second half of the trials."""
        late = self.times >= self.times[-1] / 2
        log_t, log_size = jnp.log(self.times[late]), jnp.log(self.phase[late]) / 2
        return float(jnp.polyfit(log_t, log_size, 1)[0])

    __repr__ = short_repr


def oscillation_split(
    ntk: StateSpaceNTK,
    right: Complex[Array, " n"],
    left: Complex[Array, " n"],
    state: State,
) -> OscillationSplit:
    """Split the critical channel of a kernel into amplitude and phase.

    Args:
        ntk: the kernel of the states; materialised for this.
        right: q, for the size of the response in state space.
        left: p, pᴴq = 1.
        state: the equilibrium that the oscillation surrounds.

    Returns:
        The split.

    Raises:
        ValueError: if the kernel is that of a read-out.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (require_states raises)
    require_states(ntk, "oscillation_split")
    written = ntk.materialise().sensitivity
    assert isinstance(written, MaterialisedSensitivity)
    size = 2 * jnp.vdot(right, right).real
    amplitude, phase = _split(written, left, state)
    measure = written.measure[..., 0]
    return OscillationSplit(
        written.times,
        size * amplitude.mean(0),
        size * phase.mean(0),
        size * jnp.sum(measure * amplitude),
        size * jnp.sum(measure * phase),
    )


@jax.jit
def _split(
    sensitivity: MaterialisedSensitivity, left: Array, state: Array
) -> tuple[Float[Array, "N T"], Float[Array, "N T"]]:
    y = (sensitivity.trajectories - state) @ left.conj()
    turning = sensitivity.columns @ left.conj() * (y.conj() / jnp.abs(y))
    return (turning.real**2).sum(0), (turning.imag**2).sum(0)
