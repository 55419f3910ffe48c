"""The state split with a projector of its own at every trial and time."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from bifbridge._custom_types import Scalar, Times
from bifbridge._short_repr import short_repr
from bifbridge.sntk._kernel import StateSpaceNTK, require_states


class MovingSplit(eqx.Module):
    """Traces of 𝒦 = cc + cr + rc + rr with projectors Πᵢ(t), such as those along a cycle.

    Attributes:
        times: shape (T,).
        cc: tr Π𝒦Πᵀ.
        cross: tr Π𝒦(1−Π)ᵀ, the trace of cr and of rc.
        rr: tr (1−Π)𝒦(1−Π)ᵀ.
        critical_profile: mean over trials of |ΠS|² at each time, shape (T,).
        residual_profile: the same of (1−Π)S.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `moving_split`.
    """

    times: Times
    cc: Scalar
    cross: Scalar
    rr: Scalar
    critical_profile: Times
    residual_profile: Times

    @property
    def trace(self) -> Scalar:
        """The trace of 𝒦."""
        return self.cc + 2 * self.cross + self.rr

    @property
    def share(self) -> float:
        """The critical share cc/tr 𝒦."""
        return float(self.cc / self.trace)

    @property
    def growth(self) -> float:
        """Power of t with which ΠS grows over the second half of the trials: 1 for a phase."""
        late = self.times - self.times[0] >= (self.times[-1] - self.times[0]) / 2
        log_t = jnp.log(self.times[late] - self.times[0])
        return float(jnp.polyfit(log_t, jnp.log(self.critical_profile[late]) / 2, 1)[0])

    __repr__ = short_repr


def moving_split(
    ntk: StateSpaceNTK,
    projectors: Float[Array, "#N T n n"],
    *,
    probes: int | None = None,
    key: PRNGKeyArray | None = None,
) -> MovingSplit:
    """Split the kernel of the states by projectors that depend on trial and time.

    Past a bifurcation trials settle on different attractors: repeat each attractor's projector over
    the times of its trials.

    Args:
        ntk: the kernel of the states.
        projectors: Πᵢ(t), such as `FloquetProjectors.at` of each trial's phase, shape
            (N, T, n, n), or (1, T, n, n) for the same in all trials.
        probes: None for exact traces (p pushes), else how many random pushes estimate them.
        key: randomness of the probes; fixed by default.

    Returns:
        The split.

    Raises:
        ValueError: if the kernel is that of a read-out, or the projectors have another shape.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    require_states(ntk, "moving_split", whole=True)
    trials, times, n = ntk.shape
    if projectors.shape[1:] != (times, n, n) or projectors.shape[0] not in {1, trials}:
        raise ValueError(
            f"moving_split: got projectors of shape {projectors.shape}, expected "
            f"({trials}, {times}, {n}, {n}) or ({1}, {times}, {n}, {n})."
        )
    p = ntk.n_parameters
    if probes is None:
        directions, scale = jnp.eye(p), 1.0
    else:
        directions = jr.rademacher(jr.key(0) if key is None else key, (probes, p), float)
        scale = 1 / probes
    inside, cross, outside = (scale * part for part in _parts(ntk, projectors, directions))
    measure = ntk.measure[..., 0]
    return MovingSplit(
        times=ntk.times,
        cc=jnp.sum(measure * inside),
        cross=jnp.sum(measure * cross),
        rr=jnp.sum(measure * outside),
        critical_profile=inside.mean(0),
        residual_profile=outside.mean(0),
    )


@eqx.filter_jit
def _parts(
    ntk: StateSpaceNTK, projectors: Array, directions: Float[Array, "s p"]
) -> tuple[Float[Array, "N T"], ...]:
    def parts(direction: Array) -> tuple[Array, ...]:
        moved = ntk.push(direction)
        inside = jnp.einsum("itab,itb->ita", projectors, moved)
        outside = moved - inside
        return (inside**2).sum(-1), (inside * outside).sum(-1), (outside**2).sum(-1)

    sums = jax.lax.map(parts, directions, batch_size=32)
    return tuple(part.sum(0) for part in sums)
