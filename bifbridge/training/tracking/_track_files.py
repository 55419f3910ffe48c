"""Tracks as trees of datasets and as tables.

The root runs over checkpoint, equilibrium and event. Special points and agreements are written as
everywhere: those of all events in the group `events`, agreements in `agreement_k`, the cycles
from one Hopf point in `cycle_k`.
"""

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._load import from_xarray as result_from_xarray
from bifbridge._netcdf import check_format, provenance
from bifbridge.continuation import LearningEvent
from bifbridge.continuation._carried_points import points_from_xarray, points_to_xarray
from bifbridge.training.tracking._cycle_files import cycle_groups, cycle_variables, read_cycles
from bifbridge.training.tracking._event import TrackedBifurcation
from bifbridge.training.tracking._follow import EquilibriumTrack
from bifbridge.training.tracking._track import BifurcationTrack

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT, _VERSION = "bifbridge-track", 1


def to_xarray(track: BifurcationTrack) -> "xr.DataTree":
    """A track as a tree."""
    import xarray as xr

    root = xr.Dataset(
        _equilibria(track) | _events(track) | cycle_variables(track.cycles),
        coords={"step": ("checkpoint", track.steps)},
        attrs=provenance(_FORMAT, _VERSION),
    )
    groups: dict[str, Any] = {"/": root}
    if track.events:
        groups["events"] = points_to_xarray([event.event.point for event in track.events])
    for k, event in enumerate(track.events):
        if event.agreement is not None:
            groups[f"agreement_{k}"] = event.agreement.to_xarray()
    return xr.DataTree.from_dict(groups | cycle_groups(track.cycles))


def from_xarray(tree: "xr.DataTree") -> BifurcationTrack:
    """The inverse of `to_xarray`."""
    check_format(tree.attrs, _FORMAT, _VERSION)
    root = tree.to_dataset()
    groups = {name: node.to_dataset(inherit=False) for name, node in tree.children.items()}
    points = points_from_xarray(groups["events"]) if "events" in groups else ()
    return BifurcationTrack(
        root["step"].values,
        tuple(_equilibrium(root, k) for k in range(root.sizes.get("equilibrium", 0))),
        tuple(
            _event(root, k, point, groups.get(f"agreement_{k}")) for k, point in enumerate(points)
        ),
        read_cycles(root, groups),
    )


def to_dataframe(track: BifurcationTrack) -> "pd.DataFrame":
    """One row per bifurcation, with the columns of `TrackedBifurcation.as_dict`."""
    import pandas as pd

    return pd.DataFrame([event.as_dict() for event in track.events])


def _equilibria(track: BifurcationTrack) -> dict[str, Any]:
    # The size n is known from the first; a track without equilibria has none.
    tracks = track.equilibria
    n = tracks[0].states.shape[1] if tracks else 0
    shape = (len(tracks), track.steps.size, n)
    states = np.asarray([one.states for one in tracks]).reshape(shape)
    values = np.asarray([one.eigenvalues for one in tracks], complex).reshape(shape)
    return {
        "states": (("equilibrium", "checkpoint", "unit"), states),
        "eigenvalues": (("equilibrium", "checkpoint", "eigenvalue"), values),
        "condition": ("equilibrium", np.array([one.condition for one in tracks], dtype=str)),
        "fate": ("equilibrium", np.array([one.fate for one in tracks], dtype=str)),
        "found": ("equilibrium", np.array([one.found for one in tracks], dtype=int)),
    }


def _equilibrium(root: "xr.Dataset", k: int) -> EquilibriumTrack:
    return EquilibriumTrack(
        condition=str(root["condition"].values[k]),
        found=int(root["found"].values[k]),
        states=root["states"].values[k],
        eigenvalues=root["eigenvalues"].values[k],
        fate=str(root["fate"].values[k]),
    )


def _events(track: BifurcationTrack) -> dict[str, Any]:
    rows = [event.as_dict() for event in track.events]
    columns = {f"event_{key}": ("event", [row[key] for row in rows]) for key in (rows or [{}])[0]}
    if not rows:
        return {}
    own = {
        "event_segment": [event.event.segment for event in track.events],
        "event_fraction": [event.event.fraction for event in track.events],
        "event_window": [event.window for event in track.events],
        "event_drivers": [json.dumps(event.drivers) for event in track.events],
    }
    return columns | {name: ("event", np.array(values)) for name, values in own.items()}


def _event(root: "xr.Dataset", k: int, point: Any, agreement: Any) -> TrackedBifurcation:
    def value(name: str) -> Any:
        return root[f"event_{name}"].values[k]

    event = LearningEvent(
        step=float(value("step")),
        equilibrium=int(value("equilibrium")),
        segment=int(value("segment")),
        fraction=float(value("fraction")),
        point=point,
    )
    numbers = {
        name: float(value(name))
        for name in ("unfolding_rate", "rank_before", "rank_at", "rank_after", "window")
    }
    return TrackedBifurcation(
        event=event,
        condition=str(value("condition")),
        drivers=json.loads(str(value("drivers"))),
        agreement=None if agreement is None else result_from_xarray(agreement),
        **numbers,
    )


def summary(track: BifurcationTrack) -> list[tuple[str, str]]:
    """The rows of the table in a notebook."""
    events = [
        (f"step {event.step:.6g}", repr(event.event).split(": ", 1)[-1]) for event in track.events
    ]
    return [
        ("checkpoints", str(track.steps.size)),
        ("equilibria", str(len(track.equilibria))),
        ("cycles followed", str(len(track.cycles))),
        *events[:12],
    ]
