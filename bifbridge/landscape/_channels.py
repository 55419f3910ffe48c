"""Both splits of a kernel at a bifurcation, and what carries its critical channel."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp

from bifbridge.landscape._channel_directions import channel_directions
from bifbridge.landscape._isolation import Isolation, isolation
from bifbridge.landscape._reduction import critical_projector, unfolding_directions
from bifbridge.normal_forms import HopfNormalForm, NormalForm, ScalarNormalForm
from bifbridge.sntk import (
    Dominance,
    OscillationSplit,
    ParameterSplit,
    StateSpaceNTK,
    StateSplit,
    dominance,
    oscillation_split,
    parameter_split,
    spectrum,
    state_split,
)
from bifbridge.sntk._spectrum import is_small


class Channels(eqx.Module):
    """The critical channel of a kernel and what stands beside it.

    Attributes:
        kind: of the bifurcation (static).
        expected_rank: of its channel: 1, or 2 at a Hopf bifurcation (static).
        parameter: split along the unfolding gradients: positive parts, no cross terms.
        state: split by the spectral projector, with its cross terms.
        carrier: which direction carries the channel: "forcing" g₀ = (∂θf)ᵀw, "slope" g₁ = ∂θ(wᵀAv)
            or "curvature" g₂; None at a Hopf bifurcation (static).
        carrier_sizes: |gₖ||∫aᵏdt| of the three, by name.
        oscillation: amplitude and phase told apart, at a Hopf bifurcation only.
        condition: the dominance condition, evaluated.
        isolated: how far other eigenvalues are.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `channels`.
    """

    kind: str = eqx.field(static=True)
    expected_rank: int = eqx.field(static=True)
    parameter: ParameterSplit
    state: StateSplit
    carrier: str | None = eqx.field(static=True)
    carrier_sizes: dict[str, float]
    oscillation: OscillationSplit | None
    condition: Dominance
    isolated: Isolation

    @property
    def statement(self) -> str:
        """What carries the channel, in a sentence."""
        if self.oscillation is not None:
            share = self.oscillation.phase_share
            return f"rank two: the phase carries {share:.0%} of the critical channel"
        wanted = "forcing" if self.kind == "fold" else "slope"
        name = {"forcing": "g₀ = (∂θf)ᵀw", "slope": "g₁ = ∂θ(wᵀAv)", "curvature": "g₂"}
        assert self.carrier is not None
        told = f"{name[self.carrier]} carries the channel"
        if self.carrier == wanted:
            return f"{told}, as at a {self.kind}"
        return (
            f"{told}, not the {self.kind}'s own {name[wanted]}: some trained parameter forces the "
            "critical mode, and the law of the normal form does not hold for it"
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, by name.

        Returns:
            A dictionary that JSON can hold.
        """
        return {
            "kind": self.kind,
            "expected_rank": self.expected_rank,
            "parameter_share": float(self.parameter.share),
            "critical_eigenvalues": [float(x) for x in self.parameter.critical_eigenvalues],
            "state_shares": self.state.shares,
            "carrier": self.carrier,
            "carrier_sizes": dict(self.carrier_sizes),
            "phase_share": None if self.oscillation is None else self.oscillation.phase_share,
            "dominance_bound": self.condition.bound,
            "dominance_ratio": self.condition.ratio,
            "dominance_holds": self.condition.holds,
            "degenerate": self.isolated.degenerate,
            "statement": self.statement,
        }

    def __repr__(self) -> str:
        """A short table."""
        states = ", ".join(f"{name} {share:.3f}" for name, share in self.state.shares.items())
        word = "holds" if self.condition.holds else "does not hold"
        ratio, bound = self.condition.ratio, self.condition.bound
        rows = [
            f"Channels at a {self.kind} (rank {self.expected_rank})",
            f"  along the unfolding gradients: {float(self.parameter.share):.4f} of the trace",
            f"  by state: {states}",
            f"  {self.statement}",
            f"  dominance: ratio {ratio:.3g}, bound {bound:.3g}: {word}",
            f"  {self.isolated!r}",
        ]
        return "\n".join(rows)


def channels(
    field: Any,
    normal_form: NormalForm,
    ntk: StateSpaceNTK,
    *,
    names: Sequence[str] | None = None,
    probes: int = 64,
) -> Channels:
    """Split a kernel at a bifurcation in both ways and judge its critical channel.

    Args:
        field: the field at (or near) the bifurcation.
        normal_form: with its unfolding gradients over the same parameters.
        ntk: the kernel of the states.
        names: the leaves in θ, as in `flatten_parameters`; None for all.
        probes: random vectors for the state split of a large kernel.

    Returns:
        The report.

    Raises:
        ValueError: if the normal form has no gradients, they do not fit the kernel, or the kernel
            is that of a read-out.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (helpers raise)
    gradients, projector = unfolding_directions(normal_form), critical_projector(normal_form)
    small = is_small(ntk)
    written = ntk.materialise() if small else ntk
    total = spectrum(written)
    carrier, sizes = None, {}
    if isinstance(normal_form, ScalarNormalForm):
        directions = channel_directions(field, normal_form, names=names)
        states = written.sensitivity.trajectories
        amplitudes = (states - normal_form.state) @ normal_form.left
        sizes = directions.sizes(amplitudes, written.times)
        carrier = max(sizes, key=lambda name: sizes[name])
    turning = None
    if isinstance(normal_form, HopfNormalForm):
        turning = oscillation_split(written, normal_form.right, normal_form.left, normal_form.state)
    return Channels(
        kind=normal_form.kind,
        expected_rank=gradients.shape[0],
        parameter=parameter_split(written, gradients, total=total),
        state=state_split(written, projector, probes=None if small else probes),
        carrier=carrier,
        carrier_sizes=sizes,
        oscillation=turning,
        condition=dominance(written, projector, gradients),
        isolated=isolation(field, normal_form, jnp.asarray(written.times)),
    )
