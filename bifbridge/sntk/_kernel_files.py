"""What of a kernel can stand in a dataset: the trials that it is taken on."""

from typing import TYPE_CHECKING

import numpy as np

from bifbridge.sntk._kernel import StateSpaceNTK

if TYPE_CHECKING:
    import xarray as xr

#: Entries of S up to which a notebook draws a kernel without being asked.
QUICK = 4_000_000


def to_xarray(ntk: StateSpaceNTK) -> "xr.Dataset":
    """Trajectories, weights and θ of a kernel: the numbers, without the operator."""
    import xarray as xr

    sensitivity = ntk.sensitivity
    weights = np.asarray(sensitivity.weights)
    data = {
        "state": (("trial", "time", "unit"), np.asarray(sensitivity.trajectories)),
        "weight": (("trial", "time")[-weights.ndim :], weights),
        "theta": ("parameter", np.asarray(sensitivity.theta)),
    }
    if ntk.readout is not None:
        data["readout"] = (("observed", "unit"), np.asarray(ntk.readout))
    return xr.Dataset(data, coords={"time": np.asarray(sensitivity.times)})


def is_quick(ntk: StateSpaceNTK) -> bool:
    """Whether the picture, which takes a product per parameter, is had at once."""
    trials, times, observed = ntk.shape
    return ntk.n_parameters * trials * times * observed <= QUICK


def summary(ntk: StateSpaceNTK) -> list[tuple[str, str]]:
    """The rows of the table in a notebook."""
    trials, times, observed = ntk.shape
    return [
        ("trials", str(trials)),
        ("times", f"{times}, t = {float(ntk.times[0]):g} to {float(ntk.times[-1]):g}"),
        ("states" if ntk.readout is None else "observed", str(observed)),
        ("parameters", str(ntk.n_parameters)),
        ("S", "written out" if ntk.is_materialised else "by products"),
    ]
