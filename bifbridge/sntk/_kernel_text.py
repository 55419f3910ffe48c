"""A kernel as text: what it is taken on."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bifbridge.sntk._kernel import StateSpaceNTK


def kernel_text(ntk: "StateSpaceNTK") -> str:
    """Trials, times, states and parameters, and how S is had."""
    trials, times, observed = ntk.shape
    ends = f"t = {float(ntk.times[0]):g} to {float(ntk.times[-1]):g}" if times else "no time"
    notes = ["S written out" if ntk.is_materialised else "S by products"]
    if ntk.readout is not None:
        notes.append(f"read-out of {ntk.sensitivity.trajectories.shape[-1]} states")
    if ntk.removed is not None:
        notes.append(f"{ntk.removed.shape[1]} directions removed")
    return "\n".join([
        f"StateSpaceNTK: {trials} trials × {times} times × {observed} "
        f"{'states' if ntk.readout is None else 'observed'}, {ntk.n_parameters} parameters",
        f"  {ends}; {', '.join(notes)}",
    ])
