"""The cycles of a track as variables of its root and as groups of their own."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge.training.tracking._carried_cycles import cycles_from_xarray, cycles_to_xarray
from bifbridge.training.tracking._cycles import CycleTrack

if TYPE_CHECKING:
    import xarray as xr

_STEPS = "special_step"


def cycle_variables(tracks: Sequence[CycleTrack]) -> dict[str, Any]:
    """What every reader wants: periods, amplitudes and stability at the checkpoints."""
    if not tracks:
        return {}
    there = [[cycle is not None for cycle in track.cycles] for track in tracks]
    return {
        "cycle_condition": ("cycle", np.array([track.condition for track in tracks], dtype=str)),
        "cycle_hopf_step": ("cycle", [track.hopf for track in tracks]),
        "cycle_fate": ("cycle", np.array([track.fate for track in tracks], dtype=str)),
        "cycle_end": ("cycle", [track.end for track in tracks]),
        "cycle_there": (("cycle", "checkpoint"), there),
        "cycle_period": (("cycle", "checkpoint"), [track.periods for track in tracks]),
        "cycle_amplitude": (("cycle", "checkpoint"), [track.amplitudes() for track in tracks]),
        "cycle_stable": (("cycle", "checkpoint"), [track.stable for track in tracks]),
    }


def cycle_groups(tracks: Sequence[CycleTrack]) -> dict[str, Any]:
    """The cycles themselves and their special points, one group per Hopf point."""
    groups = {}
    for k, track in enumerate(tracks):
        steps, points = (
            [step for step, _ in track.special_points],
            [p for _, p in track.special_points],
        )
        # Where no checkpoint has a cycle, those of the special points carry these.
        cycles = [c for c in track.cycles if c is not None]
        cycles = cycles or [p.cycle for p in points if p.cycle is not None]
        if cycles:
            data = cycles_to_xarray(cycles, points)
            groups[f"cycle_{k}"] = data.assign({_STEPS: ("special", np.array(steps, float))})
    return groups


def read_cycles(root: "xr.Dataset", groups: Mapping[str, "xr.Dataset"]) -> tuple[CycleTrack, ...]:
    """The inverse of `cycle_variables` and `cycle_groups` together."""
    return tuple(
        _track(root, k, groups.get(f"cycle_{k}")) for k in range(root.sizes.get("cycle", 0))
    )


def _track(root: "xr.Dataset", k: int, group: "xr.Dataset | None") -> CycleTrack:
    there = root["cycle_there"].values[k]
    cycles, points = ([], ()) if group is None else cycles_from_xarray(group)
    steps = [] if group is None else group[_STEPS].values.tolist()
    rest = iter(cycles)
    return CycleTrack(
        condition=str(root["cycle_condition"].values[k]),
        hopf=float(root["cycle_hopf_step"].values[k]),
        cycles=tuple(next(rest) if is_there else None for is_there in there),
        special_points=tuple(zip(steps, points, strict=True)),
        fate=str(root["cycle_fate"].values[k]),
        end=float(root["cycle_end"].values[k]),
    )
